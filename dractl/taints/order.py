"""What a command line asks for: devices, taints to add, taints to take back."""

from collections.abc import Sequence
from typing import NamedTuple

from dractl.api.spelling import spelled, taint, written
from dractl.errors import unclear
from dractl.model.cluster import Profile
from dractl.model.devices import Taint
from dractl.model.taintrules import effects_of


class Removal(NamedTuple):
    """Taints to take back: those with the key, and if said the value and effect."""

    key: str
    value: str | None = None
    effect: str | None = None

    def means(self, taint: Taint) -> bool:
        """Tell whether a taint is one of them."""
        return (
            self.key == taint.key
            and self.value in {None, taint.value}
            and self.effect in {None, taint.effect}
        )

    def __str__(self) -> str:
        """Return it as users type it."""
        value = "" if self.value is None else f"={self.value}"
        effect = "" if self.effect is None else f":{self.effect}"
        return f"{self.key}{value}{effect}-"


class Order(NamedTuple):
    """The words of a command line, by what they are; each in its order."""

    devices: tuple[str, ...] = ()
    adds: tuple[Taint, ...] = ()
    removes: tuple[Removal, ...] = ()


def order_of(words: Sequence[str], profile: Profile) -> Order:
    """Read words like those of `kubectl taint`; raise DractlError for what is unclear.

    Taints have a colon, what takes one back ends in a hyphen, devices have neither: so
    the order of the words is free.
    """
    devices, adds, removes = [], [], []
    for word in words:
        if word.endswith("-"):
            removes.append(Removal(*spelled(word[:-1])))
        elif ":" in word or "=" in word:
            adds.append(_possible(taint(word), profile))
        else:
            devices.append(word)
    found = Order(tuple(devices), tuple(adds), tuple(removes))
    _check(found)
    return found


def _possible(found: Taint, profile: Profile) -> Taint:
    if found.effect not in effects_of(profile):
        raise unclear(
            f"Kubernetes {profile.version} does not have the effect {found.effect!r} "
            "of taints, which came with 1.35",
            hint=f"the effects are {', '.join(effects_of(profile))}",
        )
    return found


def _check(order: Order) -> None:
    if not order.adds and not order.removes:
        maybe = next((each for each in reversed(order.devices) if "/" in each), "KEY")
        raise unclear(
            "no taint is given",
            hint="write KEY[=VALUE]:EFFECT to add one, KEY[:EFFECT]- to take it back, "
            f"like {maybe}:NoSchedule",
        )
    keys = [each.key for each in order.adds]
    for added in order.adds:
        if keys.count(added.key) > 1:
            raise unclear(
                f"the key {added.key!r} is added twice",
                hint="a rule holds one taint of a key; name it once",
            )
        for removed in order.removes:
            if removed.means(added):
                raise unclear(
                    f"{written(added)!r} is added, and {str(removed)!r} takes it back",
                    hint="say one of them; a new effect or value replaces the old one",
                )
