"""Machines, each module's as its function `machines`; build.py writes them out."""
