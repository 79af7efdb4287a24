"""How devices are: what drivers, kubelets, taints and nodes say, and for whom."""
