"""Machines as text: what is below /sys, /proc, /dev and the kubelet's folders."""
