"""Builds the sample cluster that ships with the package."""
