"""Attributes that a request derives from those of a device (Kubernetes 1.37, alpha).

The expression is like that of a selector, but has any scalar attribute value, or a list
of such values, as its result (gate DRADerivedAttributes).
"""

import functools
from typing import Final

from dractl.cel.checker import check_value
from dractl.cel.device import check_readable, is_readable
from dractl.cel.environment import Environment
from dractl.cel.errors import SelectorEvalError
from dractl.cel.evaluation import evaluated
from dractl.cel.exact import exact_form
from dractl.cel.parser import parse
from dractl.cel.values import UInt, Value, type_name
from dractl.model.attributes import Attribute, Kind, SemVer
from dractl.model.devices import Device

_KINDS: Final[dict[type, Kind]] = {
    str: "string",
    int: "int",
    bool: "bool",
    SemVer: "version",
}
_LISTS: Final[dict[type, Kind]] = {
    str: "strings",
    int: "ints",
    bool: "bools",
    SemVer: "versions",
}


class DerivedAttribute:
    """A compiled expression for an attribute."""

    def __init__(self, text: str, environment: Environment) -> None:
        """Compile; raise SelectorCompileError."""
        self.text: Final = text
        self._environment: Final = environment
        checked = check_value(text, parse(text), environment)
        self._form: Final = exact_form(checked.root, checked.types)

    def of(self, device: Device) -> Attribute:
        """Return the device's value; raise SelectorEvalError if there is none."""
        lists = self._environment.lists_readable
        if not is_readable(device, lists=lists):
            check_readable(device, lists=lists)
        return _attribute(evaluated(self._form, device)[0])


@functools.lru_cache(maxsize=1024)
def compile_derived(text: str, environment: Environment) -> DerivedAttribute:
    """Return the compiled expression; the same one for the same text."""
    return DerivedAttribute(text, environment)


def _attribute(value: Value) -> Attribute:
    if isinstance(value, list | tuple):
        kinds = {_LISTS.get(each.__class__) for each in value}
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind is not None:
            return Attribute(kind, tuple(value))
    elif not isinstance(value, UInt) and (kind := _KINDS.get(value.__class__)):
        return Attribute(kind, value)
    raise SelectorEvalError(f"{type_name(value)} is no attribute value")
