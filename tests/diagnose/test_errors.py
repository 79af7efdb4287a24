from collections.abc import Mapping

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.errors import code_of_error
from dractl.diagnose.explain import explain
from dractl.solver.errors import Fault, FaultKind
from dractl.solver.placement import Placement
from dractl.solver.subjects import Subject
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
MODEL = {"model": {"string": "H100"}}
GPU = {"name": "gpu-0", "attributes": MODEL}


def selecting(text: str) -> list[Wire]:
    return [{"cel": {"expression": text}}]


def state(
    *documents: Wire,
    spec: Wire | None = None,
    gates: Mapping[str, bool] | None = None,
    kubernetes: str = "1.36",
) -> Snapshot:
    return cluster(
        node("n1"), *documents, pod("web", "claim/c"), claim("c", spec or wish()),
        gates=gates, kubernetes=kubernetes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "code"),
    [
        ("size", "", "too-many-devices"),
        ("selector", "", "selector-error"),
        ("gate", "", "feature-disabled"),
        ("class", "", "class-missing"),
        ("pool", "pool is incomplete", "pool-incomplete"),
        ("pool", "pool is invalid", "pool-invalid"),
        ("constraint", "", "constraint-unsatisfiable"),
        ("budget", "", "unknown"),
        ("other", "", "unknown"),
    ],
)
def test_every_kind_of_error_has_its_code(
    kind: FaultKind, said: str, code: str
) -> None:
    ended = Placement(Subject(None, ()), None, (), aborted=said, fault=Fault(kind))

    assert code_of_error(ended) == code


def test_an_error_of_which_nothing_is_known_is_unknown() -> None:
    assert code_of_error(Placement(Subject(None, ()), None, (), aborted="x")) == (
        "unknown"
    )


# -- expressions


def test_an_expression_that_fails_is_told_with_device_and_guarded_form() -> None:
    text = f"{A}.speed > 1"
    found = only(
        state(gpu_class(), gpus("n1", GPU), spec=wish(1, selectors=selecting(text)))
    )

    assert (found.code, found.claim, found.request, found.nodes) == (
        "selector-error", "c", "gpu", ("n1",),
    )  # fmt: skip
    evidence = dict(found.evidence)
    evidence.pop("near")
    assert evidence == {
        "expression": text,
        "owner": "request gpu",
        "device": f"{DRIVER}/n1/gpu-0",
        "error": "no such key: speed",
        "guarded": f"has({A}.speed) && {text}",
    }


def test_a_name_that_is_nearly_right_is_proposed() -> None:
    found = only(
        state(
            gpu_class(),
            gpus("n1", GPU),
            spec=wish(1, selectors=selecting(f'{A}.modell == "H100"')),
        )
    )

    assert found.fixes[0].endswith(": fits on n1")
    assert f'{A}.model == "H100"' in found.fixes[0]


def test_a_form_that_does_not_fail_lets_the_scheduler_go_on_at_least() -> None:
    text = f"{A}.speed > 1"

    found = only(
        state(gpu_class(), gpus("n1", GPU), spec=wish(1, selectors=selecting(text)))
    )

    assert any(
        each.startswith(f"ask before reading: `has({A}.speed) && {text}`")
        for each in found.fixes
    )


def test_an_expression_of_the_class_is_mended_there() -> None:
    other = {"name": "gpu-1", "attributes": {"speed": {"int": 5}}}
    found = only(
        state(gpu_class(selectors=selecting(f"{A}.speed > 1")), gpus("n1", GPU, other))
    )

    assert found.evidence["owner"] == "class gpu"
    assert any(
        "(in class gpu)" in each and each.endswith(": fits on n1")
        for each in found.fixes
    )


def test_an_expression_that_does_not_compile_is_told_as_such() -> None:
    found = only(
        state(
            gpu_class(), gpus("n1", GPU), spec=wish(1, selectors=selecting("device.("))
        )
    )

    assert found.code == "selector-error"
    assert found.evidence["expression"] == "device.("
    assert found.fixes == ("check the expression with: dractl cel",)


