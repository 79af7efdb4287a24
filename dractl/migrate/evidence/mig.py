"""MIG: how profiles are spelt, and the layouts that the MIG manager makes.

A layout is an entry of `mig-configs` in a file for nvidia-mig-parted 0.15, which a node
chooses by its label `nvidia.com/mig.config`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from dractl.api.decode_fields import Wire, child, each, flag, int64, mapped, mismatch
from dractl.migrate.evidence.documents import texts_of
from dractl.migrate.evidence.record import Record, Setting
from dractl.migrate.inputs import Input

KIND: Final = "MIG layout"
INVALID: Final = "INVALID"
"""What a model's label has in place of a profile, if GPUs do not suit the strategy."""
OFF: Final = "all-disabled"
"""The layout of whole GPUs."""

_ALL: Final = "all-"
_KEY: Final = "mig-configs"
_PROFILE: Final = re.compile(
    r"((?:[0-9]+c\.)?[0-9]+g\.[0-9]+gb)(?:[.+]([a-z0-9.]+)|(-[a-z0-9.]+))?"
)


def profile_of(spelling: str) -> str | None:
    """Return a profile as the DRA driver spells it, None if it is none.

    Names of resources and labels have `.` for `+`: `1g.5gb.me` is `1g.5gb+me`.
    """
    found = _PROFILE.fullmatch(spelling)
    if found is None:
        return None
    whole, plus, minus = found.groups()
    return f"{whole}+{plus}" if plus else f"{whole}{minus or ''}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How MIG cuts the GPUs of a node.

    `profiles` has each profile once; `has_whole` tells that some GPUs stay whole.
    """

    name: str
    profiles: tuple[str, ...]
    has_whole: bool = False


def shipped(name: str) -> Layout | None:
    """Return a layout of the file that comes with the MIG manager, by its name.

    None for one that has several profiles, or that is not in there. Each of the others
    is named after what it makes of all GPUs: `all-1g.5gb`.
    """
    if name == OFF:
        return Layout(name, ())
    profile = profile_of(name.removeprefix(_ALL)) if name.startswith(_ALL) else None
    return None if profile is None else Layout(name, (profile,))


def layouts(inputs: Sequence[Input], record: Record) -> tuple[Layout, ...]:
    """Return all layouts that documents define."""
    return tuple(
        layout
        for each_input in inputs
        for text in texts_of(each_input)
        if _is_file(text.value)
        for layout in _layouts(text.value, text.subject, text.where, record)
    )


def _is_file(value: object) -> bool:
    return isinstance(value, Mapping) and _KEY in value


def _layouts(
    value: object, subject: str, where: str, record: Record
) -> Iterator[Layout]:
    def read(file: Wire) -> tuple[tuple[str, object], ...]:
        return tuple(child(file, _KEY).items())

    for name, blocks in record.read(read, value, subject, where) or ():
        layout = record.read(partial(_layout, name), {name: blocks}, subject, where)
        if layout is not None:
            said = ", ".join(layout.profiles) if layout.profiles else "MIG off"
            row = Setting(where, KIND, subject, f"{name}: {said}", _means(layout))
            record.note(row)
            yield layout


def _layout(name: str, source: Wire) -> Layout:
    blocks = each(source, name, _block)
    profiles = tuple(dict.fromkeys(one for block in blocks for one in block[0]))
    return Layout(name, profiles, any(b[1] for b in blocks))


def _block(source: Wire) -> tuple[tuple[str, ...], bool]:
    """Read the profiles of some GPUs, and whether these stay whole."""
    is_enabled = flag(source, "mig-enabled")
    amounts = mapped(source, "mig-devices", int64)
    profiles = tuple(_profile(name) for name in amounts if amounts[name] > 0)
    return (profiles, False) if is_enabled else ((), True)


def _profile(name: str) -> str:
    found = profile_of(name)
    if found is None:
        raise mismatch("mig-devices", "profiles such as 1g.5gb", name)
    return found


def _means(layout: Layout) -> str:
    if not layout.profiles:
        return "GPUs are whole"
    kept = "keep the MIG manager, and the driver's gate DynamicMIG off"
    return f"partitions of the driver's static MIG: {kept}"
