from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    causes,
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

ROOT = f"{DRIVER}/root"


def gpu(name: str, root: str | None) -> Wire:
    if root is None:
        return {"name": name}
    return {"name": name, "attributes": {"root": {"string": root}}}


def tied(count: int, *constraints: Wire) -> Wire:
    spec = wish(count)
    spec["devices"]["constraints"] = list(constraints)
    return spec


def state(*devices: Wire, spec: Wire, **fields: Any) -> Snapshot:
    return cluster(
        node("n1"),
        gpu_class(),
        gpus("n1", *devices),
        pod("web", "claim/c", **fields),
        claim("c", spec),
    )


SAME = {"matchAttribute": ROOT}
DIFFERENT = {"distinctAttribute": ROOT}


def test_the_values_that_there_are_are_the_evidence() -> None:
    found = only(
        state(gpu("a", "x"), gpu("b", "y"), gpu("c", None), spec=tied(2, SAME))
    )

    assert (found.code, found.claim, found.request) == (
        "constraint-unsatisfiable", "c", "gpu",
    )  # fmt: skip
    assert found.evidence["constraints"] == [
        {
            "index": 0,
            "matchAttribute": ROOT,
            "distinctAttribute": None,
            "values": {"n1": {"gpu": {"x": 1, "y": 1, "<none>": 1}}},
        }
    ]


def test_dropping_the_constraint_is_proposed_and_then_less() -> None:
    found = only(state(gpu("a", "x"), gpu("b", "y"), spec=tied(2, SAME)))

    assert found.fixes == (
        f"drop the constraint that demands the same {ROOT}: fits on n1",
        "ask for 1 device instead of 2: fits on n1",
    )


def test_devices_that_have_to_differ_and_do_not_are_told() -> None:
    found = only(state(gpu("a", "x"), gpu("b", "x"), spec=tied(2, DIFFERENT)))

    assert found.code == "constraint-unsatisfiable"
    assert f"drop the constraint that demands different {ROOT}: fits on n1" in (
        found.fixes
    )


@pytest.mark.parametrize(
    ("constraint", "roots"),
    [(SAME, "xx"), (DIFFERENT, "xy")],
    ids=["same", "different"],
)
def test_a_constraint_that_some_choice_meets_is_no_cause(
    constraint: Wire, roots: str
) -> None:
    devices = [gpu(f"gpu-{n}", root) for n, root in enumerate(roots)]

    assert codes(state(*devices, spec=tied(2, constraint))) == []


def test_too_few_devices_come_before_a_constraint() -> None:
    assert codes(state(gpu("a", "x"), spec=tied(2, SAME))) == ["not-enough-devices"]


def test_a_constraint_between_requests_is_the_claims() -> None:
    spec: Wire = {
        "devices": {
            "requests": [
                {"name": n, "exactly": {"deviceClassName": "gpu"}} for n in ("r", "s")
            ],
            "constraints": [{**SAME, "requests": ["r", "s"]}],
        }
    }

    found = only(state(gpu("a", "x"), gpu("b", "y"), spec=spec))

    assert (found.code, found.claim, found.request) == (
        "constraint-unsatisfiable", "c", None,
    )  # fmt: skip


def test_only_the_constraints_of_the_request_are_told() -> None:
    other = {"matchAttribute": f"{DRIVER}/other", "requests": ["none"]}

    found = only(state(gpu("a", "x"), gpu("b", "y"), spec=tied(2, other, SAME)))

    assert [each["index"] for each in listed(found.evidence["constraints"])] == [1]


def listed(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value


def test_two_constraints_on_one_attribute_are_dropped_one_by_one() -> None:
    # Only the first of them is in the way; a fix for the second would be a lie.
    spec: Wire = {
        "devices": {
            "requests": [
                {"name": "r", "exactly": {"deviceClassName": "gpu", "count": 2}},
                {"name": "s", "exactly": {"deviceClassName": "gpu"}},
            ],
            "constraints": [
                {**SAME, "requests": ["r"]}, {**SAME, "requests": ["s"]},
            ],
        }
    }  # fmt: skip

    found = causes(state(gpu("a", "x"), gpu("b", "y"), gpu("c", "z"), spec=spec))

    assert [fix for each in found for fix in each.fixes if "drop" in fix] == [
        f"drop the constraint that demands the same {ROOT} for r: fits on n1"
    ]


# -- claims


def several(*specs: Wire, devices: int) -> Snapshot:
    names = [f"c{number}" for number in range(len(specs))]
    return cluster(
        node("n1"),
        gpu_class(),
        gpus("n1", *(f"gpu-{n}" for n in range(devices))),
        pod("web", *(f"claim/{each}" for each in names)),
        *(claim(name, spec) for name, spec in zip(names, specs, strict=True)),
    )


def test_claims_that_fit_one_by_one_may_not_fit_together() -> None:
    found = only(several(wish(2), wish(2), devices=3))

    assert (found.code, found.claim, found.request) == ("claims-conflict", None, None)
    assert found.evidence == {
        "node": "n1",
        "claims": [
            {"claim": "c0", "request": "gpu", "wants": 2, "free": 3},
            {"claim": "c1", "request": "gpu", "wants": 2, "free": 3},
        ],
        "devices": 3,
    }


def test_one_device_less_in_either_claim_is_proposed() -> None:
    found = only(several(wish(2), wish(2), devices=3))

    assert found.fixes == (
        "ask for 1 instead of 2 in request gpu of claim c0: fits on n1",
        "ask for 1 instead of 2 in request gpu of claim c1: fits on n1",
    )


def test_claims_for_which_there_is_enough_do_not_conflict() -> None:
    assert codes(several(wish(2), wish(1), devices=3)) == []


def test_a_claim_that_does_not_fit_by_itself_is_no_conflict() -> None:
    found = only(several(wish(1), wish(4), devices=3))

    assert (found.code, found.claim) == ("not-enough-devices", "c1")


def test_equal_requests_of_two_claims_are_told_apart() -> None:
    found = causes(several(wish(4), wish(5), devices=3))

    assert [(each.code, each.claim) for each in found] == [
        ("not-enough-devices", "c0"),
        ("not-enough-devices", "c1"),
    ]
    assert [fix for each in found for fix in each.fixes if "fits on" in fix] == []


def test_claims_that_only_different_nodes_can_serve_conflict() -> None:
    nic = {"cel": {"expression": 'device.driver == "nic.example.com"'}}
    own = {"cel": {"expression": f'device.driver == "{DRIVER}"'}}
    found = only(
        cluster(
            node("n1"),
            node("n2"),
            gpu_class(),
            gpus("n1", "gpu-0"),
            gpus("n2", "nic-0", driver="nic.example.com"),
            pod("web", "claim/c0", "claim/c1"),
            claim("c0", wish(1, selectors=[own])),
            claim("c1", wish(1, selectors=[nic])),
        )
    )

    assert (found.code, found.nodes) == ("claims-conflict", ("n1", "n2"))
