"""Decoding of the parts that many kinds share: metadata, selectors, conditions."""

from dractl.api.decode_fields import (
    Wire,
    each,
    flag,
    integer_if_set,
    labels,
    text,
    text_if_set,
    texts,
    within,
)
from dractl.api.problems import MalformedField
from dractl.model.claims import Condition, ObjectMeta, OwnerReference, Toleration
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement


def cluster_meta(document: Wire) -> ObjectMeta:
    """Read `metadata` of an object that has no namespace."""
    return within(document, "metadata", lambda source: _meta(source, ""))


def namespaced_meta(document: Wire) -> ObjectMeta:
    """Read `metadata`; without a namespace, the object is in `default`."""
    return within(
        document,
        "metadata",
        lambda source: _meta(source, text(source, "namespace") or "default"),
    )


def _meta(source: Wire, namespace: str) -> ObjectMeta:
    prefix = text(source, "generateName")
    # The star stands for the random part, which nobody knows before creation.
    name = text(source, "name") or (f"{prefix}*" if prefix else "")
    if not name:
        raise MalformedField("name", "is missing")
    return ObjectMeta(
        name=name,
        namespace=namespace,
        uid=text(source, "uid"),
        generate_name=prefix,
        creation_timestamp=text_if_set(source, "creationTimestamp"),
        deletion_timestamp=text_if_set(source, "deletionTimestamp"),
        labels=labels(source, "labels"),
        annotations=labels(source, "annotations"),
        owners=each(source, "ownerReferences", _owner),
        finalizers=texts(source, "finalizers"),
        resource_version=text(source, "resourceVersion"),
    )


def _owner(source: Wire) -> OwnerReference:
    return OwnerReference(
        kind=text(source, "kind"),
        name=text(source, "name"),
        uid=text(source, "uid"),
        controller=flag(source, "controller"),
        group=text(source, "apiVersion").rpartition("/")[0],
    )


def toleration(source: Wire) -> Toleration:
    """Read a toleration; the operator is Equal unless it says otherwise."""
    return Toleration(
        key=text(source, "key"),
        operator=text(source, "operator") or "Equal",
        value=text(source, "value"),
        effect=text(source, "effect"),
        seconds=integer_if_set(source, "tolerationSeconds"),
    )


def condition(source: Wire) -> Condition:
    """Read a status condition."""
    return Condition(
        type=text(source, "type"),
        status=text(source, "status"),
        reason=text(source, "reason"),
        message=text(source, "message"),
        last_transition_time=text_if_set(source, "lastTransitionTime"),
        observed_generation=integer_if_set(source, "observedGeneration"),
    )


def node_selector(source: Wire) -> NodeSelector:
    """Read a node selector."""
    return NodeSelector(each(source, "nodeSelectorTerms", _term))


def _term(source: Wire) -> NodeSelectorTerm:
    return NodeSelectorTerm(
        match_expressions=each(source, "matchExpressions", requirement),
        match_fields=each(source, "matchFields", requirement),
    )


def requirement(source: Wire) -> Requirement:
    """Read one requirement of a selector."""
    return Requirement(
        text(source, "key"), text(source, "operator"), texts(source, "values")
    )


def cel_selectors(source: Wire, key: str = "selectors") -> tuple[str | None, ...]:
    """Read the CEL texts of a list of selectors; None for one without CEL."""
    return each(source, key, _cel)


def _cel(source: Wire) -> str | None:
    if source.get("cel") is None:
        return None
    return within(source, "cel", lambda cel: text(cel, "expression"))
