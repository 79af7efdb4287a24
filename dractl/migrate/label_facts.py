"""What node labels tell of devices that no driver has published yet.

It is the way back of what becomes of selectors on such labels (labels.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from dractl.errors import DractlError
from dractl.manifests.classes import facts
from dractl.manifests.conditions import Condition
from dractl.manifests.presets import preset_of
from dractl.migrate.inputs import Wire
from dractl.vendors.plugins import Label

_PARTS: Final = 3  # of a version
_PARTITION: Final = "MIG-"


def told_by_labels(
    labels: Mapping[str, str], rows: Iterable[Label], driver: str, resource: str
) -> tuple[Wire, Wire]:
    """Return attributes and capacity that labels of a node tell of its devices.

    Labels of the resource's own (`nvidia.com/mig-1g.5gb.memory`) come before those of
    all devices of the node. What does not suit the attribute's type is not told.
    """
    rows = [each for each in rows if each.fate == "device" and each.driver == driver]
    values: dict[str, str] = {}
    versions: dict[str, dict[int, str]] = {}
    for row, value in _in_order(labels, rows, resource):
        if row.reading in {"major", "minor"}:
            position = 0 if row.reading == "major" else 1
            versions.setdefault(row.name, {})[position] = value
        elif read := _read(row, value):
            values[row.name] = read
    for name, parts in versions.items():
        if 0 in parts and name not in values:
            values[name] = _version(f"{parts[0]}.{parts.get(1, '0')}")
    return stated(((name, value) for name, value in values.items()), driver)


def stated(values: Iterable[tuple[str, str]], driver: str) -> tuple[Wire, Wire]:
    """Return values in the form in which a device of the driver has them."""
    attributes: dict[str, object] = {}
    capacity: dict[str, object] = {}
    for name, value in values:
        try:
            found = facts([Condition(name, "=", (value,))], preset_of(driver), driver)
        except DractlError:
            continue  # a label may say what it likes
        attributes |= found[0]
        capacity |= found[1]
    return attributes, capacity


def _in_order(
    labels: Mapping[str, str], rows: Iterable[Label], resource: str
) -> Iterator[tuple[Label, str]]:
    """Yield rows with values, those of the resource's own labels last."""
    own: list[tuple[Label, str]] = []
    for row in rows:
        for key in sorted(labels):
            if not fnmatchcase(key, row.pattern):
                continue
            if key.startswith(f"{resource}."):
                own.append((row, labels[key]))
            elif "*" not in row.pattern:
                yield row, labels[key]
    yield from own


def _read(row: Label, value: str) -> str:
    """Return the driver's spelling of a label's value, "" if there is none."""
    if row.reading == "profile":
        before, found, profile = value.rpartition(_PARTITION)
        return profile if found and before else ""
    value = _without_suffix(value, row.suffixes)
    if value in row.table:
        return row.table[value]
    if row.reading == "mebibytes":
        return f"{value}Mi" if value.isascii() and value.isdecimal() else ""
    if row.reading == "version":
        return _version(value)
    if row.reading == "dashed":
        return value.replace("-", " ")
    return "" if row.reading == "table" else value


def _without_suffix(value: str, suffixes: Iterable[str]) -> str:
    for start in range(1, len(value)):
        if any(fnmatchcase(value[start:], each) for each in suffixes):
            return value[:start]
    return value


def _version(value: str) -> str:
    """Return a version of three parts without leading zeros, "" if it is none."""
    parts = value.removeprefix("v").split(".")
    if len(parts) > _PARTS or not all(p.isascii() and p.isdecimal() for p in parts):
        return ""
    numbers = [each.lstrip("0") or "0" for each in parts]
    return ".".join([*numbers, "0", "0"][:_PARTS])
