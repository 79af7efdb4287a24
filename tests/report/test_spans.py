"""Many names in few words."""

import pytest

from dractl.report.spans import spans


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], []),
        (["b", "a"], ["a", "b"]),
        (["n-10", "n-9", "n-11", "n-2"], ["n-2", "n-9 … n-11"]),
        (["n-1", "n-2"], ["n-1", "n-2"]),
        (["n-3.x", "n-4.x", "n-5.x", "n-6.y"], ["n-3.x … n-5.x", "n-6.y"]),
        (["n-1", "n-1", "n-1"], ["n-1"]),
        (["", "7"], ["", "7"]),
    ],
)
def test_names_that_follow_each_other_are_one(
    names: list[str], shown: list[str]
) -> None:
    assert spans(names) == shown
