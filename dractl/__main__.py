"""`python -m dractl`."""

from dractl.cli.app import run

run()
