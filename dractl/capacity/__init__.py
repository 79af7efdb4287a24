"""What a cluster's devices are, what has them, and how much is left."""
