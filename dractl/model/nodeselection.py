"""Which nodes an object is for: node selectors and their evaluation.

Follows Kubernetes 1.36, component-helpers scheduling/corev1/nodeaffinity.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_INTEGER: Final = re.compile(r"([+-]?)0*([0-9]{1,19})", re.ASCII)
_INT64: Final = range(-(2**63), 2**63)
_LABEL_WORD: Final = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL_VALUE: Final = re.compile(f"(?:{_LABEL_WORD})?")
_DOMAIN_PART: Final = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_LABEL_KEY: Final = re.compile(
    rf"(?:(?=[^/]{{1,253}}/){_DOMAIN_PART}(?:\.{_DOMAIN_PART})*/)?{_LABEL_WORD}"
)


class NodeSelectorError(ValueError):
    """The node selector cannot be parsed; the scheduler stops at such a thing."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """`key operator values`, on a label or on the field `metadata.name`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeSelectorTerm:
    """Requirements that must all hold; without any, the term matches nothing."""

    match_expressions: tuple[Requirement, ...] = ()
    match_fields: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """Terms of which one must hold."""

    terms: tuple[NodeSelectorTerm, ...] = ()

    @staticmethod
    def only(node: str) -> "NodeSelector":
        """Return the one that means a node by its name."""
        here = Requirement("metadata.name", "In", (node,))
        return NodeSelector((NodeSelectorTerm((), (here,)),))

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Tell whether the node is meant; raise NodeSelectorError if unparsable."""
        for term in self.terms:
            check_term(term)
        return any(_term_matches(term, name, labels) for term in self.terms)


def check_term(term: NodeSelectorTerm) -> None:
    """Raise NodeSelectorError where the scheduler could not parse the term."""
    for requirement in term.match_expressions:
        _check_expression(requirement)
    for requirement in term.match_fields:
        if requirement.operator not in {"In", "NotIn"} or len(requirement.values) != 1:
            raise NodeSelectorError(
                f"field {requirement.key!r}: {requirement.operator!r} with "
                f"{len(requirement.values)} values; In or NotIn with one is possible"
            )


def _check_expression(requirement: Requirement) -> None:
    operator, count = requirement.operator, len(requirement.values)
    good = {
        "In": count > 0,
        "NotIn": count > 0,
        "Exists": count == 0,
        "DoesNotExist": count == 0,
        "Gt": count == 1 and _integer(requirement.values[0]) is not None,
        "Lt": count == 1 and _integer(requirement.values[0]) is not None,
    }.get(operator, False)
    if not good:
        raise NodeSelectorError(
            f"label {requirement.key!r}: operator {operator!r} with {count} values"
        )
    # The API server lets such values of a pod's affinity pass; labels.NewRequirement,
    # with which the scheduler reads all selectors, does not.
    if not _LABEL_KEY.fullmatch(requirement.key):
        raise NodeSelectorError(f"{requirement.key[:80]!r} cannot be a label's key")
    for value in requirement.values:
        if not _LABEL_VALUE.fullmatch(value):
            raise NodeSelectorError(
                f"label {requirement.key!r}: no label has the value {value[:80]!r}"
            )


def _term_matches(term: NodeSelectorTerm, name: str, labels: Mapping[str, str]) -> bool:
    if not term.match_expressions and not term.match_fields:
        return False
    return all(
        requirement_matches(each, labels) for each in term.match_expressions
    ) and all(
        # Only metadata.name is known to the scheduler; other fields read as "".
        ((name if each.key == "metadata.name" else "") == each.values[0])
        == (each.operator == "In")
        for each in term.match_fields
    )


def requirement_matches(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    """Tell whether the labels satisfy one requirement."""
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value is not None and value in requirement.values
        case "NotIn":
            return value is None or value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    have = None if value is None else _integer(value)
    want = _integer(requirement.values[0])
    if have is None or want is None:
        return False
    return have > want if requirement.operator == "Gt" else have < want


def _integer(text: str) -> int | None:
    """Return what Go's strconv.ParseInt reads as an int64, None where it fails."""
    match = _INTEGER.fullmatch(text)
    if match is None or (number := int(match[1] + match[2])) not in _INT64:
        return None
    return number
