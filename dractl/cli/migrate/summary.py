"""The first look at a plan: how many ask for what, and how many can go each route."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.cli.migrate.groups import Need
from dractl.cli.text import columns, visible
from dractl.migrate.inputs import Route

_HEAD: Final = ("RESOURCE", "ONE IS", "WORKLOADS", "PODS", "CLAIMS", "EXTENDED")
_ROUTES: Final = (Route.CLAIMS, Route.EXTENDED)


def summary(needs: Sequence[Need]) -> Iterator[str]:
    """Yield a line for each need, where there is more than one."""
    if len(needs) > 1:
        yield from (f"  {line}" for line in columns([_HEAD, *map(_row, needs)]))


def _row(need: Need) -> tuple[str, ...]:
    return (
        visible(need.resource),
        visible(_unit(need)),
        str(len(need.users)),
        _pods(need),
        *(str(_open(need, route)) for route in _ROUTES),
    )


def _unit(need: Need) -> str:
    meaning = need.meaning
    if meaning is None:
        return "unclear"
    shared = f"1/{meaning.replicas}" if meaning.replicas else ""
    return " ".join(part for part in (meaning.unit, meaning.profile, shared) if part)


def _pods(need: Need) -> str:
    """Return how many pods are wanted, at least where some are one for each node."""
    counts = [each.user.replicas for each in need.users]
    return f"{sum(each or 0 for each in counts)}{'+' if None in counts else ''}"


def _open(need: Need, route: Route) -> int:
    return sum(bool(each.targets) and route not in each.blocks for each in need.users)
