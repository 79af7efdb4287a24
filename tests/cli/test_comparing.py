import pytest

from dractl.cli.comparing import lost
from dractl.model.claims import ObjectMeta
from dractl.model.workloads import Pod
from dractl.solver.placement import Placement
from dractl.solver.subjects import Subject


def placements(*nodes: str | None) -> list[Placement]:
    return [
        Placement(
            Subject(Pod(ObjectMeta(f"p{n}", "a")), ()), node, (), reason="no room"
        )
        for n, node in enumerate(nodes)
    ]


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        (["n1"], "pod a/p0 loses its node and has a place on n1"),
        ([None], "pod a/p0 loses its node and has no place: no room"),
        (["n1", "n2"], "lose their node or devices: all have a place elsewhere"),
        ([None, None], "lose their node or devices: none has a place elsewhere"),
        (["n1", None], "1 has a place elsewhere, 1 has none"),
        (["n1", "n1", None, None], "2 have a place elsewhere, 2 have none"),
    ],
)
def test_what_becomes_of_what_is_lost(nodes: list[str | None], told: str) -> None:
    assert next(lost(placements(*nodes))).endswith(told)


def test_nothing_is_lost() -> None:
    assert list(lost([])) == []


def test_of_many_without_a_place_some_are_named() -> None:
    found = list(lost(placements(*[None] * 14)))
    assert len(found) == 12
    assert found[-1] == "and 4 more like these"
