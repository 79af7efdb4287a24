"""Programs that measure; run them with `python -m benchmarks.NAME`."""
