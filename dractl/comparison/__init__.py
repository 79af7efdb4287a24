"""What is different in a cluster at two moments."""
