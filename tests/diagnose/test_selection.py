from dractl.api.snapshot import Snapshot
from dractl.catalogue.funnel import Stage, funnel
from dractl.diagnose.selection import arrow, described
from dractl.diagnose.world import World
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    node,
    only,
    pod,
    wish,
)

A = f'device.attributes["{DRIVER}"]'


def gpu(name: str, **attributes: str) -> Wire:
    return {
        "name": name,
        "attributes": {key: {"string": each} for key, each in attributes.items()},
    }


def selecting(*texts: str) -> list[Wire]:
    return [{"cel": {"expression": each}} for each in texts]


def state(*devices: Wire, request: str = "true", of_class: str = "true") -> Snapshot:
    return cluster(
        node("n1"),
        gpu_class(selectors=selecting(of_class)),
        gpus("n1", *devices),
        pod("web", "claim/c"),
        claim("c", wish(1, selectors=selecting(request))),
    )


H100, H200 = gpu("gpu-0", model="H100"), gpu("gpu-1", model="H200")


def test_the_clause_that_leaves_nothing_is_told_with_what_came_before() -> None:
    text = f'{A}.model.startsWith("H") && {A}.model == "B200"'

    found = only(state(H100, H200, request=text))

    assert (found.code, found.claim, found.request, found.nodes) == (
        "selector-no-match", "c", "gpu", ("n1",),
    )  # fmt: skip
    assert found.evidence["clause"] == f'{A}.model == "B200"'
    assert found.evidence["owner"] == "request gpu"
    assert found.evidence["funnel"] == [
        {"owner": "class gpu", "clause": "true", "before": 2, "after": 2, "failing": 0},
        {"owner": "request gpu", "clause": f'{A}.model.startsWith("H")', "before": 2,
         "after": 2, "failing": 0},
        {"owner": "request gpu", "clause": f'{A}.model == "B200"', "before": 2,
         "after": 0, "failing": 0},
    ]  # fmt: skip


def test_the_values_that_there_are_are_told() -> None:
    found = only(state(H100, H200, request=f'{A}.model == "B200"'))

    assert "H100" in str(found.evidence["near"])
    assert "H200" in str(found.evidence["near"])


def test_a_value_that_is_nearly_right_is_proposed() -> None:
    found = only(state(H100, request=f'{A}.model == "h100"'))

    assert found.fixes[0] == (
        f'write `{A}.model == "H100"` instead of `{A}.model == "h100"`: fits on n1'
    )


def test_the_clause_of_a_class_is_the_class_s() -> None:
    found = only(state(H100, of_class=f'{A}.model == "B200"'))

    assert found.evidence["owner"] == "class gpu"
    assert any("(in the class)" in each for each in found.fixes)


def test_leaving_a_clause_out_is_proposed_where_that_helps() -> None:
    text = f'{A}.model == "H100" && {A}.model == "B200"'

    found = only(state(H100, request=text))

    assert f'drop `{A}.model == "B200"`: fits on n1' in found.fixes


def test_a_class_that_selects_nothing_at_all_is_no_absence_of_devices() -> None:
    assert codes(state(H100, of_class="false")) == ["selector-no-match"]


def test_another_class_is_proposed_where_the_request_selects_nothing_itself() -> None:
    given = cluster(
        node("n1"),
        gpu_class(selectors=selecting(f'{A}.model == "B200"')),
        gpu_class("any"),
        gpus("n1", H100),
        pod("web", "claim/c"),
        claim("c"),
    )

    assert "use class any: fits on n1" in only(given).fixes


def stages(*texts: str) -> tuple[Stage, ...]:
    given = state(H100, H200)
    world = World(given)
    parts = [("x", selector) for t in texts if (selector := world.selector(t))]
    return funnel(parts, list(world.devices))


def test_an_arrow_ends_where_nothing_is_left() -> None:
    found = stages("true", f'{A}.model == "H100"', "false", "true")

    assert arrow(found) == (
        f'2 devices -> 2 `true` -> 1 `{A}.model == "H100"` -> 0 `false`'
    )
    assert arrow(()) == ""


def test_one_device_is_not_told_in_the_plural() -> None:
    world = World(state(H100))
    selector = world.selector("true")
    assert selector is not None

    assert (
        arrow(funnel([("x", selector)], list(world.devices))) == "1 device -> 1 `true`"
    )


def test_devices_on_which_a_clause_fails_are_counted() -> None:
    (stage,) = stages(f"{A}.speed > 1")

    assert described(stage) == {
        "owner": "x", "clause": f"{A}.speed > 1", "before": 2, "after": 0,
        "failing": 2,
    }  # fmt: skip
