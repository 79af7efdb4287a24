"""Whether a cluster is ready for DRA: `doctor`."""
