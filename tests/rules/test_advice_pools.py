import pytest

from dractl.rules.world import World
from tests.rules.advice_cases import (
    Wire,
    beside,
    cluster,
    codes,
    device,
    only,
    slice_of,
)


def part(name: str, count: int, generation: int = 1, pool: str = "node-1") -> Wire:
    given = {"name": pool, "generation": generation, "resourceSliceCount": count}
    found = slice_of(device(f"gpu-{name}"), pool=given)
    return found | {"metadata": {"name": name}}


def told(*files: Wire, world: World | None = None) -> dict[str, list[str]]:
    """The codes by slice."""
    known = beside(*files) if world is None else world
    found = {each["metadata"]["name"]: codes(each, known) for each in files}
    return {name: listed for name, listed in found.items() if listed}


def test_a_pool_that_is_complete() -> None:
    assert told(part("a", 2), part("b", 2), part("c", 1, pool="node-2")) == {}


def test_slices_are_missing() -> None:
    files = (part("a", 3), part("b", 3))
    assert told(*files) == {"a": ["pool-incomplete-in-files"]}
    found = only("pool-incomplete-in-files", files[0], beside(*files))
    assert str(found.path) == "spec.pool.resourceSliceCount"
    assert found.fix == "resourceSliceCount: 2, unless slices are missing here"
    assert "has 2 slices of generation 1, but is to have 3" in found.message


def test_there_are_too_many_slices() -> None:
    files = (part("a", 1), part("b", 1))
    found = only("pool-incomplete-in-files", files[0], beside(*files))
    assert found.fix == "resourceSliceCount: 2"


def test_a_slice_alone_is_told_of_only_where_all_are_known() -> None:
    one = part("a", 2)
    assert told(one) == {}
    assert told(one, world=cluster(one)) == {"a": ["pool-incomplete-in-files"]}
    assert told(one, world=cluster(one, part("b", 2))) == {}


def test_a_file_takes_the_place_of_what_the_snapshot_has() -> None:
    file, old = part("a", 1, 2), part("a", 2, 1)
    known = cluster(old)
    world = World((*beside(file).definitions, *known.definitions), is_whole=True)
    assert told(file, world=world) == {}


def test_slices_of_one_generation_do_not_agree() -> None:
    files = (part("a", 2), part("b", 3))
    assert told(*files) == {"a": ["pool-counts-differ"], "b": ["pool-counts-differ"]}
    found = only("pool-counts-differ", files[1], beside(*files))
    assert found.message == "a of the same pool and generation says 2"


def test_an_older_generation_is_left_behind() -> None:
    files = (part("a", 2, 1), part("b", 1, 2))
    assert told(*files) == {"a": ["pool-older-generation"]}


def test_slices_without_a_name_are_different_slices() -> None:
    files = [part("a", 2), part("b", 2)]
    for each in files:
        each["metadata"] = {"generateName": "node-1-"}
    assert codes(files[0], beside(*files)) == []


@pytest.mark.parametrize("count", [0, -1, "2", True, None])
def test_a_count_that_is_none_is_left_to_other_rules(count: object) -> None:
    broken = part("a", 2)
    broken["spec"]["pool"]["resourceSliceCount"] = count
    assert not any(code.startswith("pool-in") for code in codes(broken, beside(broken)))
