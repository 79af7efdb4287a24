"""Scripts that keep generated files current; none of them is installed."""
