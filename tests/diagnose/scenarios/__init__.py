"""Clusters in which something waits, each with the answer that a user would accept."""
