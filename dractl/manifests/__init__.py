"""Manifests built from what people ask for: pure, always in v1, the hub."""
