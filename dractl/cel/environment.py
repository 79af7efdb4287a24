"""Which CEL declarations a cluster offers to device selectors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """The gated part of the DRA environment; the rest is the same everywhere.

    kube-scheduler compiles what the API server has stored, and for that every
    declaration that the binary knows is in force (`StoredExpressions`); attribute
    values are then `dyn`. A *new* expression is judged by the API server with the
    declarations of the enabled feature gates only (dynamic-resource-allocation:
    cel/compile.go, `newCompiler`).

    consumable_capacity: `device.allowMultipleAllocations` exists
    (DRAConsumableCapacity).
    list_attributes: attribute values are `dyn` and `includes` exists
    (DRAListTypeAttributes); otherwise they are `any`, over which no macro iterates.
    lists_readable: a device with a list among its attributes can be evaluated at all.
    """

    consumable_capacity: bool
    list_attributes: bool
    lists_readable: bool = True


STORED = Environment(consumable_capacity=True, list_attributes=True)
"""What a scheduler of 1.36 and later compiles with, and what the vectors mean."""
