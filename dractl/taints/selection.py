"""Which rules select a device."""

from collections.abc import Iterable, Iterator, Sequence

from dractl.model.cluster import Profile
from dractl.model.devices import DeviceId
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.solver.rules import rules_of
from dractl.taints.targets import wider_than


def in_force(
    rules: Sequence[DeviceTaintRule], profile: Profile
) -> Sequence[DeviceTaintRule]:
    """Return the rules that do anything: none where a gate is off."""
    known = rules_of(profile)
    return rules if known.taints and known.taint_rules else ()


class RuleIndex:
    """Rules by what they select; a rule without a selector selects nothing."""

    def __init__(self, rules: Iterable[DeviceTaintRule]) -> None:
        self._rules: dict[DeviceSelector, list[DeviceTaintRule]] = {}
        for each in rules:
            if each.selector is not None:
                self._rules.setdefault(each.selector, []).append(each)
        used = {_shape(each) for each in self._rules}
        exact = DeviceSelector("", "", "")
        self._shapes = [
            shape for shape in map(_shape, (exact, *wider_than(exact))) if shape in used
        ]

    def of(self, device: DeviceId) -> Iterator[DeviceTaintRule]:
        """Yield the rules that select a device, the wider ones last."""
        driver, pool, name = device
        for has_driver, has_pool, has_name in self._shapes:
            selector = DeviceSelector(
                driver if has_driver else None,
                pool if has_pool else None,
                name if has_name else None,
            )
            yield from self._rules.get(selector, ())


def _shape(selector: DeviceSelector) -> tuple[bool, bool, bool]:
    """Tell which parts of a selector are set."""
    driver, pool, device = selector
    return driver is not None, pool is not None, device is not None
