"""Recordings of NVML, beside the descriptions that they are written from.

No GPU was asked: the descriptions follow published facts (NVIDIA's documents of MIG,
NVLink and NVML, output of nvidia-smi in issues). `tests.hardware.nvml_record` makes
recordings of real machines.
"""
