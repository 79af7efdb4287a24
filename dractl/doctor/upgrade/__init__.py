"""Whether a driver, or Kubernetes, can be upgraded, and what to do before."""
