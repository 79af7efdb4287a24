"""The example driver of Kubernetes, whose devices are made up."""

from collections.abc import Iterator
from typing import Final

from dractl.model.hosts import HostFacts
from dractl.vendors.base import Class, Driver, Found, Vendor, Wishes

_DRIVER: Final = Driver(
    "example",
    "gpu.example.com",
    (Class("gpu.example.com", extended_resource="example.com/gpu"),),
    {"uuid": "string", "model": "string", "index": "int", "driverVersion": "version"},
    frozenset({"memory", "compute"}),
)


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield nothing: no machine has such devices."""
    del facts, wishes
    yield from ()


EXAMPLE: Final = Vendor("example", "", (_DRIVER,), _find)
