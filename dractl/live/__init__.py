"""A live cluster: how it is reached, read and changed. The only door to its API."""
