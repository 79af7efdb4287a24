"""What devices say of themselves, and what expressions make of it."""
