"""Signatures of CEL's operators and of the standard functions on numbers and time."""

from typing import Final

_NUMBERS: Final = ("int", "uint", "double")
_CODES: Final = {"int": "int64", "uint": "uint64"}


def _comparison(name: str) -> tuple[str, ...]:
    same = ("bool", *_NUMBERS, "string", "bytes", "timestamp", "duration")
    mixed = [(a, b) for a in _NUMBERS for b in _NUMBERS if a != b]
    return (
        *(f"{name}_{_code(kind)}: ({kind}, {kind}) bool" for kind in same),
        *(f"{name}_{_code(a)}_{_code(b)}: ({a}, {b}) bool" for a, b in mixed),
    )


def _arithmetic(name: str, *kinds: str) -> tuple[str, ...]:
    return tuple(f"{name}_{_code(kind)}: ({kind}, {kind}) {kind}" for kind in kinds)


def _code(kind: str) -> str:
    return _CODES.get(kind, kind)


OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "_?_:_": ("conditional: (bool, A, A) A",),
    "!_": ("logical_not: (bool) bool",),
    "@not_strictly_false": ("not_strictly_false: (bool) bool",),
    "_==_": ("equals: (A, A) bool",),
    "_!=_": ("not_equals: (A, A) bool",),
    "_<_": _comparison("less"),
    "_<=_": _comparison("less_equals"),
    "_>_": _comparison("greater"),
    "_>=_": _comparison("greater_equals"),
    "_+_": (
        *_arithmetic("add", "bytes", "double"),
        "add_duration_duration: (duration, duration) duration",
        "add_duration_timestamp: (duration, timestamp) timestamp",
        "add_timestamp_duration: (timestamp, duration) timestamp",
        *_arithmetic("add", "int"),
        "add_list: (list<A>, list<A>) list<A>",
        *_arithmetic("add", "string", "uint"),
    ),
    "_-_": (
        *_arithmetic("subtract", "double"),
        "subtract_duration_duration: (duration, duration) duration",
        *_arithmetic("subtract", "int"),
        "subtract_timestamp_duration: (timestamp, duration) timestamp",
        "subtract_timestamp_timestamp: (timestamp, timestamp) duration",
        *_arithmetic("subtract", "uint"),
    ),
    "_*_": _arithmetic("multiply", "double", "int", "uint"),
    "_/_": _arithmetic("divide", "double", "int", "uint"),
    "_%_": _arithmetic("modulo", "int", "uint"),
    "-_": ("negate_double: (double) double", "negate_int64: (int) int"),
    "_[_]": (
        "index_list: (list<A>, int) A",
        "index_map: (map<A, B>, A) B",
        "optional_list_index_int: (optional<list<V>>, int) optional<V>",
        "optional_map_index_value: (optional<map<K, V>>, K) optional<V>",
    ),
    "_[?_]": (
        "list_optindex_optional_int: (list<V>, int) optional<V>",
        "optional_list_optindex_optional_int: (optional<list<V>>, int) optional<V>",
        "map_optindex_optional_value: (map<K, V>, K) optional<V>",
        "optional_map_optindex_optional_value: (optional<map<K, V>>, K) optional<V>",
    ),
    "@in": ("in_list: (A, list<A>) bool", "in_map: (A, map<A, B>) bool"),
}
