"""Documents in another version of the API: what becomes of each, and what is lost."""
