"""Rules of derived attributes, which are new in 1.37."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.rules.drivers import check_fully_qualified
from dractl.rules.path import Path
from dractl.rules.reasons import (
    duplicate,
    forbidden,
    invalid,
    required,
    shown,
    too_many,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import named
from dractl.rules.selectors import MOST_COST, check_expression, cost_of_value
from dractl.rules.wire import Wire

MOST_DERIVED: Final = 32


def check_derived(
    derived: list[Wire], path: Path, profile: Profile
) -> Iterator[Violation]:
    """Walk through the derived attributes of a request."""
    if len(derived) > MOST_DERIVED:
        yield from derived_max(len(derived), path)
        return
    for each, where, name, again in named(derived, path):
        text = each.get("expression", "")
        yield from derived_name(name, where.field("name"), profile)
        if text:
            yield from check_expression(
                text, where.field("expression"), profile, selects=False
            )
        else:
            yield from derived_expression(where.field("expression"))
        if again:
            yield from derived_unique(name, where)


def check_derived_use(
    devices: Wire, path: Path, profile: Profile
) -> Iterator[Violation]:
    """Walk through all derived attributes of a claim, for what they are in common."""
    cost = 0
    for where, reference, derived in _options(devices, path.field("requests")):
        if "derivedAttributes" not in derived:
            continue
        used = set(_constrained(devices, reference))
        below = where.field("derivedAttributes")
        for index, each in enumerate(derived["derivedAttributes"]):
            cost += cost_of_value(each.get("expression", ""), profile)
            name = each.get("name", "")
            if name and name not in used:
                yield from derived_used(name, below.index(index).field("name"))
    if cost > MOST_COST:
        yield from derived_cost_sum(cost, path)


def _options(devices: Wire, path: Path) -> Iterator[tuple[Path, str, Wire]]:
    for index, request in enumerate(devices.get("requests", ())):
        where, name = path.index(index), request.get("name", "")
        if "exactly" in request:
            yield where.field("exactly"), name, request["exactly"]
        for place, option in enumerate(request.get("firstAvailable", ())):
            below = where.field("firstAvailable").index(place)
            yield below, f"{name}/{option.get('name', '')}", option


def _constrained(devices: Wire, reference: str) -> Iterator[str]:
    """Yield the attributes that constraints look at for a request or alternative."""
    for constraint in devices.get("constraints", ()):
        requests = constraint.get("requests", ())
        if not requests or {reference, reference.partition("/")[0]} & set(requests):
            for key in ("matchAttribute", "distinctAttribute"):
                if key in constraint:
                    yield constraint[key]


@rule("derived-used")
def derived_used(name: str, path: Path) -> Iterator[Violation]:
    """A derived attribute is used by a constraint on its request. Since 1.37."""
    message = f"no constraint on the request looks at {shown(name)}"
    yield from invalid("derived-used", path, message, "add a constraint, or remove it")


@rule("derived-cost-sum")
def derived_cost_sum(cost: int, path: Path) -> Iterator[Violation]:
    """All derived attributes of a claim cost at most 1,000,000 units. Since 1.37."""
    message = f"all together may cost {cost:,} units; {MOST_COST:,} are allowed"
    yield from forbidden("derived-cost-sum", path, message)


@rule("derived-max")
def derived_max(count: int, path: Path) -> Iterator[Violation]:
    """A request derives at most 32 attributes."""
    yield from too_many("derived-max", path, count, MOST_DERIVED)


@rule("derived-name")
def derived_name(name: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """A derived attribute has a name with a domain, such as example.com/pair."""
    if name:
        yield from check_fully_qualified("derived-name", name, path, profile)
    else:
        yield from required("derived-name", path, "the derived attribute has no name")


@rule("derived-unique")
def derived_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each derived attribute of a request has its own name."""
    yield from duplicate("derived-unique", path, name)


@rule("derived-expression")
def derived_expression(path: Path) -> Iterator[Violation]:
    """A derived attribute has an expression that says what it is."""
    message = "the derived attribute is derived from nothing"
    yield from required("derived-expression", path, message)
