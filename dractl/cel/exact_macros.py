"""Macros in the exact form: loops over lists and maps, and `cel.bind`."""

from collections.abc import Callable, Iterator
from typing import Final, cast

from dractl.cel import charges
from dractl.cel.frame import Frame, Lazy, Run, Scope, boolean
from dractl.cel.library.lists import sorted_by
from dractl.cel.nodes import Bind, Macro
from dractl.cel.operators import iterate, iterate_pairs
from dractl.cel.values import (
    NONE,
    EvalFailure,
    OptionalValue,
    Value,
    map_key,
    map_keys,
    no_such_overload,
)

Rounds = Callable[[Frame], Iterator[Value]]
"""Sets the variables of a macro, round after round; yields the first of them."""


def build_bind(node: Bind, scope: Scope) -> Run:
    """Return the closure of `cel.bind`."""
    value = scope.build(node.value)
    with scope.variable(node.name) as (slot,):
        body = scope.build(node.body)

    def run(frame: Frame) -> Value:
        frame.variables[slot] = Lazy(value)
        return body(frame)

    return run


def build_macro(node: Macro, scope: Scope) -> Run:
    """Return the closure of a macro."""
    if node.name in {"optMap", "optFlatMap"}:
        return _opt_map(node, scope)
    source = scope.build(node.range)
    with scope.variable(*node.variables) as slots:
        body = scope.build(node.body)
        condition = scope.build(node.condition) if node.condition else None
    rounds = _rounds(node, source, slots)
    return _LOOPS[node.name](rounds, condition, body)


def _rounds(node: Macro, source: Run, slots: tuple[int, ...]) -> Rounds:
    # A round that adds nothing is free where a condition decides.
    is_free = node.condition is not None or node.name in {"filter", "exists_one"}
    step = 0 if is_free else charges.TEST.get(node.name, charges.STEP)

    def single(frame: Frame) -> Iterator[Value]:
        for value in _iterated(source(frame), node):
            frame.charge(step)
            frame.variables[slots[0]] = value
            yield value

    def double(frame: Frame) -> Iterator[Value]:
        for key, value in iterate_pairs(source(frame)):
            frame.charge(step)
            frame.variables[slots[0]] = key
            frame.variables[slots[1]] = value
            yield key

    return single if len(slots) == 1 else double


def _iterated(value: Value, node: Macro) -> Iterator[Value]:
    try:
        return iter(iterate(value))
    except EvalFailure as failure:
        failure.node = node
        raise


def _quantifier(decisive: bool) -> Callable[[Rounds, Run | None, Run], Run]:
    def build(rounds: Rounds, _condition: Run | None, body: Run) -> Run:
        def run(frame: Frame) -> bool:
            failed: EvalFailure | None = None
            remaining = rounds(frame)
            for _ in remaining:
                frame.cost += charges.STEP
                try:
                    if boolean(body(frame)) is decisive:
                        next(remaining, None)  # one more round is begun, to be left
                        frame.cost += charges.STEP
                        return decisive
                except EvalFailure as failure:
                    failed = failed or failure
            frame.charge(charges.STEP)
            if failed is not None:
                raise failed
            return not decisive

        return run

    return build


def _exists_one(rounds: Rounds, _condition: Run | None, body: Run) -> Run:
    def run(frame: Frame) -> bool:
        found = 0
        for _ in rounds(frame):
            if boolean(body(frame)):
                frame.cost += 2 * charges.STEP
                found += 1
        frame.charge(2 * charges.STEP)
        return found == 1

    return run


def _map(rounds: Rounds, condition: Run | None, body: Run) -> Run:
    added = charges.APPENDED if condition is None else charges.APPENDED + charges.STEP

    def run(frame: Frame) -> list[Value]:
        made: list[Value] = []
        for _ in rounds(frame):
            if condition is None or boolean(condition(frame)):
                made.append(body(frame))
                frame.charge(added)
        frame.charge(charges.STEP)
        return made

    return run


def _filter(rounds: Rounds, _condition: Run | None, body: Run) -> Run:
    def run(frame: Frame) -> list[Value]:
        made: list[Value] = []
        for value in rounds(frame):
            if boolean(body(frame)):
                made.append(value)
                frame.charge(charges.APPENDED + 2 * charges.STEP)
        frame.charge(charges.STEP)
        return made

    return run


def _transform_map(rounds: Rounds, condition: Run | None, body: Run) -> Run:
    def run(frame: Frame) -> dict[Value, Value]:
        made: dict[Value, Value] = {}
        for key in rounds(frame):
            if condition is None or boolean(condition(frame)):
                _insert(made, map_key(key), body(frame))
                frame.charge(charges.INSERTED)
        frame.charge(charges.STEP)
        return made

    return run


def _transform_map_entry(rounds: Rounds, condition: Run | None, body: Run) -> Run:
    def run(frame: Frame) -> dict[Value, Value]:
        made: dict[Value, Value] = {}
        for _ in rounds(frame):
            if condition is None or boolean(condition(frame)):
                entries = body(frame)
                for key in entries:
                    _insert(made, key, entries[key])
                frame.charge(charges.STEP)
        frame.charge(charges.STEP)
        return made

    return run


def _insert(made: dict[Value, Value], key: Value, value: Value) -> None:
    if key in made:
        shown = next(map_keys({key: None}))
        raise EvalFailure(f"insert failed: key {shown} already exists")
    made[key] = value


def _sort_by(rounds: Rounds, _condition: Run | None, body: Run) -> Run:
    def run(frame: Frame) -> Value:
        elements: list[Value] = []
        keys: list[Value] = []
        for value in rounds(frame):
            elements.append(value)
            keys.append(body(frame))
            frame.charge(charges.APPENDED)
        # The list is named twice and the result once, besides the sorting.
        frame.charge(3 * charges.STEP + charges.of_sorting(len(keys)))
        return sorted_by(elements, keys)

    return run


def _opt_map(node: Macro, scope: Scope) -> Run:
    source = scope.build(node.range)
    with scope.variable(*node.variables) as (slot,):
        body = scope.build(node.body)
    flat = node.name == "optFlatMap"

    def run(frame: Frame) -> OptionalValue:
        before = frame.cost
        value = source(frame)
        if value.__class__ is not OptionalValue:
            raise no_such_overload("hasValue", value)
        again = frame.cost - before
        frame.charge(charges.STEP)
        if value is NONE:
            return NONE
        # cel-go computes the optional once to ask it, and once to take its value.
        frame.charge(again + charges.STEP)
        frame.variables[slot] = value.value
        result = body(frame)
        if flat:
            return cast("OptionalValue", result)
        frame.cost += charges.STEP
        return OptionalValue(result)

    return run


_LOOPS: Final[dict[str, Callable[[Rounds, Run | None, Run], Run]]] = {
    "all": _quantifier(decisive=False),
    "exists": _quantifier(decisive=True),
    "exists_one": _exists_one,
    "map": _map,
    "filter": _filter,
    "transformList": _map,
    "transformMap": _transform_map,
    "transformMapEntry": _transform_map_entry,
    "sortBy": _sort_by,
}
