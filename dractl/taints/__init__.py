"""Taints that admins put on devices: planned, weighed, taken back, listed."""
