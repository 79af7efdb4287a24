"""Clauses that would let some device pass, in place of one that lets none pass."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final

from dractl.catalogue.comparison import Comparison, Subject
from dractl.catalogue.funnel import Stage
from dractl.catalogue.index import Entry
from dractl.catalogue.nearmiss import NearMiss, near_value
from dractl.catalogue.snippets import condition, literal
from dractl.catalogue.values import ELEMENTS, Value, converted
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.nodes import Node, walk
from dractl.cel.paths import DEVICE_ALIASES, read_of
from dractl.cel.quoting import optional_path, value_path, value_test
from dractl.cel.selector import Selector, compile_cached
from dractl.model.devices import Device

_AMOUNTS: Final = {">": ">=", ">=": ">=", "<": "<=", "<=": "<="}


def replacements(stage: Stage, miss: NearMiss) -> tuple[str, ...]:
    """Return texts to write for a clause, best first; () where none helps.

    The right name instead of one that nothing has, the wanted value as the kind that
    devices have, the nearest value, the largest amount. Each compiles, and lets at
    least one device pass that the clause removed.
    """
    found = dict.fromkeys(_candidates(stage, miss))
    return tuple(text for text in found if text != stage.text and _helps(text, stage))


def _candidates(stage: Stage, miss: NearMiss) -> Iterator[str]:
    comparison = miss.comparison
    if miss.is_unknown and miss.meant is not None:
        meant = miss.meant
        if meant.map == comparison.subject.map or not comparison.wanted:
            yield renamed(stage.source.text, stage.node, comparison.subject, meant)
        comparison = dataclasses.replace(comparison, subject=subject_of(meant))
        kinds = {each.kind for each in meant.values}
    else:
        kinds = {each.kind for each in miss.values}
    yield from _as_kinds(comparison, sorted(kinds))
    value = near_value(comparison, stage.removed)
    if value is not None:
        yield _nearest(comparison, value, in_lists=not kinds.isdisjoint(ELEMENTS))


def subject_of(entry: Entry) -> Subject:
    """Return the entry as what a clause reads."""
    return Subject(entry.map, entry.domain, entry.id)


def _as_kinds(comparison: Comparison, kinds: Iterable[str]) -> Iterator[str]:
    """Yield the comparison with what is wanted in the kinds that devices have."""
    for kind in kinds:
        text = retyped(comparison, kind)
        if text is not None:
            yield text


def retyped(comparison: Comparison, kind: str) -> str | None:
    """Return the comparison as one with values of a kind; None if it has no such form.

    An amount becomes a `quantity()`, a version a `semver()`; with lists, equality
    becomes `includes()`.
    """
    values = [converted(each, ELEMENTS.get(kind, kind)) for each in comparison.wanted]
    if not values or any(each is None for each in values):
        return None
    if kind in ELEMENTS:
        if comparison.operator not in {"==", "in", "contains", "includes"}:
            return None
        return _any_of(_includes(comparison.subject, each) for each in values)
    if comparison.operator == "in":
        return _any_of(_compared(comparison.subject, "==", each) for each in values)
    if comparison.operator in {*_AMOUNTS, "==", "!="}:
        return _compared(comparison.subject, comparison.operator, values[0])
    return None


def _nearest(comparison: Comparison, value: Value, *, in_lists: bool) -> str:
    if comparison.operator in _AMOUNTS:
        operator = _AMOUNTS[comparison.operator]
        return _compared(comparison.subject, operator, value)
    if in_lists:
        return _includes(comparison.subject, value)
    return _compared(comparison.subject, "==", value)


def _compared(subject: Subject, operator: str, value: Value) -> str:
    if subject.map is None:
        return f"device.{subject.name} {operator} {literal(value)}"
    return condition(subject.path, operator, value)


def _includes(subject: Subject, value: Value) -> str:
    if subject.map is None:
        return _compared(subject, "==", value)
    path = value_path(subject.path)
    return f"{path}.includes({literal(value)})"


def _any_of(texts: Iterable[str]) -> str:
    terms = list(texts)
    return terms[0] if len(terms) == 1 else f"({' || '.join(terms)})"


def _helps(text: str, stage: Stage) -> bool:
    try:
        selector = compile_cached(text, stage.source.environment)
    except SelectorCompileError:
        return False
    return any(_passes(selector, device) for device in stage.removed)


def _passes(selector: Selector, device: Device) -> bool:
    try:
        return selector.matches(device)
    except SelectorEvalError:
        return False


# -- another name


def renamed(source: str, root: Node, subject: Subject, entry: Entry) -> str:
    """Return the text of a node, in which every read of one value is of another."""
    pieces, last = [], root.start
    for node, replacement in sorted(_reads(root, subject, entry), key=_place):
        pieces += [source[last : node.start], replacement]
        last = node.end
    return "".join([*pieces, source[last : root.end]])


def _place(read: tuple[Node, str]) -> int:
    return read[0].start


def _reads(root: Node, subject: Subject, entry: Entry) -> Iterator[tuple[Node, str]]:
    for node in walk(root):
        read = read_of(node, DEVICE_ALIASES)
        if read is None or (read.map, read.key) != (subject.map, subject.qualified):
            continue
        if read.how == "has":
            yield node, value_test(entry.path)
        elif read.how == "optional":
            yield node, optional_path(entry.path)
        else:
            yield node, value_path(entry.path)
