"""Why pods and claims wait, and what would help: a snapshot in, causes out."""
