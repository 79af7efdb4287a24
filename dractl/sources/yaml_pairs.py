"""Which elements of a changed list are which of the former one."""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, NamedTuple

# By these Kubernetes tells the elements of most lists apart, the strongest first.
_IDENTITIES: Final = ("name", "key", "mountPath", "containerPort", "ip", "port", "type")
_ALIKE: Final = 0.5
_MOST_COMPARED: Final = 250_000  # pairs, which takes less than a second


class Pair(NamedTuple):
    """An element's number before and after; None where it is not there."""

    old: int | None
    new: int | None


def pairs(old: Sequence[object], new: Sequence[object]) -> list[Pair]:
    """Return the elements of both lists in the order of the changed one.

    Equal elements are paired first; between these, mappings of the same name or key;
    then what stands at the same place, or has as much in common as not.
    """
    before, after = [_token(each) for each in old], [_token(each) for each in new]
    same = 0
    while same < min(len(old), len(new)) and before[same] == after[same]:
        same += 1
    found = [Pair(each, each) for each in range(same)]
    for pair in _matched(before[same:], after[same:]):
        if isinstance(pair, Pair):
            assert pair.old is not None
            assert pair.new is not None
            found.append(Pair(pair.old + same, pair.new + same))
        else:
            left, right = pair
            lefts = range(left.start + same, left.stop + same)
            rights = range(right.start + same, right.stop + same)
            found += _named(old, new, lefts, rights)
    return found


_Gap = tuple[range, range]


def _matched(
    before: Sequence[Hashable], after: Sequence[Hashable]
) -> Iterator[Pair | _Gap]:
    """Yield equal elements as pairs, and what is between them as ranges."""
    others = Counter(after)
    if sum(others[each] for each in before) > _MOST_COMPARED:
        yield range(len(before)), range(len(after))
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield from map(Pair, range(low, high), range(start, end))
        else:
            yield range(low, high), range(start, end)


def _named(
    old: Sequence[object], new: Sequence[object], left: range, right: range
) -> Iterator[Pair]:
    before = [_identity(old[each]) or ("old", each) for each in left]
    after = [_identity(new[each]) or ("new", each) for each in right]
    for pair in _matched(before, after):
        if isinstance(pair, Pair):
            assert pair.old is not None
            assert pair.new is not None
            yield Pair(left[pair.old], right[pair.new])
        else:
            lefts, rights = pair
            inner = left[lefts.start : lefts.stop], right[rights.start : rights.stop]
            yield from _alike(old, new, *inner)


def _alike(
    old: Sequence[object], new: Sequence[object], left: range, right: range
) -> Iterator[Pair]:
    same = list(zip(left, right, strict=False))
    if len(left) == len(right) and not any(_differ(old[a], new[b]) for a, b in same):
        yield from map(Pair, left, right)
        return
    if len(left) * len(right) > _MOST_COMPARED:
        yield from (Pair(*each) for each in zip_longest(left, right))
        return
    rest = list(right)
    for number in left:
        like = next((e for e in rest if _is_alike(old[number], new[e])), None)
        if like is None:
            yield Pair(number, None)
            continue
        while (first := rest.pop(0)) != like:
            yield Pair(None, first)
        yield Pair(number, like)
    yield from (Pair(None, each) for each in rest)


def _token(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _identity(value: object) -> tuple[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    named = next((key for key in _IDENTITIES if key in value), None)
    return None if named is None else (named, _token(value[named]))


def _differ(one: object, other: object) -> bool:
    """Tell whether mappings of other names have nothing in common."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    if _identity(one) is None or _identity(other) is None:
        return False
    return _common(one, other) == 0


def _is_alike(one: object, other: object) -> bool:
    """Tell whether half of the fields of two mappings are equal."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    if _identity(one) is not None or _identity(other) is not None:
        return False  # both have been looked at, and are named differently
    return _common(one, other) >= _ALIKE * max(len(one), len(other), 1)


def _common(one: Mapping[str, object], other: Mapping[str, object]) -> int:
    return sum(key in other and bool(value == other[key]) for key, value in one.items())
