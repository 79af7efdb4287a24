"""Taints and tolerations are read as kubectl reads those of nodes."""

import pytest

from dractl.api.spelling import taint, tolerating, toleration, written
from dractl.errors import DractlError
from dractl.model.claims import Toleration
from dractl.model.devices import Taint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com/hot:NoExecute", Taint("example.com/hot", "", "NoExecute")),
        ("hot=very:NoSchedule", Taint("hot", "very", "NoSchedule")),
        ("hot=:None", Taint("hot", "", "None")),
    ],
)
def test_a_taint_is_a_key_maybe_a_value_and_an_effect(
    text: str, expected: Taint
) -> None:
    assert taint(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("hot", "it has no effect", "NoSchedule, NoExecute, None"),
        (":NoExecute", "it has no key", "example.com/broken=fan:NoSchedule"),
        ("a b:NoExecute", "cannot be the key of a taint", "like those of labels"),
        ("a/b/c:None", "one '/' between", "like those of labels"),
        (f"{'k' * 64}:None", "has 64 bytes", "like those of labels"),
        ("k=a b:None", "cannot be the value of a taint", "like those of labels"),
        ("k:noexecute", "'noexecute' is not an effect", "did you mean NoExecute?"),
        ("k:PreferNoSchedule", "only nodes have it", "None only tells"),
        ("k:", "'' is not an effect", "None only tells"),
    ],
)
def test_what_is_no_taint_is_told_with_what_to_type(
    text: str, message: str, hint: str
) -> None:
    with pytest.raises(DractlError) as caught:
        taint(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", Toleration("", "Exists")),
        ("*:NoExecute", Toleration("", "Exists", "", "NoExecute")),
        ("hot", Toleration("hot", "Exists")),
        ("hot:None", Toleration("hot", "Exists", "", "None")),
        ("hot=very:NoExecute", Toleration("hot", "Equal", "very", "NoExecute")),
        ("hot=", Toleration("hot", "Equal", "")),
    ],
)
def test_a_toleration_may_leave_out_all_but_the_key(
    text: str, expected: Toleration
) -> None:
    assert toleration(text) == expected


def test_a_value_for_any_key_is_refused() -> None:
    with pytest.raises(DractlError, match="cannot be the key"):
        toleration("*=x:NoExecute")


@pytest.mark.parametrize("text", ["k:None", "example.com/k=v:NoExecute"])
def test_a_taint_is_written_as_it_is_read(text: str) -> None:
    assert written(taint(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k:NoExecute", Toleration("k", "Exists", "", "NoExecute", 60)),
        ("k=v:NoExecute", Toleration("k", "Equal", "v", "NoExecute", 60)),
    ],
)
def test_a_taint_has_a_toleration_that_is_for_it_alone(
    text: str, expected: Toleration
) -> None:
    assert tolerating(taint(text), 60) == expected
