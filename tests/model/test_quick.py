"""Dataclasses that are made quickly are like others, but for the time."""

import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dractl.model.quick import quick


@dataclass(frozen=True, slots=True)
class Plain:
    """A class as dataclasses make it."""

    name: str
    number: int = 3
    labels: dict[str, str] = field(default_factory=dict)
    owner: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    """The same, made quickly."""

    name: str
    number: int = 3
    labels: dict[str, str] = field(default_factory=dict)
    owner: str | None = None


MAKERS: list[Callable[[Any], Any]] = [
    lambda of: of("a"),
    lambda of: of("a", 4, {"b": "c"}, "d"),
    lambda of: of(owner="d", name="a"),
    lambda of: of("a", labels=None),
    lambda of: dataclasses.replace(of("a"), number=5),
]


@pytest.mark.parametrize("make", MAKERS)
def test_fields_are_those_of_a_plain_one(make: Callable[[Any], Any]) -> None:
    assert dataclasses.astuple(make(Quick)) == dataclasses.astuple(make(Plain))
    assert make(Quick) == make(Quick)


def test_it_takes_the_same_arguments() -> None:
    plain, mine = (inspect.signature(each) for each in (Plain, Quick))
    assert str(mine) == str(plain)
    with pytest.raises(TypeError):
        Quick()  # type: ignore[call-arg] # the name is missing


def test_it_is_frozen_and_of_its_class() -> None:
    one = Quick("a")
    assert type(one) is Quick
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"  # type: ignore[misc] # that is what is tested
    assert not hasattr(one, "__dict__")


def test_each_has_labels_of_its_own() -> None:
    assert Quick("a").labels is not Quick("b").labels


def test_it_can_be_hashed_and_pickled_like_a_plain_one() -> None:
    one = Quick("a", labels={"b": "c"})
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
