"""What meanings and targets are called."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate.answer import Meaning, Target, User

_UNITS: Final[Mapping[str, str]] = {
    "device": "a whole device",
    "partition": "a partition",
    "time-slice": "a time slice of a device",
    "mps-share": "an MPS share of a device",
    "core": "a core of a device",
    "fraction": "a part of a device",
}


def named(user: User) -> str:
    """Return what a user is, for sentences: `Deployment inference/chat`."""
    space = f"{user.namespace}/" if user.namespace else ""
    return f"{user.input.kind} {space}{user.input.name}"


def meant(meaning: Meaning) -> str:
    """Return what one of a resource is: `a partition 1g.5gb, by its name alone`."""
    text = _UNITS[meaning.unit]
    if meaning.profile:
        text += f" {meaning.profile}"
    if meaning.replicas:
        text += f", of which {meaning.replicas} share one"
    return f"{text}, as far as its name tells" if meaning.is_assumed else text


def replaced(target: Target) -> str:
    """Return what stands for a resource: `DeviceClass gpu.nvidia.com`."""
    text = f"DeviceClass {target.device_class}"
    if target.device_class != target.driver:
        text += f" of {target.driver}"
    if target.capacity:
        each = (f"{name} {amount}" for name, amount in target.capacity.items())
        text += f", {', '.join(each)}"
        text += " for each" if target.row.unit == "fraction" else ""
    return f"{text}, with admin access" if target.is_admin else text
