"""The functions that selectors may call, one module per subject."""
