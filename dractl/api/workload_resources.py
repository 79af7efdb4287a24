"""Objects that make pods, of whatever kind: they are known by what is in them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dractl.api.decode_fields import Wire
from dractl.api.decode_shared import namespaced_meta
from dractl.api.pod_specs import DEEPEST, NOT_SPECS, pod_specs
from dractl.api.problems import MalformedField
from dractl.model.workloads import WorkloadResource

CLAIM_NAME: Final = "resourceClaimName"
TEMPLATE_NAME: Final = "resourceClaimTemplateName"
TEMPLATE: Final = "resourceClaimTemplate"  # with a name in it: NVIDIA's ComputeDomain
_AMOUNTS: Final = ("replicas", "parallelism")
# They hold what a workload was before; nothing is made of them.
_PAST: Final = frozenset({("apps", "ControllerRevision")})


class Reference(NamedTuple):
    """The name of a claim or of a template of claims in some object."""

    field: str
    name: str


def workload_resource(document: Wire) -> WorkloadResource | None:
    """Read an object that makes pods or names claims; None: it does neither.

    Kinds of other projects come and go, so nothing is asked of their shape, and what is
    malformed in them is no problem of dractl.
    """
    group, kind = str(document["apiVersion"]).rpartition("/")[0], str(document["kind"])
    found = tuple(references(document))
    if (group, kind) in _PAST or not (found or any(pod_specs(document))):
        return None
    try:
        meta = namespaced_meta(document)
    except MalformedField:
        return None
    return WorkloadResource(
        kind=kind,
        group=group,
        meta=meta,
        templates=_names(found, TEMPLATE_NAME),
        claims=_names(found, CLAIM_NAME),
        replicas=_replicas(document),
        desired=_number(document, "desiredNumberScheduled"),
        ready=_number(document, "numberReady"),
    )


def references(value: object, depth: int = 0) -> Iterator[Reference]:
    """Yield what names claims or templates, wherever it stands."""
    if depth > DEEPEST:
        return
    if isinstance(value, list | tuple):
        for item in value:
            yield from references(item, depth + 1)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in {CLAIM_NAME, TEMPLATE_NAME} and isinstance(inner, str):
                yield Reference(key, inner)
            elif key == TEMPLATE and isinstance(name := _name(inner), str):
                yield Reference(TEMPLATE_NAME, name)
            elif key not in NOT_SPECS:
                yield from references(inner, depth + 1)


def _name(value: Any) -> Any:
    return value.get("name") if isinstance(value, Mapping) else None


def _names(found: tuple[Reference, ...], field: str) -> tuple[str, ...]:
    return tuple(sorted({each.name for each in found if each.field == field}))


def _number(document: Wire, field: str) -> int | None:
    status = document.get("status")
    stated = status.get(field) if isinstance(status, Mapping) else None
    return stated if isinstance(stated, int) else None


def _replicas(document: Wire) -> int | None:
    spec = document.get("spec")
    stated = spec if isinstance(spec, Mapping) else {}
    amounts = (stated.get(key) for key in _AMOUNTS)
    return next((each for each in amounts if isinstance(each, int)), None)
