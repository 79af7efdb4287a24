"""Field selectors and label selectors of lists and watches."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.apiserver.resources import Resource, Wire
from tests.apiserver.statuses import bad_request

Selects = Callable[[Mapping[str, Any]], bool]

_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "Pod": frozenset(
        {"spec.nodeName", "spec.schedulerName", "spec.serviceAccountName",
         "spec.restartPolicy", "status.phase", "status.podIP",
         "status.nominatedNodeName"}
    ),
    "Event": frozenset(
        {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
         "involvedObject.uid", "involvedObject.apiVersion",
         "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
         "reportingComponent", "source", "type"}
    ),
    "Node": frozenset({"spec.unschedulable"}),
    "Namespace": frozenset({"status.phase"}),
    "ResourceSlice": frozenset({"spec.nodeName", "spec.driver"}),
    "Secret": frozenset({"type"}),
}  # fmt: skip
"""The fields that can be selected by beside name and namespace, by kind."""

_TERM: Final = re.compile(r"(?P<key>[^!=]+?)\s*(?P<sign>==|=|!=)\s*(?P<value>.*)")
_SET: Final = re.compile(r"(?P<key>\S+)\s+(?P<sign>in|notin)\s*\((?P<values>[^)]*)\)")
_KEY: Final = re.compile(r"(?P<not>!?)\s*(?P<key>[\w./-]+)")


def selects(query: Mapping[str, str], resource: Resource) -> Selects | None:
    """Return what the selectors of a query let through; None: there are none."""
    fields, labels = query.get("fieldSelector"), query.get("labelSelector")
    tests = [
        *(_field_test(term, resource) for term in _terms(fields or "")),
        *(_label_test(term) for term in _terms(labels or "")),
    ]
    if not tests:
        return None
    return lambda document: all(test(document) for test in tests)


def selected_name(query: Mapping[str, str]) -> str:
    """Return the name of the one object that can be meant, "" where it can be any."""
    terms = map(_TERM.fullmatch, _terms(query.get("fieldSelector", "")))
    names = (
        term["value"]
        for term in terms
        if term and term["key"] == "metadata.name" and term["sign"] != "!="
    )
    return next(names, "")


def fits(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Tell whether a LabelSelector with plain labels selects these."""
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items())


def _terms(text: str) -> list[str]:
    """Split at the commas that stand outside of brackets."""
    return [term.strip() for term in re.split(r",(?![^(]*\))", text) if term.strip()]


def _field_test(term: str, resource: Resource) -> Selects:
    match = _TERM.fullmatch(term)
    if match is None:
        raise bad_request(f"no field selector: {term!r}")
    path = match["key"].strip()
    known = _FIELDS.get(resource.kind, frozenset())
    if path not in known | {"metadata.name", "metadata.namespace"}:
        raise bad_request(f"{resource.kind} cannot be selected by {path!r}")
    is_equal = match["sign"] != "!="
    return lambda document: (_value(document, path) == match["value"]) is is_equal


def _value(document: Mapping[str, Any], path: str) -> str:
    value: Any = document
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    # Booleans, such as of spec.unschedulable, are compared as Go prints them.
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _label_test(term: str) -> Selects:
    for pattern, test in ((_SET, _set_test), (_TERM, _equality), (_KEY, _existence)):
        if match := pattern.fullmatch(term):
            return test(match)
    raise bad_request(f"no label selector: {term!r}")


def _set_test(match: re.Match[str]) -> Selects:
    values = {value.strip() for value in match["values"].split(",")}
    is_in = match["sign"] == "in"
    return lambda document: (_labels(document).get(match["key"]) in values) is is_in


def _equality(match: re.Match[str]) -> Selects:
    is_equal = match["sign"] != "!="
    key, value = match["key"], match["value"].strip()
    return lambda document: (_labels(document).get(key) == value) is is_equal


def _existence(match: re.Match[str]) -> Selects:
    is_wanted = not match["not"]
    return lambda document: (match["key"] in _labels(document)) is is_wanted


def _labels(document: Mapping[str, Any]) -> Wire:
    labels: Wire = document["metadata"].get("labels") or {}
    return labels
