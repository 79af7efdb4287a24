"""Requirements on nodes in pod specs: which go with a migration, and come back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Final

from dractl.migrate.answer import Moved
from dractl.migrate.edits import made_at
from dractl.migrate.inputs import Steps, Wire
from dractl.migrate.memory import Requirement
from dractl.migrate.places import at
from dractl.rules.subject import mapping, number

_AFFINITY: Final[Steps] = ("affinity", "nodeAffinity")
_REQUIRED: Final[Steps] = (
    *_AFFINITY,
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
)
_PREFERRED: Final[Steps] = (
    *_AFFINITY,
    "preferredDuringSchedulingIgnoredDuringExecution",
)
_EXPRESSIONS: Final = "matchExpressions"


def leaving(
    spec: Wire, moved: Iterable[Moved], base: Steps
) -> dict[Steps, Requirement]:
    """Return the requirements that go, by their places in the spec of the pods.

    `base` are the steps to that spec. Of terms of which any one is enough, none goes
    if only some would be left without a requirement: an empty term matches no node.
    """
    found = {
        each.steps[len(base) :]: known
        for each in moved
        if each.steps[: len(base)] == base
        if (known := _requirement(each, each.steps[len(base) :])) is not None
        if at(spec, each.steps[len(base) :]) is not None
    }
    terms = at(spec, _REQUIRED)
    if isinstance(terms, list | tuple):
        emptied = [_is_emptied(each, i, found) for i, each in enumerate(terms)]
        if any(emptied) and not all(emptied):
            found = {
                steps: each
                for steps, each in found.items()
                if each.holder != "required"
            }
    return {steps: _weighed(spec, each, found) for steps, each in found.items()}


def _requirement(moved: Moved, steps: Steps) -> Requirement | None:
    said = moved.label, moved.operator, moved.values
    match steps:
        case ("nodeSelector", _):
            return Requirement(*said)
        case (*start, int(term), str(key), int(index)) if (
            tuple(start) == _REQUIRED and key == _EXPRESSIONS
        ):
            return Requirement(*said, "required", term, index)
        case (*start, int(term), "preference", str(key), int(index)) if (
            tuple(start) == _PREFERRED and key == _EXPRESSIONS
        ):
            return Requirement(*said, "preferred", term, index)
    return None


def _is_emptied(term: object, index: int, found: Mapping[Steps, Requirement]) -> bool:
    """Tell whether all that a term says goes."""
    if not isinstance(term, Mapping) or term.keys() != {_EXPRESSIONS}:
        return False
    said = term[_EXPRESSIONS]
    return isinstance(said, list | tuple) and all(
        (*_REQUIRED, index, _EXPRESSIONS, one) in found for one in range(len(said))
    )


def _weighed(
    spec: Wire, each: Requirement, found: Mapping[Steps, Requirement]
) -> Requirement:
    """Return a requirement with the weight of its preference if all of that goes."""
    if each.holder != "preferred":
        return each
    place = *_PREFERRED, each.term
    preference = mapping(at(spec, place), "preference")
    is_whole = preference.keys() == {_EXPRESSIONS} and all(
        (*place, "preference", _EXPRESSIONS, index) in found
        for index in range(len(preference[_EXPRESSIONS]))
    )
    weight = number(at(spec, place), "weight", 1) if is_whole else None
    return replace(each, weight=weight)


def restored(spec: Wire, requirements: Iterable[Requirement]) -> Wire:
    """Return the spec of pods with requirements back where they were."""
    ordered = sorted(
        requirements, key=lambda each: (each.holder, each.term, each.index)
    )
    for (holder, _), group in groupby(
        ordered, key=lambda each: (each.holder, each.term)
    ):
        back = list(group)
        if holder == "nodeSelector":
            pairs = {each.label: each.values[0] for each in back}
            spec = made_at(spec, ("nodeSelector",), partial(_more, pairs))
        else:
            steps = _REQUIRED if holder == "required" else _PREFERRED
            spec = made_at(spec, steps, partial(_in_terms, back))
    return spec


def _more(pairs: Mapping[str, str], old: object) -> Wire:
    return {**(old if isinstance(old, Mapping) else {}), **pairs}


def _in_terms(back: Sequence[Requirement], old: object) -> list[object]:
    """Return terms, or preferences, with requirements in one of them."""
    terms = list(old) if isinstance(old, list | tuple) else []
    inner: Steps = ("preference",) if back[0].holder == "preferred" else ()
    steps = *inner, _EXPRESSIONS
    term = back[0].term
    is_there = back[0].weight is None and 0 <= term < len(terms)
    if is_there and isinstance(terms[term], Mapping):
        terms[term] = made_at(terms[term], steps, partial(_among, back))
        return terms
    weight = {} if back[0].weight is None else {"weight": back[0].weight}
    terms.insert(term, made_at(weight, steps, partial(_among, back)))
    return terms


def _among(back: Sequence[Requirement], old: object) -> list[object]:
    expressions = list(old) if isinstance(old, list | tuple) else []
    for each in back:
        values = {"values": [*each.values]} if each.values else {}
        wire = {"key": each.label, "operator": each.operator, **values}
        expressions.insert(each.index, wire)
    return expressions
