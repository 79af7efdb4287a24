"""DeviceTaintRules: the taints that admins put on devices, and what selects these."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.model.claims import Condition, ObjectMeta
from dractl.model.cluster import KubernetesVersion, Profile
from dractl.model.devices import DeviceId, Taint

EFFECTS: Final = ("NoSchedule", "NoExecute", "None")
EFFECT_NONE: Final = KubernetesVersion(1, 35)
EVICTION: Final = "EvictionInProgress"
_UNNAMED: Final = ObjectMeta("")


def effects_of(profile: Profile) -> tuple[str, ...]:
    """Return the effects that a taint can have in that release."""
    if profile.since(EFFECT_NONE):
        return EFFECTS
    return tuple(each for each in EFFECTS if each != "None")


class DeviceSelector(NamedTuple):
    """What a rule selects devices by; None matches any, so without a part it is all."""

    driver: str | None = None
    pool: str | None = None
    device: str | None = None

    def selects(self, device: DeviceId) -> bool:
        """Tell whether a device is selected."""
        return self.covers(DeviceSelector(*device))

    def covers(self, other: "DeviceSelector") -> bool:
        """Tell whether it selects all that another one does."""
        return all(
            mine in {None, theirs} for mine, theirs in zip(self, other, strict=True)
        )

    def meets(self, other: "DeviceSelector") -> bool:
        """Tell whether a device could be selected by both."""
        return all(
            mine is None or theirs is None or mine == theirs
            for mine, theirs in zip(self, other, strict=True)
        )

    def as_wire(self) -> dict[str, str]:
        """Return the fields that are set, as a deviceSelector has them."""
        return {part: text for part, text in self._asdict().items() if text is not None}

    def __str__(self) -> str:
        """Return it as users type it; parts that are left out show as a star."""
        parts = list(self)
        while parts and parts[-1] is None:
            parts.pop()
        return "/".join(part or "*" for part in parts) or "all devices"


@dataclass(frozen=True, slots=True)
class DeviceTaintRule:
    """An admin's taint for all devices that match; an unset field matches any.

    `selects` is False where the rule has no deviceSelector at all. `conditions` are
    written by a controller, and only by one whose gate is on. A `generation` of 0 is
    unknown.
    """

    name: str
    taint: Taint
    selects: bool = True
    driver: str | None = None
    pool: str | None = None
    device: str | None = None
    meta: ObjectMeta = _UNNAMED
    generation: int = 0
    conditions: tuple[Condition, ...] = ()

    @property
    def is_watched(self) -> bool:
        """Whether a controller has written a status for it."""
        return bool(self.conditions)

    @property
    def eviction(self) -> Condition | None:
        """What the controller says of its eviction; None: nothing, or of old."""
        current = {None, self.generation}
        for each in self.conditions:
            # A rule from a file may not say its generation.
            is_current = each.observed_generation in current or not self.generation
            if each.type == EVICTION and is_current:
                return each
        return None

    @property
    def selector(self) -> DeviceSelector | None:
        """What it selects by; None: it has no selector, which is meant for nothing."""
        if not self.selects:
            return None
        return DeviceSelector(self.driver, self.pool, self.device)
