"""Vendors of devices, one module with one row for each."""

from typing import Final

from dractl.vendors.base import Vendor
from dractl.vendors.example import EXAMPLE

VENDORS: Final[tuple[Vendor, ...]] = (EXAMPLE,)
"""All of them, in the order in which their devices are told."""
