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

    def of(self, device: DeviceId) -> Iterator[DeviceTaintRule]:
        """Yield the rules that select a device, the wider ones last."""
        if not self._rules:
            return
        exact = DeviceSelector(*device)
        for selector in (exact, *wider_than(exact)):
            yield from self._rules.get(selector, ())
