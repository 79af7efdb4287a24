"""How the answer of `dractl explain device` looks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from dractl.cli.terminal import Terminal
from dractl.cli.text import filled, visible, width

if TYPE_CHECKING:
    from dractl.diagnose.answer import DeviceReport

_NARROW: Final = 80
_MOST: Final = 16  # entries of one list


def names(reports: Sequence["DeviceReport"]) -> str:
    """Return the devices' names."""
    return "".join(f"{visible(str(each.device.id))}\n" for each in reports)


def table(reports: Sequence["DeviceReport"], terminal: Terminal) -> str:
    """Return a paragraph for each device."""
    limit = terminal.columns or _NARROW
    paragraphs = ["\n".join(_lines(each, terminal, limit)) for each in reports]
    return "\n\n".join(paragraphs) + "\n"


def _lines(report: "DeviceReport", terminal: Terminal, limit: int) -> Iterator[str]:
    yield terminal.heading(f"device {visible(str(report.device.id))}")
    for label, values in _facts(report):
        for number, value in enumerate(_shortened(values)):
            head = f"  {label if number == 0 else '':<9} "
            room = max(limit - width(head), 20)
            for line in filled(visible(value).split(" "), room):
                yield f"{head}{line}"
                head = " " * width(head)


def _shortened(values: Sequence[str]) -> list[str]:
    shown = list(values[:_MOST])
    if len(values) > len(shown):
        shown.append(f"and {len(values) - len(shown)} more")
    return shown


def _facts(report: "DeviceReport") -> Iterator[tuple[str, Sequence[str]]]:
    yield "slice", [report.slice or "<none>"]
    yield "nodes", [", ".join(_shortened(report.nodes)) or "<none>"]
    yield "held by", [_holder(each) for each in report.holders] or ["nobody"]
    yield "taints", list(_taints(report)) or ["<none>"]
    yield "counters", list(_counters(report.counters))
    yield "capacity", [_capacity(each) for each in report.capacity]
    yield (
        "attribute",
        [
            f"{name} = {_value(attribute.value)}"
            for name, attribute in sorted(report.device.attributes.items())
        ],
    )
    yield "classes", [", ".join(_shortened(report.classes)) or "<none>"]
    yield "suits", list(report.claims) or ["no claim that waits"]
    yield "note", report.notes


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _holder(evidence: object) -> str:
    assert isinstance(evidence, dict)
    claim = evidence["claim"]
    consumers = ", ".join(evidence["consumers"]) or "reserved for nobody"
    owners = f"; {', '.join(evidence['owners'])}" if evidence["owners"] else ""
    return f"claim {claim['namespace']}/{claim['name']} ({consumers}{owners})"


def _taints(report: "DeviceReport") -> Iterator[str]:
    for taint in report.device.taints:
        value = f"={taint.value}" if taint.value else ""
        since = f", since {taint.time_added}" if taint.time_added else ""
        source = f"DeviceTaintRule {taint.rule}" if taint.rule else "set by the driver"
        yield f"{taint.key}{value}:{taint.effect} ({source}{since})"


def _counters(counters: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield what the device draws, set by set, and who draws from the same."""
    by_set: dict[object, list[Mapping[str, object]]] = {}
    for each in counters:
        by_set.setdefault(each["counterSet"], []).append(each)
    for name, group in by_set.items():
        drawing = dict.fromkeys(
            device
            for each in group
            if isinstance(drawn := each["drawnBy"], list)
            for device in drawn
        )
        yield f"{name}, drawn on by {', '.join(_shortened(list(drawing))) or 'nobody'}"
        for each in group:
            lacking = "" if each["suffices"] else " (too little)"
            amounts = f"needs {each['needed']}, {each['left']} left{lacking}"
            yield f"- {each['counter']}: {amounts}"


def _capacity(evidence: object) -> str:
    assert isinstance(evidence, dict)
    used = f", {evidence['used']} given" if evidence["used"] else ""
    return f"{evidence['name']} {evidence['value']}{used}"
