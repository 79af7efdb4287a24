"""What every field of resource.k8s.io means, in each version and release."""
