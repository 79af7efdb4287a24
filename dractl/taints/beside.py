"""What taints devices beside the rules that an order is about."""

from collections.abc import Iterable, Iterator

from dractl.api.spelling import written
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.fleet import Fleet
from dractl.taints.notices import Notice
from dractl.taints.rules import is_ours
from dractl.taints.targets import wider_than


def also_tainted(
    other: DeviceTaintRule, selectors: frozenset[DeviceSelector]
) -> Iterator[Notice]:
    """Yield that a rule taints some of the selected devices, if it does."""
    selector = other.selector
    if selector is None or not _meets(selector, selectors):
        return
    who = "dractl" if is_ours(other) else "another tool or person"
    remove = f"kubectl delete devicetaintrule {other.name}"
    if is_ours(other):
        word = "--all" if selector == DeviceSelector() else str(selector)
        remove = f"dractl taint {word} {other.taint.key}-"
    yield Notice(
        "also-tainted",
        f"DeviceTaintRule {other.name}, made by {who}, puts {written(other.taint)} on "
        f"devices of these; it selects {selector}",
        f"{remove} removes it",
    )


def _meets(selector: DeviceSelector, others: frozenset[DeviceSelector]) -> bool:
    if selector in others or any(each in others for each in wider_than(selector)):
        return True
    # A single device is met only by what covers it.
    return None in selector and any(selector.meets(each) for each in others)


def driver_taints(
    fleet: Fleet, selectors: Iterable[DeviceSelector]
) -> Iterable[tuple[tuple[Taint, str], list[DeviceId]]]:
    """Return the taints that drivers put on devices, with their drivers."""
    found: dict[tuple[Taint, str], dict[DeviceId, None]] = {}
    for selector in selectors:
        for device in fleet.selected(selector):
            for taint in device.taints:
                plain = Taint(taint.key, taint.value, taint.effect)
                found.setdefault((plain, device.driver), {})[device.id] = None
    return [(key, list(devices)) for key, devices in found.items()]


def first_of(devices: list[DeviceId]) -> str:
    """Return `d/p/gpu-0 and 3 more`."""
    more = len(devices) - 1
    return f"{devices[0]} and {more} more" if more else str(devices[0])
