"""Vendors of devices, one module with one row for each."""
