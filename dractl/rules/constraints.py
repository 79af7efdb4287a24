"""Rules of constraints and configuration in a claim: what refers to requests."""

from collections.abc import Callable, Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.names import dns_label
from dractl.rules.drivers import check_fully_qualified
from dractl.rules.opaque import check_config
from dractl.rules.path import Path
from dractl.rules.reasons import (
    duplicate,
    invalid,
    invalid_each,
    required,
    shown,
    too_many,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import placed
from dractl.rules.wire import Wire

MOST_CONSTRAINTS: Final = 32
MOST_CONFIGS: Final = 32
MOST_REFERENCES: Final = 32
_Limit = Callable[[int, Path], Iterator[Violation]]


def names_of(devices: Wire) -> frozenset[str]:
    """Return what constraints and configuration may refer to."""
    names: set[str] = set()
    for request in devices.get("requests", ()):
        name = request.get("name", "")
        names.add(name)
        names.update(
            f"{name}/{option.get('name', '')}"
            for option in request.get("firstAvailable", ())
        )
    return frozenset(names)


def check_constraints(
    devices: Wire, path: Path, profile: Profile
) -> Iterator[Violation]:
    """Walk through the constraints of a claim."""
    constraints, path = devices.get("constraints", ()), path.field("constraints")
    if len(constraints) > MOST_CONSTRAINTS:
        yield from constraints_max(len(constraints), path)
        return
    names = names_of(devices)
    for index, constraint in enumerate(constraints):
        where = path.index(index)
        requests = constraint.get("requests", ())
        yield from _check_references(requests, names, where, constraint_requests_max)
        if "matchAttribute" in constraint:
            yield from constraint_match_attribute(
                constraint["matchAttribute"], where.field("matchAttribute"), profile
            )
        elif "distinctAttribute" in constraint:
            yield from constraint_distinct_attribute(
                constraint["distinctAttribute"],
                where.field("distinctAttribute"),
                profile,
            )
        else:
            yield from constraint_one_of(where, profile)


def check_claim_configs(devices: Wire, path: Path) -> Iterator[Violation]:
    """Walk through the configuration of a claim."""
    configs, path = devices.get("config", ()), path.field("config")
    if len(configs) > MOST_CONFIGS:
        yield from claim_config_max(len(configs), path)
        return
    names = names_of(devices)
    for index, config in enumerate(configs):
        where = path.index(index)
        requests = config.get("requests", ())
        yield from _check_references(requests, names, where, claim_config_requests_max)
        yield from check_config(config, where)


def _check_references(
    requests: list[str], names: frozenset[str], path: Path, limit: _Limit
) -> Iterator[Violation]:
    path = path.field("requests")
    if len(requests) > MOST_REFERENCES:
        yield from limit(len(requests), path)
        return
    for reference, where, again in placed(requests, path):
        yield from request_ref(reference, names, where)
        if again:
            yield from request_refs_unique(reference, where)


@rule("constraints-max")
def constraints_max(count: int, path: Path) -> Iterator[Violation]:
    """A claim has at most 32 constraints; of more, none is looked at."""
    yield from too_many("constraints-max", path, count, MOST_CONSTRAINTS)


@rule("claim-config-max")
def claim_config_max(count: int, path: Path) -> Iterator[Violation]:
    """A claim has at most 32 configurations; of more, none is looked at."""
    yield from too_many("claim-config-max", path, count, MOST_CONFIGS)


@rule("constraint-requests-max")
def constraint_requests_max(count: int, path: Path) -> Iterator[Violation]:
    """A constraint refers to at most 32 requests; without any, it is for all."""
    yield from too_many("constraint-requests-max", path, count, MOST_REFERENCES)


@rule("claim-config-requests-max")
def claim_config_requests_max(count: int, path: Path) -> Iterator[Violation]:
    """A configuration refers to at most 32 requests; without any, it is for all."""
    yield from too_many("claim-config-requests-max", path, count, MOST_REFERENCES)


@rule("request-refs-unique")
def request_refs_unique(reference: str, path: Path) -> Iterator[Violation]:
    """A constraint or configuration refers to each request once."""
    yield from duplicate("request-refs-unique", path, reference)


@rule("request-ref")
def request_ref(
    reference: str, names: frozenset[str], path: Path
) -> Iterator[Violation]:
    """A reference to a request is `REQUEST` or `REQUEST/ALTERNATIVE`, and exists.

    The bare name of a request with alternatives stands for all of them. Both parts are
    DNS labels.
    """
    code = "request-ref"
    parts = reference.split("/")
    if len(parts) > 2:  # noqa: PLR2004 - request and alternative
        yield from invalid(code, path, f"{shown(reference)} has more than one '/'")
        return
    for part in parts:
        yield from invalid_each(code, path, part, dns_label(part))
    if reference not in names:
        listed = ", ".join(sorted(names)[:8])
        message = f"the claim has no request {shown(reference)}"
        yield from invalid(code, path, message, f"it has {listed}" if names else None)


@rule("constraint-match-attribute")
def constraint_match_attribute(
    name: str, path: Path, profile: Profile
) -> Iterator[Violation]:
    """The attribute that devices must share is named with its domain.

    `gpu.example.com/model`: a driver's name, '/', and an identifier of at most 32
    bytes. Before 1.37 a name with two slashes passes unseen.
    """
    yield from check_fully_qualified("constraint-match-attribute", name, path, profile)


@rule("constraint-distinct-attribute")
def constraint_distinct_attribute(
    name: str, path: Path, profile: Profile
) -> Iterator[Violation]:
    """The attribute that must differ is named with its domain.

    It is looked at only beside no matchAttribute. Field since 1.34, on since 1.36.
    """
    code = "constraint-distinct-attribute"
    yield from check_fully_qualified(code, name, path, profile)


@rule("constraint-one-of")
def constraint_one_of(path: Path, profile: Profile) -> Iterator[Violation]:
    """A constraint names an attribute that devices share, or in which they differ.

    Where both are given, only matchAttribute counts. Where DRAConsumableCapacity is
    off, distinctAttribute is dropped and does not count.
    """
    if not profile.enabled("DRAConsumableCapacity"):
        path = path.field("matchAttribute")
    message = "the constraint constrains nothing"
    fix = "add matchAttribute: DOMAIN/NAME"
    yield from required("constraint-one-of", path, message, fix)
