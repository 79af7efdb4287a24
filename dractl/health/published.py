"""What drivers publish of the health of devices, and what rules put on them.

Which attributes and taints mean something is data of the vendors' rows.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from dractl.api.spelling import written
from dractl.health.answer import Level, Sign
from dractl.health.wording import words_of
from dractl.model.devices import Device, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.vendors import VENDORS
from dractl.vendors.base import Health

_USUAL: Final = Health(
    {
        "health": {"Healthy": True, "Unhealthy": False},
        "healthy": {True: True, False: False},
    }
)
"""What drivers without a row can be expected to call it."""
_ROWS: Final[Mapping[str, Health]] = {
    driver.name: driver.health
    for vendor in VENDORS
    for driver in vendor.drivers
    if driver.health is not None
}
_ILL: Final = frozenset(
    {
        *("broken", "damaged", "dead", "defect", "defective", "degraded", "ecc"),
        *("error", "errors", "fail", "failed", "failing", "failure", "fault"),
        *("faults", "faulty", "health", "lost", "offline", "overheated", "sick"),
        *("unhealthy", "xid"),
    }
)
"""Words in keys and values of taints that speak of health."""
_EFFECTIVE: Final = frozenset({"NoSchedule", "NoExecute"})


def health_of(driver: str) -> Health:
    """Return how a driver publishes health: its row, or what is usual."""
    return _ROWS.get(driver, _USUAL)


def is_watched(device: Device) -> bool:
    """Tell whether a taint shows that the driver looks after the health of devices."""
    ills = health_of(device.driver).ills
    return any(_meaning(ills, each.key) for each in device.taints)


class Published:
    """What slices and rules say; equal taints give the same sign."""

    def __init__(self, *, has_taints: bool) -> None:
        self._has_taints = has_taints
        self._of_driver = cache(_of_driver)
        self._names: dict[str, tuple[tuple[str, str, Mapping[object, bool]], ...]] = {}

    def signs(self, device: Device) -> Iterator[Sign]:
        """Yield what the driver publishes of a device."""
        if self._has_taints:
            for taint in device.taints:
                yield self._of_driver(device.driver, taint)
        for full, name, meanings in self._attributes(device.driver):
            attribute = device.attributes.get(full)
            if attribute is not None:
                yield _of_attribute(name, attribute.value, meanings)

    def _attributes(
        self, driver: str
    ) -> tuple[tuple[str, str, Mapping[object, bool]], ...]:
        if driver not in self._names:
            told = health_of(driver).attributes
            self._names[driver] = tuple(
                (f"{driver}/{name}", name, meanings) for name, meanings in told.items()
            )
        return self._names[driver]


def _of_attribute(name: str, value: object, meanings: Mapping[object, bool]) -> Sign:
    is_well = meanings.get(value) if isinstance(value, str | bool) else None
    level = {True: Level.HEALTHY, False: Level.UNHEALTHY, None: None}[is_well]
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return Sign(
        "attribute",
        level,
        f"its driver publishes {name}={shown}",
        evidence={"attribute": name, "value": shown},
    )


def _of_driver(driver: str, taint: Taint) -> Sign:
    known = health_of(driver)
    what = _meaning(known.ills, taint.key)
    other = _meaning(known.others, taint.key)
    is_ill = bool(what) or (not other and _speaks_of_health(taint.key))
    told = what or other
    message = f"its driver taints it {written(taint)}{f': {told}' if told else ''}"
    return Sign(
        "driver-taint",
        _level(taint, is_ill=is_ill),
        message,
        taint.time_added,
        evidence=_evidence(taint),
    )


def of_rule(rule: DeviceTaintRule) -> Sign:
    """Return what a rule says of the devices that it selects."""
    taint = rule.taint
    is_ill = _speaks_of_health(taint.key) or _speaks_of_health(taint.value)
    return Sign(
        "rule-taint",
        _level(taint, is_ill=is_ill),
        f"DeviceTaintRule {rule.name} taints it {written(taint)}",
        taint.time_added,
        rule.name,
        _evidence(taint),
    )


def _level(taint: Taint, *, is_ill: bool) -> Level | None:
    if taint.effect not in _EFFECTIVE:
        return None  # other effects than these do nothing, says the API
    return Level.UNHEALTHY if is_ill else Level.DEGRADED


def _speaks_of_health(name: str) -> bool:
    return any(word.lower() in _ILL for word in words_of(name))


def _meaning(patterns: Mapping[str, str], key: str) -> str:
    return next((text for each, text in patterns.items() if fnmatchcase(key, each)), "")


def _evidence(taint: Taint) -> Mapping[str, object]:
    plain = dataclasses.replace(taint, time_added=None, rule=None)
    return {"key": plain.key, "value": plain.value, "effect": plain.effect}
