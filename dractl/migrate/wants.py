"""What a pod spec wants of nodes by their labels, with the places in the document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dractl.migrate.inputs import Steps, Wire
from dractl.model.nodeselection import Requirement
from dractl.rules.subject import entries, mapping, text

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@dataclass(frozen=True, slots=True)
class Want:
    """A requirement on a label, and the steps from the document to it."""

    steps: Steps
    requirement: Requirement


@dataclass(frozen=True, slots=True)
class Term:
    """Requirements that hold together; `has_more`: there are others, on fields."""

    wants: tuple[Want, ...]
    has_more: bool = False


def selected(spec: Wire, base: Steps) -> Iterator[Want]:
    """Yield what `nodeSelector` wants."""
    # YAML has keys of other types too.
    selector: Iterable[tuple[object, object]] = mapping(spec, "nodeSelector").items()
    for label, value in selector:
        if isinstance(label, str) and isinstance(value, str):
            requirement = Requirement(label, "In", (value,))
            yield Want((*base, "nodeSelector", label), requirement)


def required(spec: Wire, base: Steps) -> tuple[Term, ...]:
    """Return the terms of the node affinity, of which one has to hold."""
    affinity = mapping(spec, "affinity", "nodeAffinity")
    steps = *base, "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms"
    listed = entries(mapping(affinity, _REQUIRED), "nodeSelectorTerms")
    return tuple(_term(each, (*steps, index)) for index, each in enumerate(listed))


def preferred(spec: Wire, base: Steps) -> Iterator[Want]:
    """Yield what is preferred of nodes."""
    affinity = mapping(spec, "affinity", "nodeAffinity")
    for index, each in enumerate(entries(affinity, _PREFERRED)):
        steps = *base, "affinity", "nodeAffinity", _PREFERRED, index, "preference"
        yield from _term(mapping(each, "preference"), steps).wants


def _term(term: Any, steps: Steps) -> Term:
    listed = entries(term, "matchExpressions")
    wants = tuple(
        want
        for index, each in enumerate(listed)
        if (want := _want(each, (*steps, "matchExpressions", index))) is not None
    )
    fields: Mapping[str, object] = mapping(term)
    others = any(fields[key] for key in fields if key != "matchExpressions")
    return Term(wants, has_more=others or len(wants) < len(listed))


def _want(each: Any, steps: Steps) -> Want | None:
    values = entries(each, "values")
    key, operator = text(each, "key"), text(each, "operator")
    if not key or not operator or not all(isinstance(one, str) for one in values):
        return None
    return Want(steps, Requirement(key, operator, tuple(values)))
