"""What of a cluster goes into a file for others: cleaned, ordered, redacted."""
