"""Words for what one of an extended resource is."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate.answer import Meaning
from dractl.vendors.plugins import Unit

_SHARES: Final[Mapping[Unit, tuple[str, str]]] = {
    "time-slice": ("a time slice", "time slices"),
    "mps-share": ("an MPS share", "MPS shares"),
}
_OTHERS: Final[Mapping[Unit, str]] = {
    "core": "a core of a device",
    "fraction": "a part of a device, by its memory or cores",
}


def described(meaning: Meaning) -> str:
    """Return what one is, as a noun: `one of 4 time slices of a device`."""
    whole = "a device"
    if meaning.profile:
        whole = f"a partition {meaning.profile}"
    elif meaning.unit == "partition":
        whole = "a partition of unknown profile"
    if meaning.unit in _SHARES:
        one, several = _SHARES[meaning.unit]
        share = f"one of {meaning.replicas} {several}" if meaning.replicas else one
        return f"{share} of {whole}"
    return _OTHERS.get(meaning.unit) or (
        "a whole device" if meaning.unit == "device" else whole
    )
