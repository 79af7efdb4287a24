"""The solver: a snapshot and claims in, the devices that kube-scheduler would choose out."""
