"""Documents of a cluster without what is secret, and without what nobody reads."""

from collections.abc import Mapping
from typing import Any, Final

from dractl.api.pod_specs import DEEPEST, NOT_SPECS, is_pod_spec
from dractl.api.workload_resources import CLAIM_NAME, TEMPLATE, TEMPLATE_NAME
from dractl.capture.cuts import fields, some, whole
from dractl.capture.metadata import metadata
from dractl.capture.shapes import GROUPS, SHAPES, pod_spec

Document = Mapping[str, Any]

_NAMED: Final = some("name")
_SCHEDULED: Final = some("desiredNumberScheduled", "numberReady")
_STRATEGY: Final = "updateStrategy"
_REPLACED: Final = fields(
    type=whole, rollingUpdate=some("maxSurge", "maxUnavailable", "partition")
)
_AMOUNTS: Final = frozenset({"completions", "parallelism", "replicas", "suspend"})


def clean(document: Document) -> Document | None:
    """Return what may be written of one document; None: nothing of it.

    What dractl reads stays, so that answers are the same. Of kinds that it does not
    know, those stay which make pods or name claims, and nothing else of them.
    """
    kind, version = str(document.get("kind")), str(document.get("apiVersion"))
    group = version.rpartition("/")[0]
    cut = SHAPES.get((group, kind)) or GROUPS.get(group) or _workload
    kept: Document | None = cut(document)
    return kept


def _workload(document: Document) -> Document | None:
    kept = _leading_to_pods(document, 0)
    if kept is None:
        return None
    stated = {key: document[key] for key in ("apiVersion", "kind") if key in document}
    told = _SCHEDULED(document.get("status"))
    status = {"status": told} if told else {}
    return {**stated, "metadata": metadata(document.get("metadata")), **kept, **status}


def _leading_to_pods(value: object, depth: int) -> Any:
    """Return the specs of pods and the names of claims, in their places.

    None: there is nothing of the kind.
    """
    if depth > DEEPEST:
        return None
    if isinstance(value, list | tuple):
        found = (_leading_to_pods(item, depth + 1) for item in value)
        return [each for each in found if each is not None] or None
    if not isinstance(value, Mapping):
        return None
    if is_pod_spec(value):
        return pod_spec(value)
    kept = {
        key: found
        for key, inner in value.items()
        if key not in NOT_SPECS
        and (found := _kept_field(key, inner, depth + 1)) is not None
    }
    amounts = {key: value[key] for key in _AMOUNTS & value.keys()}
    strategy = {key: _REPLACED(value[key]) for key in {_STRATEGY} & value.keys()}
    return {**_plain(amounts), **strategy, **kept} if kept else None


def _kept_field(key: str, value: object, depth: int) -> Any:
    if key in {CLAIM_NAME, TEMPLATE_NAME}:
        return value if isinstance(value, str) else None
    if key == TEMPLATE:
        return _NAMED(value) or None
    return _leading_to_pods(value, depth)


def _plain(amounts: Document) -> Document:
    return {key: each for key, each in sorted(amounts.items()) if isinstance(each, int)}
