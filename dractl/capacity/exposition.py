"""Capacity in the text format of Prometheus, for a textfile collector.

Follows the exposition format 0.0.4: HELP and TYPE before the samples of each name,
label values with backslash, quote and line break escaped.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.capacity.audit import CODES
from dractl.capacity.claims import Phase
from dractl.capacity.devices import State
from dractl.capacity.look import Look
from dractl.capacity.shared import SharedCapacity, shared_capacity
from dractl.model.quantity import Quantity
from dractl.model.shown import visible

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, int | float]

_NANOS: Final = 1_000_000_000


class _Metric(NamedTuple):
    name: str
    text: str
    samples: Callable[[Look], Iterable[Sample]]


def exposition(looks: Sequence[tuple[Labels, Look]]) -> str:
    """Return gauges of one cluster or of several; labels tell these apart."""
    lines = []
    for metric in _METRICS:
        lines.append(f"# HELP {metric.name} {metric.text}")
        lines.append(f"# TYPE {metric.name} gauge")
        # Names that differ in what cannot be shown would be one series told twice, for
        # which a collector refuses the whole file.
        values: dict[str, int | float] = {}
        for common, look in looks:
            for labels, value in metric.samples(look):
                series = _labelled((*common, *labels))
                values[series] = values.get(series, 0) + value
        lines += [f"{metric.name}{each} {value}" for each, value in values.items()]
    return "".join(f"{line}\n" for line in lines)


def _labelled(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(text)}"' for name, text in labels) + "}"


def _escaped(text: str) -> str:
    # What a terminal would obey is spelled out first: it may come from anybody.
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def _devices(look: Look) -> Iterator[Sample]:
    """Yield every state of each group: a series that comes and goes hides zeros."""
    found: dict[tuple[str, ...], Counter[State]] = {}
    for use in look.fleet:
        key = (use.id.driver, ",".join(sorted(use.classes)), use.node, use.model)
        found.setdefault(key, Counter())[use.state] += 1
    for names, states in found.items():
        labels = tuple(zip(("driver", "class", "node", "model"), names, strict=True))
        for state in State:
            yield (*labels, ("state", state.value)), states[state]


def _stranded(look: Look) -> Iterator[Sample]:
    found: Counter[tuple[str, str, str]] = Counter()
    for use in look.fleet:
        if use.device.consumes:
            found[use.id.driver, use.node, use.model] += use.is_stranded
    for key, number in found.items():
        yield tuple(zip(("driver", "node", "model"), key, strict=True)), number


def _shared(
    amount: Callable[[SharedCapacity], Quantity],
) -> Callable[[Look], Iterator[Sample]]:
    def samples(look: Look) -> Iterator[Sample]:
        for each in shared_capacity(look.fleet):
            labels = (("model", each.model), ("capacity", each.name))
            yield labels, _number(amount(each))

    return samples


def _claims(look: Look) -> Iterator[Sample]:
    found: dict[str, Counter[Phase]] = {}
    for each in look.claims:
        space = each.claim.meta.namespace
        found.setdefault(space, Counter())[each.phase] += 1
    for space, phases in sorted(found.items()):
        for phase in Phase:
            yield (("namespace", space), ("phase", phase.value)), phases[phase]


def _namespaces(look: Look) -> Iterator[Sample]:
    found: Counter[tuple[str, str, str]] = Counter()
    for use in look.fleet:
        for space in use.namespaces:
            found[space, use.id.driver, use.model] += 1
    for key, number in sorted(found.items()):
        yield tuple(zip(("namespace", "driver", "model"), key, strict=True)), number


def _partitions(look: Look) -> Iterator[Sample]:
    found: Counter[tuple[str, str, str]] = Counter()
    for each in look.kinds:
        found[each.parent.driver, each.node, each.kind] += each.possible
    for key, number in found.items():
        yield tuple(zip(("driver", "node", "kind"), key, strict=True)), number


def _quotas(amount: str) -> Callable[[Look], Iterator[Sample]]:
    def samples(look: Look) -> Iterator[Sample]:
        for each in look.quotas:
            used = Quantity.of(each.claimed) if each.used is None else each.used
            amounts: Mapping[str, Quantity] = {"hard": each.hard, "used": used}
            labels = (
                ("namespace", each.namespace),
                ("quota", each.quota),
                ("resource", each.resource),
            )
            yield labels, _number(amounts[amount])

    return samples


def _number(amount: Quantity) -> int | float:
    whole, rest = divmod(amount.nanos, _NANOS)
    return amount.nanos / _NANOS if rest else whole


def _breaches(look: Look) -> Iterator[Sample]:
    found = Counter(each.code for each in look.breaches)
    for code in CODES:
        yield (("code", code),), found[code]


def _unread(look: Look) -> Iterator[Sample]:
    yield (), len(look.snapshot.problems)


_METRICS: Final = (
    _Metric(
        "dractl_devices",
        "Devices by state; class has all classes that select them, node is empty for "
        "those of several nodes.",
        _devices,
    ),
    _Metric(
        "dractl_devices_stranded",
        "Partitions that are unusable for nothing but want of counters, which others "
        "of their pool have.",
        _stranded,
    ),
    _Metric(
        "dractl_shared_capacity",
        "Capacity of devices that several claims may share, in base units.",
        _shared(lambda each: each.total),
    ),
    _Metric(
        "dractl_shared_capacity_left",
        "What is left of it on devices that are not tainted or unusable.",
        _shared(lambda each: each.left),
    ),
    _Metric("dractl_claims", "Resource claims by phase.", _claims),
    _Metric(
        "dractl_namespace_devices",
        "Devices that claims of a namespace have, in whole or in part.",
        _namespaces,
    ),
    _Metric(
        "dractl_partitions_possible",
        "Partitions that counters still allow, one kind at a time.",
        _partitions,
    ),
    _Metric("dractl_quota_hard", "Limits of quotas on devices.", _quotas("hard")),
    _Metric(
        "dractl_quota_used",
        "What counts against limits of quotas on devices.",
        _quotas("used"),
    ),
    _Metric(
        "dractl_breaches",
        "What cannot be right in the books, such as devices given away twice.",
        _breaches,
    ),
    _Metric("dractl_unreadable_objects", "Objects that could not be read.", _unread),
)
