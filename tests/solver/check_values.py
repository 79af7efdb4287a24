"""Whether the devices of a claim have equal or different values, as it demands."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from dractl.model.attributes import Attribute
from dractl.model.claims import Constraint, ResourceClaim
from dractl.model.cluster import Profile
from tests.solver.check_result import Given


def constraint_violations(
    where: str, claim: ResourceClaim, given: Sequence[Given], profile: Profile
) -> Iterator[str]:
    """Yield what the claim's constraints object to."""
    lists = profile.enabled("DRAListTypeAttributes")
    for number, constraint in enumerate(claim.spec.constraints):
        mine = [each for each in given if _concerns(constraint, each)]
        name = constraint.match_attribute or constraint.distinct_attribute or ""
        values = [each.device.attributes.get(name) for each in mine]
        if None in values:
            yield f"{where}, constraint {number}: a device lacks {name}"
        elif constraint.match_attribute and not _match(
            [value for value in values if value], lists=lists
        ):
            yield f"{where}, constraint {number}: {name} is not the same everywhere"
        elif constraint.distinct_attribute and any(
            _equal(one, other, lists=lists)
            for one, other in combinations(_single_values(name, mine), 2)
        ):
            yield f"{where}, constraint {number}: {name} is not different everywhere"


def _concerns(constraint: Constraint, given: Given) -> bool:
    named = constraint.requests
    return not named or given.request.name in named or given.name in named


def _match(values: Sequence[Attribute], *, lists: bool) -> bool:
    if lists:
        kinds = {value.kind.rstrip("s") for value in values}
        sets = [_elements(value) for value in values]
        return len(kinds) <= 1 and (not sets or bool(frozenset.intersection(*sets)))
    return len(values) < 2 or (
        len(set(values)) == 1 and not isinstance(values[0].value, tuple)
    )


def _elements(value: Attribute) -> frozenset[object]:
    if isinstance(value.value, tuple):
        return frozenset(value.value)
    return frozenset([value.value])


def _single_values(name: str, given: Sequence[Given]) -> list[Attribute]:
    """Return the values of requests with one device; others are not compared."""
    return [
        each.device.attributes[name]
        for each in given
        if sum(other.request is each.request for other in given) == 1
    ]


def _equal(one: Attribute, other: Attribute, *, lists: bool) -> bool:
    if one.kind.rstrip("s") != other.kind.rstrip("s"):
        return False
    if lists:
        return bool(_elements(one) & _elements(other))
    return one == other