def test_an_error_on_one_node_counts_although_another_fits() -> None:
    text = f"{A}.speed > 1"
    fast = {"name": "gpu-0", "attributes": {"speed": {"int": 5}}}

    found = codes(
        cluster(
            node("n1"), node("n2"), gpu_class(), gpus("n1", fast), gpus("n2", GPU),
            pod("web", "claim/c"), claim("c", wish(1, selectors=selecting(text))),
        )
    )  # fmt: skip

    assert found == ["selector-error"]


# -- others


def test_more_devices_than_a_claim_may_have_are_too_many() -> None:
    names = [f"gpu-{number}" for number in range(40)]

    found = only(state(gpu_class(), gpus("n1", *names), spec=wish(40)))

    assert (found.code, found.claim) == ("too-many-devices", "c")
    assert found.evidence == {"wanted": 40, "limit": 32}
    assert found.fixes == (
        "ask for 32 devices in request gpu: fits on n1",
        "ask for the rest in another claim of the same pod",
    )


def test_admin_access_without_its_gate_is_told() -> None:
    off = {"DRAAdminAccess": False}

    found = only(
        state(gpu_class(), gpus("n1", GPU), spec=wish(1, adminAccess=True), gates=off)
    )

    assert (found.code, found.claim, found.request) == ("feature-disabled", "c", "gpu")
    assert found.evidence == {"gate": "DRAAdminAccess", "release": "1.36"}


def test_an_error_in_a_later_request_does_not_break_the_search() -> None:
    spec: Wire = {
        "devices": {
            "requests": [
                {"name": "r", "exactly": {"deviceClassName": "gpu", "count": 9}},
                {"name": "s", "exactly": {"deviceClassName": "gpu",
                                          "adminAccess": True}},
            ]
        }
    }  # fmt: skip
    off = {"DRAAdminAccess": False}

    found = only(state(gpu_class(), gpus("n1", GPU), spec=spec, gates=off))

    assert found.code == "feature-disabled"


def every(**fields: object) -> Wire:
    exact = {"deviceClassName": "gpu", "allocationMode": "All", **fields}
    return {"devices": {"requests": [{"name": "gpu", "exactly": exact}]}}


def test_all_devices_of_a_pool_that_is_not_complete_cannot_be_had() -> None:
    half = gpus("n1", GPU)
    half["spec"]["pool"]["resourceSliceCount"] = 2

    found = only(state(gpu_class(), half, spec=every()))

    assert (found.code, found.claim, found.request) == ("pool-incomplete", "c", "gpu")
    assert found.evidence == {"pools": [{"pool": f"{DRIVER}/n1", "slices": ["n1-gpu"]}]}


def test_all_devices_that_a_constraint_does_not_let_be_together() -> None:
    spec = every()
    spec["devices"]["constraints"] = [{"matchAttribute": f"{DRIVER}/model"}]
    other = {"name": "gpu-1", "attributes": {"model": {"string": "A100"}}}

    found = only(state(gpu_class(), gpus("n1", GPU, other), spec=spec))

    assert found.code == "constraint-unsatisfiable"
    assert found.evidence["attribute"] == f"{DRIVER}/model"


def test_replicas_name_their_own_claims_in_an_error() -> None:
    text = f"{A}.speed > 1"
    snapshot = cluster(
        node("n1"), gpu_class(), gpus("n1", GPU),
        pod("web", "claim/c"), claim("c", wish(1, selectors=selecting(text))),
        pod("twin", "claim/d"), claim("d", wish(1, selectors=selecting(text))),
    )  # fmt: skip
    found = [cause for each in explain(snapshot).pods for cause in each.causes]

    assert [(each.code, each.claim) for each in found] == [
        ("selector-error", "c"),
        ("selector-error", "d"),
    ]
    assert [each.message.partition(":")[0] for each in found] == [
        "request gpu of claim c",
        "request gpu of claim d",
    ]
