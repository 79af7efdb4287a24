"""Rules of counter sets, and of what devices consume of them."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.limits import limit
from dractl.model.names import dns_label
from dractl.rules.path import Path
from dractl.rules.reasons import duplicate, invalid_each, required, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import named, placed
from dractl.rules.wire import Wire

MOST_COUNTERS: Final = 32
MOST_GROUPS: Final = 2


def check_counter_set(each: Wire, path: Path) -> Iterator[Violation]:
    """Walk through a counter set."""
    yield from counter_set_name(each.get("name", ""), path.field("name"))
    counters, path = each.get("counters", {}), path.field("counters")
    yield from counter_set_counters(len(counters), path)
    yield from _check_keys(counters, path)


def check_consumptions(
    device: Wire, path: Path, profile: Profile
) -> Iterator[Violation]:
    """Walk through what a device consumes."""
    consumptions = device.get("consumesCounters", ())
    path = path.field("consumesCounters")
    most = limit("consumptions", profile.version)
    if len(consumptions) > most:
        yield from consumes_max(len(consumptions), most, path)
        return
    for each, where, name, again in named(consumptions, path, "counterSet"):
        yield from consumes_counter_set(name, where.field("counterSet"))
        counters, below = each.get("counters", {}), where.field("counters")
        yield from consumes_counters(len(counters), below)
        yield from _check_keys(counters, below)
        yield from _check_groups(each, where.field("compatibilityGroups"))
        if again:
            yield from consumes_unique(name, where)


def _check_keys(counters: Wire, path: Path) -> Iterator[Violation]:
    if len(counters) <= MOST_COUNTERS:
        for key in counters:
            yield from counter_key(key, path)


def _check_groups(consumption: Wire, path: Path) -> Iterator[Violation]:
    groups = consumption.get("compatibilityGroups", ())
    if len(groups) > MOST_GROUPS:
        yield from groups_max(len(groups), path)
        return
    for name, where, again in placed(groups, path):
        yield from group_name(name, where)
        if again:
            yield from groups_unique(name, where)


@rule("counter-set-name")
def counter_set_name(name: str, path: Path) -> Iterator[Violation]:
    """A counter set has a name that is a DNS label."""
    if name:
        yield from invalid_each("counter-set-name", path, name, dns_label(name))
    else:
        yield from required("counter-set-name", path, "the counter set has no name")


@rule("counter-set-counters")
def counter_set_counters(count: int, path: Path) -> Iterator[Violation]:
    """A counter set has 1 to 32 counters."""
    yield from _counted("counter-set-counters", count, path)


@rule("consumes-max")
def consumes_max(count: int, most: int, path: Path) -> Iterator[Violation]:
    """A device consumes counters of at most 2 sets; of more, none is looked at.

    Since 1.35.
    """
    yield from too_many("consumes-max", path, count, most)


@rule("consumes-unique")
def consumes_unique(name: str, path: Path) -> Iterator[Violation]:
    """A device names each counter set once."""
    yield from duplicate("consumes-unique", path, name)


@rule("consumes-counter-set")
def consumes_counter_set(name: str, path: Path) -> Iterator[Violation]:
    """A device that consumes counters names their set, which is a DNS label.

    The set is in another slice of the pool, so whether it exists is not asked.
    """
    if name:
        yield from invalid_each("consumes-counter-set", path, name, dns_label(name))
    else:
        yield from required("consumes-counter-set", path, "no counter set is named")


@rule("consumes-counters")
def consumes_counters(count: int, path: Path) -> Iterator[Violation]:
    """A device consumes 1 to 32 counters of a set."""
    yield from _counted("consumes-counters", count, path)


@rule("counter-key")
def counter_key(name: str, path: Path) -> Iterator[Violation]:
    """A counter has a name that is a DNS label; its value can be any amount.

    What is wrong is reported at the map.
    """
    yield from invalid_each("counter-key", path, name, dns_label(name))


@rule("groups-max")
def groups_max(count: int, path: Path) -> Iterator[Violation]:
    """A device is in at most 2 compatibility groups of a counter set. Since 1.37."""
    yield from too_many("groups-max", path, count, MOST_GROUPS)


@rule("groups-unique")
def groups_unique(name: str, path: Path) -> Iterator[Violation]:
    """A device names each compatibility group once. Since 1.37."""
    yield from duplicate("groups-unique", path, name)


@rule("group-name")
def group_name(name: str, path: Path) -> Iterator[Violation]:
    """The name of a compatibility group is a DNS label. Since 1.37."""
    yield from invalid_each("group-name", path, name, dns_label(name))


def _counted(code: str, count: int, path: Path) -> Iterator[Violation]:
    if not count:
        yield from required(code, path, "there are no counters")
    elif count > MOST_COUNTERS:
        yield from too_many(code, path, count, MOST_COUNTERS)
