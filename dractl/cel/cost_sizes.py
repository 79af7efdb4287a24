"""How large values of a device can be, by the API's limits.

A path leads from a variable to a value: field names, and `@keys`, `@values`, `@items`
for what maps and lists hold. Follows the size estimator in
dynamic-resource-allocation/cel/compile.go; limits are those of resource/v1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dractl.cel.cost_ranges import CostRange

_MAX_DOMAIN: Final = 63
_MAX_IDENTIFIER: Final = 32
_MAX_DRIVER: Final = 63
_MAX_PER_DEVICE: Final = 32
_MAX_VALUE: Final = 64

MAX_VALUES: Final = 48
"""How many values a list attribute can hold."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is known of a value: its largest size and what it consists of.

    `any_field` is what every field of a map of attributes is.
    """

    most: int = 0
    fields: Mapping[str, "_Shape"] = field(default_factory=dict)
    key: "_Shape | None" = None
    element: "_Shape | None" = None
    any_field: "_Shape | None" = None


def _map_by_domain(values: _Shape) -> _Shape:
    return _Shape(_MAX_PER_DEVICE, key=_Shape(_MAX_DOMAIN), element=values)


_ATTRIBUTE: Final = _Shape(_MAX_VALUE)
_ATTRIBUTES: Final = _Shape(
    _MAX_PER_DEVICE,
    key=_Shape(_MAX_IDENTIFIER),
    element=_ATTRIBUTE,
    any_field=_ATTRIBUTE,
)
_CAPACITIES: Final = _Shape(
    _MAX_PER_DEVICE, key=_Shape(_MAX_IDENTIFIER), element=_Shape()
)
_DEVICE: Final = _Shape(
    fields={
        "driver": _Shape(_MAX_DRIVER),
        "allowMultipleAllocations": _Shape(1),
        "attributes": _map_by_domain(_ATTRIBUTES),
        "capacity": _map_by_domain(_CAPACITIES),
    }
)


def size_at(path: tuple[str, ...]) -> CostRange | None:
    """Return the size of what the path leads to, None if it leads out of the device."""
    if not path or path[0] != "device":
        return None
    shape: _Shape | None = _DEVICE
    for name in path[1:]:
        if shape is None:
            return None
        match name:
            case "@items" | "@values":
                shape = shape.element
            case "@keys":
                shape = shape.key
            case _:
                shape = shape.fields.get(name, shape.any_field)
    return None if shape is None else CostRange(0, shape.most)
