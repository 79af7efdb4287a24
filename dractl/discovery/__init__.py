"""What a machine has, as Kubernetes sees it: from facts to inventories and slices."""
