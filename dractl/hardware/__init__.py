"""What a machine has: its kernel's files and NVML, read into facts."""
