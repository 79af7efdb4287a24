"""The model of Dynamic Resource Allocation: frozen values, v1 as the hub."""
