"""Rules of claims that groups of pods share: PodGroup and Workload."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.model.names import dns_label, dns_subdomain
from dractl.rules.path import Path
from dractl.rules.pods import CLAIMS, REFERENCES
from dractl.rules.reasons import duplicate, invalid, invalid_each, required, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import named
from dractl.rules.shapes import METADATA
from dractl.rules.wire import Struct, Wire, list_of

GROUP: Final = "scheduling.k8s.io"
MOST_CLAIMS: Final = 4


def _object(spec: Struct) -> Struct:
    return Struct({"metadata": METADATA, "spec": spec}, closed=False)


_GROUP: Final = Struct({"resourceClaims": CLAIMS}, closed=False)
SHAPES: Final[Mapping[str, Struct]] = {
    "PodGroup": _object(_GROUP),
    "Workload": _object(Struct({"podGroupTemplates": list_of(_GROUP)}, closed=False)),
}


def check_group(document: Wire) -> Iterator[Violation]:
    """Walk through the claims of a PodGroup or of the templates in a Workload."""
    spec, path = document.get("spec", {}), Path.of("spec")
    yield from _check_claims(spec.get("resourceClaims", ()), path)
    below = path.field("podGroupTemplates")
    for index, template in enumerate(spec.get("podGroupTemplates", ())):
        claims = template.get("resourceClaims", ())
        yield from _check_claims(claims, below.index(index))


def _check_claims(claims: list[Wire], path: Path) -> Iterator[Violation]:
    path = path.field("resourceClaims")
    if len(claims) > MOST_CLAIMS:
        yield from pg_claims_max(len(claims), path)
        return
    for claim, where, name, again in named(claims, path):
        yield from pg_claim_name(name, where.field("name"))
        keys = [key for key in REFERENCES if key in claim]
        if len(keys) != 1:
            yield from pg_claim_one_of(where)
        for key in keys:
            yield from pg_claim_ref(claim[key], where.field(key))
        if again:
            yield from pg_claims_unique(name, where)


@rule("pg-claims-max")
def pg_claims_max(count: int, path: Path) -> Iterator[Violation]:
    """A group of pods shares at most 4 claims."""
    yield from too_many("pg-claims-max", path, count, MOST_CLAIMS)


@rule("pg-claims-unique")
def pg_claims_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each claim of a group of pods has its own name."""
    yield from duplicate("pg-claims-unique", path, name)


@rule("pg-claim-name")
def pg_claim_name(name: str, path: Path) -> Iterator[Violation]:
    """A claim of a group of pods has a name that is a DNS label."""
    if name:
        yield from invalid_each("pg-claim-name", path, name, dns_label(name))
    else:
        yield from required("pg-claim-name", path, "the claim has no name")


@rule("pg-claim-one-of")
def pg_claim_one_of(path: Path) -> Iterator[Violation]:
    """A claim of a group of pods is a claim that exists, or made from a template."""
    message = "exactly one of resourceClaimName and resourceClaimTemplateName is needed"
    yield from invalid("pg-claim-one-of", path, message)


@rule("pg-claim-ref")
def pg_claim_ref(name: str, path: Path) -> Iterator[Violation]:
    """The claim or template of a group of pods is named as objects can be named."""
    yield from invalid_each("pg-claim-ref", path, name, dns_subdomain(name))
