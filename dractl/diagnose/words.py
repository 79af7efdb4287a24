"""Small pieces of the sentences that causes are told in."""

from collections.abc import Iterable, Sequence

from dractl.model.claims import Condition


def counted(number: int, noun: str) -> str:
    """Return `1 device`, `2 devices`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(items: Iterable[str], most: int = 4) -> str:
    """Return `a, b and 3 more`, each item once."""
    found = list(dict.fromkeys(items))
    if len(found) <= most:
        return ", ".join(found)
    return f"{', '.join(found[:most])} and {len(found) - most} more"


def on_nodes(names: Sequence[str]) -> str:
    """Return `on n0`, `on n0 and n1`, `on 12 nodes`."""
    if len(names) > 2:  # noqa: PLR2004 two can still be read at a glance
        return f"on {len(names)} nodes"
    return f"on {' and '.join(names)}"


def said_in(condition: Condition) -> str:
    """Return `Reason: message` of a condition, or as much of it as there is."""
    return ": ".join(part for part in (condition.reason, condition.message) if part)
