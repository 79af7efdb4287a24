"""What node labels tell of devices that no driver has published yet.

It is the way back of what becomes of selectors on such labels (labels.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from dractl.errors import DractlError
from dractl.manifests.classes import facts
from dractl.manifests.conditions import Condition
from dractl.manifests.presets import preset_of
from dractl.migrate.inputs import Wire
from dractl.vendors.plugins import Label, Reading, wild

_PARTS: Final[Mapping[Reading, int]] = {"major": 0, "minor": 1, "patch": 2}
_PARTITION: Final = "MIG-"


def told_by_labels(
    labels: Mapping[str, str], rows: Iterable[Label], driver: str, resource: str
) -> tuple[Wire, Wire]:
    """Return attributes and capacity that labels of a node tell of its devices.

    Labels about the resource alone come before those about all devices of the node.
    What does not suit the attribute's type is not told.
    """
    values: dict[str, str] = {}
    versions: dict[str, dict[int, str]] = {}
    for row, key in _in_order(labels, rows, driver, resource):
        position = _PARTS.get(row.reading)
        if position is not None:
            versions.setdefault(row.name, {})[position] = labels[key]
        elif read := _read(row, key, labels[key]):
            values[row.name] = read
    for name, parts in versions.items():
        if 0 in parts and name not in values:
            joint = (parts.get(each, "0") for each in _PARTS.values())
            values[name] = _version(".".join(joint))
    return _stated(values.items(), driver)


def _stated(values: Iterable[tuple[str, str]], driver: str) -> tuple[Wire, Wire]:
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
    labels: Mapping[str, str], rows: Iterable[Label], driver: str, resource: str
) -> Iterator[tuple[Label, str]]:
    """Yield rows with the labels that they read, those of the resource's own last."""
    own: list[tuple[Label, str]] = []
    for row in rows:
        if row.fate != "device" or row.driver != driver:
            continue
        for key in sorted(labels):
            part = wild(row.pattern, key)
            if part is None:
                continue
            if not row.of_resource:
                yield row, key
            elif part in resource:
                own.append((row, key))
    yield from own


def _read(row: Label, key: str, label: str) -> str:
    """Return the driver's spelling of what a label says, "" if that is not known."""
    value, part = row.bare(label), row.part(key) or ""
    read = _READ.get(row.reading)
    if row.reading == "named":
        return part
    if value in row.table or row.reading == "table":
        return row.table.get(value, "")
    return row.spelled(read(value, part)) if read is not None else ""


def _profile(value: str, _: str) -> str:
    before, found, profile = value.rpartition(_PARTITION)
    return profile if found and before else ""


def _mebibytes(value: str, _: str) -> str:
    return f"{value}Mi" if _is_number(value) else ""


def _gibibytes(value: str, _: str) -> str:
    number = value.rstrip("GBi")
    return f"{number}Gi" if _is_number(number) else ""


def _version(value: str, _: str = "") -> str:
    """Return a version of three parts without leading zeros, "" if it is none."""
    parts = value.removeprefix("v").split(".")
    if len(parts) > len(_PARTS) or not all(map(_is_number, parts)):
        return ""
    numbers = [each.lstrip("0") or "0" for each in parts]
    return ".".join([*numbers, "0", "0"][: len(_PARTS)])


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal()


# Of slices, only the beginning of a profile is known.
_READ: Final[Mapping[Reading, Callable[[str, str], str]]] = {
    "text": lambda value, _: value,
    "number": lambda value, _: value if _is_number(value) else "",
    "dashed": lambda value, _: value.replace("-", " "),
    "underscored": lambda value, _: value.replace("_", " "),
    "mebibytes": _mebibytes,
    "gibibytes": _gibibytes,
    "version": _version,
    "profile": _profile,
    "hex": lambda value, _: f"0x{value.lower()}",
    "id": lambda _, part: f"0x{part.rpartition('-')[2].lower()}" if part else "",
}
