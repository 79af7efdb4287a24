"""Configurations of NVIDIA's device plugin, as of its release 0.20.

The format is that of its api/config/v1: `version: v1`, with flags, resources, sharing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.api.decode_fields import (
    Wire,
    child,
    each,
    flag,
    integer,
    items,
    mismatch,
    text,
    within,
)
from dractl.api.problems import MalformedField
from dractl.migrate.answer import Meaning
from dractl.migrate.evidence.documents import Text, texts_of
from dractl.migrate.evidence.record import Record, Setting
from dractl.migrate.evidence.wording import described
from dractl.migrate.inputs import Input
from dractl.vendors.plugins import Unit

KIND: Final = "NVIDIA device plugin"
PREFIX: Final = "nvidia.com/"
GPU: Final = "nvidia.com/gpu"
MIG: Final = "nvidia.com/mig-"
SHARED: Final = ".shared"

_VERSION: Final = "v1"
_PARTS: Final = frozenset({"flags", "sharing", "resources", "imex"})
_STRATEGIES: Final = ("none", "single", "mixed")
_SHARING: Final[Mapping[str, Unit]] = {"timeSlicing": "time-slice", "mps": "mps-share"}
_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Shared:
    """A resource of which one is a share; `name` is that of whole ones.

    `is_renamed`: shares are offered as `NAME.shared`. `path` is where it says so.
    """

    name: str
    unit: Unit
    replicas: int
    is_renamed: bool
    path: str


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration: an entry of a ConfigMap, or a file.

    `strategy` is that of MIG, "" where it states none. `shared` is by the names of
    whole resources.
    """

    holder: str
    entry: str
    subject: str
    strategy: str = ""
    shared: Mapping[str, Shared] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands there; `odd` is what the plugin ignores, `bad` what it refuses.

    `strict` are the places that forbid requests for more than one share.
    """

    strategy: str
    shared: tuple[Shared, ...]
    odd: tuple[str, ...]
    bad: tuple[str, ...]
    has_channels: bool
    strict: tuple[str, ...]


def configs(inputs: Sequence[Input], record: Record) -> tuple[Config, ...]:
    """Return all configurations that documents hold, without those that are refused."""
    found: list[Config] = []
    for source in inputs:
        texts = [*texts_of(source)]
        if any(_is_config(each_text.value) for each_text in texts):
            for each_text in texts:
                # An entry without any setting is one only among others.
                if _is_config(each_text.value) or _is_bare(each_text.value):
                    found += _config(each_text, record)
    return tuple(found)


def _is_config(value: object) -> bool:
    if not isinstance(value, Mapping) or "kind" in value:
        return False
    if value.get("version") == _VERSION and not _PARTS.isdisjoint(value):
        return True
    sharing, flags = value.get("sharing"), value.get("flags")
    shares = isinstance(sharing, Mapping) and not _SHARING.keys().isdisjoint(sharing)
    return shares or (isinstance(flags, Mapping) and "migStrategy" in flags)


def _is_bare(value: object) -> bool:
    return isinstance(value, Mapping) and value == {"version": _VERSION}


def _config(given: Text, record: Record) -> Iterator[Config]:
    read = record.read(_read, given.value, given.subject, given.where)
    if read is None:
        return
    for why in read.bad:
        record.complain(
            "plugin-setting-refused",
            f"{given.subject}: {why}; the plugin does not start with that",
            subject=given.subject,
            where=given.where,
            fix="correct it, or leave the entry out of the migration's inputs",
        )
    if read.bad:
        return
    for what in read.odd:
        record.complain(
            "plugin-setting-ignored",
            f"{given.subject}: {what}, which the plugin ignores",
            subject=given.subject,
            where=given.where,
            fix="take it out; with DRA a DeviceClass or a selector can say such things",
        )
    if read.has_channels:
        record.complain(
            "imex-becomes-compute-domain",
            f"{given.subject}: imex.channelIDs gives every pod an IMEX channel",
            subject=given.subject,
            where=given.where,
            fix="make a ComputeDomain, and refer to its template in the pods",
        )
    for row in _settings(given, read):
        record.note(row)
    yield Config(
        given.holder,
        given.entry,
        given.subject,
        read.strategy,
        {one.name: one for one in read.shared},
    )


# -- what stands there


def _read(value: Wire) -> _Read:
    bad: list[str] = []
    if value.get("version") != _VERSION:
        bad.append("it states no version: v1")
    strategy = within(value, "flags", _strategy)
    shared, odd = within(value, "sharing", lambda source: _sharing(source, bad))
    odd = [*odd, *within(value, "resources", _renamed_devices)]
    channels = within(value, "imex", lambda source: items(source, "channelIDs"))
    strict = within(value, "sharing", _strict)
    return _Read(
        strategy, tuple(shared), tuple(odd), tuple(bad), bool(channels), strict
    )


def _strategy(flags: Wire) -> str:
    found = text(flags, "migStrategy")
    if found and found not in _STRATEGIES:
        raise mismatch("migStrategy", f"one of {', '.join(_STRATEGIES)}", found)
    return found


def _sharing(source: Wire, bad: list[str]) -> tuple[list[Shared], list[str]]:
    shared: list[Shared] = []
    odd: list[str] = []
    stated = [key for key in _SHARING if source.get(key)]
    if len(stated) > 1:
        bad.append("sharing has both timeSlicing and mps, which exclude each other")
    for key in stated:
        path = f"sharing.{key}"
        for number, one in enumerate(within(source, key, _resources)):
            here = f"{path}.resources[{number}]"
            made = Shared(
                _name(one),
                _SHARING[key],
                integer(one, "replicas"),
                flag(child(source, key), "renameByDefault"),
                f"{here}.replicas",
            )
            bad += _refused(made, here)
            odd += _ignored(one, here)
            shared.append(made)
    return shared, odd


def _strict(source: Wire) -> tuple[str, ...]:
    key = "failRequestsGreaterThanOne"
    return tuple(
        f"sharing.{each}.{key}" for each in _SHARING if flag(child(source, each), key)
    )


def _resources(source: Wire) -> tuple[Wire, ...]:
    found = each(source, "resources", _resource)
    if not found:
        raise MalformedField("resources", "must name at least one resource")
    return found


def _resource(source: Wire) -> Wire:
    if not text(source, "name"):
        raise MalformedField("name", "is missing")
    if source.get("replicas") is None:
        raise MalformedField("replicas", "is missing")
    integer(source, "replicas")
    return source


def _name(source: Wire) -> str:
    name = text(source, "name")
    return name if "/" in name else PREFIX + name


def _refused(shared: Shared, here: str) -> Iterator[str]:
    if shared.replicas < 1:
        yield f"{here}.replicas is {shared.replicas}, but has to be at least 1"
    if shared.unit == "mps-share" and shared.name.startswith(MIG):
        yield f"{here}.name is {shared.name}, but MPS is for whole GPUs only"


def _ignored(source: Wire, here: str) -> Iterator[str]:
    if source.get("rename"):
        yield f"{here}.rename is set"
    if source.get("devices") not in (None, _ALL):
        yield f"{here}.devices names only some devices"


def _renamed_devices(source: Wire) -> list[str]:
    return [
        f"resources.{key}[{number}] gives {text(one, 'pattern')!r} a name"
        for key in ("gpus", "mig")
        for number, one in enumerate(each(source, key, lambda entry: entry))
        if not _is_default(one)
    ]


def _is_default(one: Wire) -> bool:
    """Tell whether a pattern says what happens anyway, as the chart's own does."""
    return text(one, "pattern") == "*" and _name(one) == GPU


# -- what it means


def _settings(given: Text, read: _Read) -> Iterator[Setting]:
    if read.strategy or not read.shared:
        strategy = read.strategy or "none"
        says = f"flags.migStrategy: {read.strategy}" if read.strategy else "defaults"
        yield Setting(given.where, KIND, given.subject, says, OF_STRATEGY[strategy])
    for one in read.shared:
        offered = one.name + (SHARED if one.is_renamed else "")
        noun = described(Meaning(one.unit, replicas=one.replicas))
        yield Setting(
            given.where,
            KIND,
            given.subject,
            f"{one.path}: {one.replicas}",
            f"{offered} is {noun}" if one.replicas > 1 else f"{offered} is not shared",
        )
    for path in read.strict:
        yield Setting(given.where, KIND, given.subject, f"{path}: true", _ONE_EACH)


_ONE_EACH: Final = (
    "a request for more than one share is refused; with DRA it would be served"
)
OF_STRATEGY: Final[Mapping[str, str]] = {
    "none": f"{GPU} is a whole device",
    "single": f"{GPU} is a MIG partition where GPUs are cut, else a whole device",
    "mixed": f"{GPU} is a whole device, partitions are {MIG}PROFILE",
}
"""What the MIG strategies of the plugin mean."""
