"""How users spell taints and tolerations of devices: as kubectl does those of nodes."""

from typing import Final, NamedTuple

from dractl.errors import unclear
from dractl.model.claims import Toleration
from dractl.model.devices import Taint
from dractl.model.names import label_key, label_value
from dractl.model.taintrules import EFFECTS

_FOREIGN: Final = {
    "PreferNoSchedule": "devices have no effect 'PreferNoSchedule', only nodes have it",
}
_MEANINGS: Final = (
    "NoSchedule keeps new pods away, NoExecute evicts as well, None only tells"
)
_EXAMPLE: Final = "example.com/broken=fan:NoSchedule"


class Spelled(NamedTuple):
    """`KEY[=VALUE][:EFFECT]` in its parts; None: that part is not there at all."""

    key: str
    value: str | None
    effect: str | None


def taint(text: str) -> Taint:
    """Read `KEY[=VALUE]:EFFECT`; raise DractlError for anything else."""
    found = spelled(text)
    if found.effect is None:
        raise unclear(
            f"{text[:60]!r} is not a taint: it has no effect",
            hint=f"write it like {_EXAMPLE}; the effects are {', '.join(EFFECTS)}",
        )
    return Taint(found.key, found.value or "", found.effect)


def toleration(text: str) -> Toleration:
    """Read `KEY[=VALUE][:EFFECT]`; without a value any is tolerated, `*` is any key.

    Raises DractlError for anything else.
    """
    rest, colon, effect = text.partition(":")
    if rest == "*":
        return Toleration(operator="Exists", effect=_effect(effect) if colon else "")
    found = spelled(text)
    if found.value is None:
        return Toleration(found.key, "Exists", "", found.effect or "")
    return Toleration(found.key, "Equal", found.value, found.effect or "")


def spelled(text: str) -> Spelled:
    """Take `KEY[=VALUE][:EFFECT]` apart; raise DractlError for what the API refuses."""
    rest, colon, effect = text.partition(":")
    key, equals, value = rest.partition("=")
    if not key:
        raise unclear(
            f"{text[:60]!r} is neither a taint nor a toleration: it has no key",
            hint=f"write it like {_EXAMPLE}",
        )
    for fault in label_key(key):
        raise unclear(
            f"{key[:80]!r} cannot be the key of a taint: it {fault}",
            hint=f"keys are like those of labels, as in {_EXAMPLE}",
        )
    for fault in label_value(value):
        raise unclear(
            f"{value[:80]!r} cannot be the value of a taint: it {fault}",
            hint=f"values are like those of labels, as in {_EXAMPLE}",
        )
    return Spelled(key, value if equals else None, _effect(effect) if colon else None)


def _effect(text: str) -> str:
    if text in EFFECTS:
        return text
    meant = next((each for each in EFFECTS if each.lower() == text.lower()), None)
    raise unclear(
        _FOREIGN.get(text, f"{text[:30]!r} is not an effect of a taint"),
        hint=f"did you mean {meant}?" if meant else _MEANINGS,
    )


def written(taint: Taint) -> str:
    """Return a taint as kubectl writes it."""
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}"


def tolerating(taint: Taint, seconds: int | None = None) -> Toleration:
    """Return what tolerates a taint, maybe for some seconds only."""
    operator = "Equal" if taint.value else "Exists"
    return Toleration(taint.key, operator, taint.value, taint.effect, seconds)
