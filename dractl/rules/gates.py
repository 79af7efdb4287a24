"""Which fields a release drops silently, and the feature gates that they need."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.fields import FIELDS, ITEMS, VALUES
from dractl.model.cluster import GATES, NEWEST, OLDEST, KubernetesVersion, Profile
from dractl.rules.path import Path
from dractl.rules.wire import Wire

_ON: Final = frozenset("BGL")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A field that the release takes without a word and does not keep.

    `path` is in the spelling of v1. `gate` is off and would keep the field; `since` is
    the first release in which that gate is on by default, None if there is none yet.
    """

    path: Path
    field: str
    gate: str
    since: KubernetesVersion | None


@functools.lru_cache(maxsize=256)
def _off(kind: str, profile: Profile) -> tuple[tuple[tuple[str, ...], str], ...]:
    rows: list[tuple[tuple[str, ...], str]] = []
    for path, field in FIELDS.get(kind, {}).items():
        gate = next((each for each in field.gates if not profile.enabled(each)), None)
        if gate is not None:
            rows.append((tuple(path.split(".")), gate))
    return tuple(rows)


@functools.cache
def on_since(gate: str) -> KubernetesVersion | None:
    """Return the first release that has the gate on by default."""
    for minor, letter in enumerate(GATES[gate], OLDEST.minor):
        if letter in _ON and minor <= NEWEST.minor:
            return KubernetesVersion(1, minor)
    return None


def drop(kind: str, spec: Any, at: Path, profile: Profile) -> Iterator[Dropped]:
    """Remove from a spec, which is changed, what the profile's gates do not keep."""
    for steps, gate in _off(kind, profile):
        field = steps[-1]
        for holder, trail in _holders(spec, steps, None):
            value = holder.pop(field)
            # An empty list or map is not printed in any case.
            if value is not None and value not in ([], {}):
                path = _path(at, trail).field(field)
                yield Dropped(path, field, gate, on_since(gate))


_Trail = tuple[Any, int | str, str] | None


def _holders(
    value: Any, steps: tuple[str, ...], trail: _Trail
) -> Iterator[tuple[Wire, _Trail]]:
    """Yield the objects that have the field which the last step names."""
    step, rest = steps[0], steps[1:]
    if not rest:
        if step in value:
            yield value, trail
    elif step == ITEMS:
        for index, entry in enumerate(value):
            yield from _holders(entry, rest, (trail, index, step))
    elif step == VALUES:
        for key, entry in value.items():
            yield from _holders(entry, rest, (trail, key, step))
    elif step in value:
        yield from _holders(value[step], rest, (trail, step, ""))


def _path(at: Path, trail: _Trail) -> Path:
    if trail is None:
        return at
    earlier, step, kind = trail
    path = _path(at, earlier)
    if isinstance(step, int):
        return path.index(step)
    return path.key(step) if kind == VALUES else path.field(step)
