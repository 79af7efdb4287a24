"""Today's equivalents of legacy documents, or the reason why there is none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dractl.api.pod_specs import pod_specs
from dractl.api.problems import MalformedField
from dractl.api.versions import GROUP, to_hub
from dractl.api.versions_back import ConversionError, from_hub
from dractl.legacy.claims_today import claim_today, template_today
from dractl.legacy.classes_today import class_today
from dractl.legacy.construct import Document, Legacy
from dractl.legacy.find import found
from dractl.legacy.others import NEW_LABEL, OLD_LABEL
from dractl.legacy.parameters import Parameters
from dractl.legacy.shapes import mapping_at
from dractl.legacy.today import Modern, Refused

_HOPELESS: Final = frozenset(
    {"pod-scheduling-context", "parameters-kind", "published-resources"}
    | {"taint-rule-selector"}
)
_V1BETA1: Final = f"{GROUP}/v1beta1"


def modernised(documents: Sequence[Document]) -> tuple[Modern, ...]:
    """Return what becomes of each document, in their order.

    They are looked at together: a class takes up the parameters that it points to.
    """
    parameters = Parameters.among(documents)
    made = []
    for document in documents:
        made.append(_modern(document, parameters))
        parameters.settle(used=made[-1].refusal is None)
    return tuple(
        _merged(document, parameters) or each
        for document, each in zip(documents, made, strict=True)
    )


def _merged(document: Document, parameters: Parameters) -> Modern | None:
    """Return what becomes of a parameters object that something took up."""
    user = parameters.user_of(document)
    if user is None:
        return None
    return Modern((), (f"what {document.get('kind')} said is in {user} now",))


def _modern(document: Document, parameters: Parameters) -> Modern:
    constructs = [each for each in found(document) if each.blocks]
    if not constructs:
        return Modern((document,))
    for each in constructs:
        if each.code in _HOPELESS:
            return _refused(document, f"{each.message}; {each.fix}")
    try:
        return _today(document, constructs, parameters)
    except Refused as refused:
        return _refused(document, str(refused))
    except (ConversionError, MalformedField) as error:
        return _refused(document, str(error))


def _refused(document: Document, reason: str) -> Modern:
    return Modern((document,), refusal=reason)


def _today(
    document: Document, constructs: Sequence[Legacy], parameters: Parameters
) -> Modern:
    kind = str(document.get("kind"))
    if kind == "ResourceClass":
        return class_today(document, parameters)
    codes = {each.code for each in constructs}
    if codes & {"flat-request", "nested-device"}:
        document = _in_its_own_shape(document)
    if "nested-request" in codes:
        document = _without_exactly(document)
    if codes <= {"flat-request", "nested-device", "nested-request"}:
        return Modern((document,))
    change = _KINDS.get(kind)
    if change is not None:
        return change(document, parameters)
    if "partition-sizes" in codes:
        raise Refused("no ResourceClass here points to it, so no driver is known")
    return _pods_today(document)


def _in_its_own_shape(document: Document) -> Document:
    """Return what is written like v1beta1, but called v1 or v1beta2, as the latter."""
    hub = to_hub({**document, "apiVersion": _V1BETA1})
    return {**hub, "apiVersion": document["apiVersion"]}


def _without_exactly(document: Document) -> Document:
    # Both shapes in one list: bring all to v1's first.
    return from_hub(to_hub(document), "v1beta1")


def _namespace_today(document: Document, _: Parameters) -> Modern:
    metadata = mapping_at(document, "metadata")
    labels = mapping_at(metadata, "labels")
    renamed = {
        NEW_LABEL if key == OLD_LABEL else key: value for key, value in labels.items()
    }
    return Modern(({**document, "metadata": {**metadata, "labels": renamed}},))


def _device_class_today(document: Document, _: Parameters) -> Modern:
    spec = {
        k: v for k, v in mapping_at(document, "spec").items() if k != "suitableNodes"
    }
    note = "suitableNodes has no successor: use a nodeSelector of the pods"
    return Modern(({**document, "spec": spec},), (note,))


def _pods_today(document: Document) -> Modern:
    replaced = document
    for steps, spec in pod_specs(document):
        claims = spec["resourceClaims"]
        if isinstance(claims, list | tuple):
            renewed = {**spec, "resourceClaims": [_without_source(c) for c in claims]}
            replaced = _put(replaced, steps, renewed)
    return Modern((replaced,))


def _without_source(claim: object) -> object:
    if not isinstance(claim, Mapping) or not isinstance(claim.get("source"), Mapping):
        return claim
    lifted: dict[str, object] = {}
    for key, value in claim.items():
        lifted |= dict(value) if key == "source" else {key: value}
    return lifted


def _put(document: Document, steps: tuple[str | int, ...], value: Document) -> Document:
    if not steps:
        return value
    step, *rest = steps
    inner = document[str(step)]
    return {**document, str(step): _put_in(inner, tuple(rest), value)}


def _put_in(inner: object, steps: tuple[str | int, ...], value: Document) -> object:
    if not steps:
        return value
    if isinstance(inner, list | tuple):
        changed = list(inner)
        place = int(steps[0])
        changed[place] = _put_in(changed[place], steps[1:], value)
        return changed
    assert isinstance(inner, Mapping)
    return _put(inner, steps, value)


_KINDS: Final[Mapping[str, Callable[[Document, Parameters], Modern]]] = {
    "DeviceClass": _device_class_today,
    "Namespace": _namespace_today,
    "ResourceClaim": claim_today,
    "ResourceClaimTemplate": template_today,
}
