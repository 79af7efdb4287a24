"""Where a release does other than one expects: clusters that meet it, and others."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

import dractl.doctor.checks.bugs  # noqa: F401 - enters its checks
from dractl.model.bugs import BUG_BY_ID
from dractl.model.bugs_quirks import QUIRKS
from dractl.rules.registry import Severity
from tests.doctor.looking import Wire, case_of, said
from tests.solver.clusters import claim, given, gpu_class, gpus, pod, template

NAME: Final = "gpu.example.com/x"
LISTED: Final = {NAME: {"strings": ["a", "b"]}}
LISTS: Final = {"DRAListTypeAttributes": True}
RULES: Final = {"DRADeviceTaintRules": True}
STATUS: Final = {"DRAResourcePoolStatus": True}
TAINT: Final = {"key": "example.com/x", "value": "v"}
SHARED: Final = [{"name": "memory", "counters": {"memory": {"value": "8Gi"}}}]
DRAWS: Final = {
    "consumesCounters": [
        {"counterSet": "memory", "counters": {"memory": {"value": "4Gi"}}}
    ],
}


def asks(*requests: Wire, **spec: Any) -> Wire:
    return template("t", {"devices": {"requests": list(requests), **spec}})


def exactly(**fields: Any) -> Wire:
    return {"name": "gpu", "exactly": {"deviceClassName": "gpu", **fields}}


def counted(*devices: Wire | str) -> list[Wire]:
    """Return a pool of two slices: counters, and devices that may draw on them."""
    pool = {"name": "n1", "generation": 1, "resourceSliceCount": 2}
    counters = gpus("n1", sharedCounters=SHARED, pool=pool)
    counters["metadata"]["name"] = "counters"
    return [counters, gpus("n1", *devices, pool=pool)]


def refused(message: str) -> Wire:
    told = {"type": "PodScheduled", "status": "False", "message": message}
    return pod("p", status={"phase": "Pending", "conditions": [told]})


def tainted(effect: str) -> Wire:
    return {"name": "gpu-0", "taints": [{**TAINT, "effect": effect}]}


def tolerating(**fields: str) -> Wire:
    toleration = {"key": TAINT["key"], "operator": "Exists", **fields}
    return asks(exactly(tolerations=[toleration]))


def rule(effect: str) -> Wire:
    return {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "r"},
        "spec": {
            "taint": {**TAINT, "effect": effect},
            "deviceSelector": {"driver": "gpu.example.com"},
        },
    }


ALL: Final = exactly(allocationMode="All")
BROKEN: Final = gpus("n1", "a", pool={
    "name": "n1", "generation": 1, "resourceSliceCount": 2,
})  # fmt: skip
TWICE: Final = gpus("n1", "a", "a")
SIZED: Final = exactly(allocationMode="All", capacity={"requests": {"memory": "1Gi"}})
MULTI: Final = {"name": "m", "allowMultipleAllocations": True}
OWN: Final = {"ownerReferences": [{
    "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": True,
}]}  # fmt: skip
LIST_MATCH: Final = [
    gpus("n1", {"name": "g", "attributes": LISTED}),
    asks(exactly(), constraints=[{"matchAttribute": NAME}]),
]
LOST: Final = claim("c", status=given("gone", "n1"))
Gates = Mapping[str, bool]

TWO: Final = [
    gpus("n1", "gpu-0", "gpu-1"),
    claim("a", status=given("gpu-0", "n1")),
    claim("b", status=given("gpu-0", "n1")),
]
MET: Final[list[tuple[str, list[Wire], Gates, str]]] = [
    ("all-mode-broken-pool", [BROKEN, asks(ALL)], {}, "1.36"),
    ("all-mode-broken-pool", [TWICE, asks(ALL)], {}, "1.37"),
    (
        "all-mode-with-constraint",
        [refused("cannot add device x because a claim constraint would not be "
                 "satisfied")],
        {}, "1.36",
    ),
    ("all-mode-leaves-out", [asks(SIZED)], {}, "1.36"),
    ("counters-charged-twice", counted(MULTI | DRAWS), {}, "1.36"),
    ("vanished-device-frees-counters", [*counted("a"), LOST], {}, "1.36"),
    (
        "admin-access-needs-counters",
        [*counted({"name": "a"} | DRAWS), gpu_class(), asks(exactly(adminAccess=True))],
        {}, "1.36",
    ),
    ("lists-not-compared", LIST_MATCH, LISTS, "1.36"),
    ("list-match-narrows", LIST_MATCH, LISTS, "1.37"),
    (
        "slow-node-blocks-pod",
        [refused("node n1: timed out trying to allocate devices")],
        {}, "1.36",
    ),
    (
        "taints-spare-allocated-claims",
        [gpus("n1", tainted("NoSchedule")), claim("c", status=given("gpu-0", "n1"))],
        {}, "1.36",
    ),
    (
        "taints-spare-allocated-claims",
        [gpus("n1", "gpu-0"), rule("NoSchedule"),
         claim("c", status=given("gpu-0", "n1"))],
        RULES, "1.36",
    ),
    (
        "toleration-without-effect",
        [gpus("n1", tainted("NoExecute")), tolerating()],
        {}, "1.36",
    ),
    ("toleration-without-effect", [rule("NoExecute"), tolerating()], RULES, "1.36"),
    ("pool-status-miscounts", [gpus("n1", MULTI)], STATUS, "1.36"),
    ("pool-status-miscounts", counted("a"), STATUS, "1.36"),
    ("device-given-twice", TWO, {}, "1.35"),
    (
        "selector-error-without-device",
        [refused("CEL runtime error: no such key: model")],
        {}, "1.35",
    ),
]  # fmt: skip
ALIKE: Final = [  # a device of one name on each of two nodes: odd, and given out
    gpus(node, "a", pool={"name": "p", "generation": 1, "resourceSliceCount": 2})
    | {"metadata": {"name": node}}
    for node in ("n1", "n2")
]
SPARED: Final[list[tuple[str, list[Wire], Gates, str]]] = [
    ("all-mode-broken-pool", [*ALIKE, asks(ALL)], {}, "1.36"),
    ("all-mode-broken-pool", [BROKEN, asks(exactly())], {}, "1.36"),
    ("all-mode-broken-pool", [gpus("n1", "a"), asks(ALL)], {}, "1.36"),
    ("all-mode-with-constraint", [refused("cannot allocate all claims")], {}, "1.36"),
    ("all-mode-leaves-out", [asks(ALL)], {}, "1.36"),
    ("counters-charged-twice", counted(MULTI, {"name": "a"} | DRAWS), {}, "1.36"),
    (
        "counters-charged-twice",
        counted(MULTI | DRAWS | {"capacity": {"memory": {"value": "8Gi"}}}),
        {}, "1.36",
    ),
    ("vanished-device-frees-counters", [gpus("n1", "a"), LOST], {}, "1.36"),
    ("vanished-device-frees-counters", [*counted("gone"), LOST], {}, "1.36"),
    (
        "admin-access-needs-counters",
        [gpus("n1", "a"), gpu_class(), asks(exactly(adminAccess=True))],
        {}, "1.36",
    ),
    ("lists-not-compared", LIST_MATCH, {}, "1.36"),
    ("list-match-narrows", LIST_MATCH, LISTS, "1.36"),
    ("slow-node-blocks-pod", [refused("cannot allocate all claims")], {}, "1.36"),
    (
        "taints-spare-allocated-claims",
        [gpus("n1", tainted("NoSchedule")),
         claim("c", meta=OWN, status=given("gpu-0", "n1"))],
        {}, "1.36",
    ),
    (
        "taints-spare-allocated-claims",
        [gpus("n1", "gpu-0"), claim("c", status=given("gpu-0", "n1"))],
        {}, "1.36",
    ),
    (
        "toleration-without-effect",
        [gpus("n1", tainted("NoExecute")), tolerating(effect="NoExecute")],
        {}, "1.36",
    ),
    (
        "toleration-without-effect",
        [gpus("n1", tainted("NoSchedule")), tolerating()],
        {}, "1.36",
    ),
    (
        "toleration-without-effect",
        [gpus("n1", tainted("NoExecute")), tolerating(key="example.com/y")],
        {}, "1.36",
    ),
    ("toleration-without-effect", [rule("NoExecute"), tolerating()], {}, "1.36"),
    ("pool-status-miscounts", [gpus("n1", MULTI)], {}, "1.36"),
    ("pool-status-miscounts", [gpus("n1", MULTI)], STATUS, "1.37"),
    ("device-given-twice", TWO[:2], {}, "1.35"),
    ("device-given-twice", TWO, {}, "1.36"),
    (
        "selector-error-without-device",
        [refused("CEL runtime error: no such key: model")],
        {}, "1.37",
    ),
]  # fmt: skip


def told(documents: list[Wire], gates: Gates, release: str) -> set[str]:
    found = said("known-bug", case_of(documents, release, gates))
    return {each.subject for each in found}


@pytest.mark.parametrize(("bug", "documents", "gates", "release"), MET)
def test_what_can_meet_it_is_told(
    bug: str, documents: list[Wire], gates: Gates, release: str
) -> None:
    case = case_of(documents, release, gates)

    (found,) = (each for each in said("known-bug", case) if each.subject == bug)
    assert found.evidence["meets"]
    assert BUG_BY_ID[bug].reference in found.message


@pytest.mark.parametrize(("bug", "documents", "gates", "release"), SPARED)
def test_what_cannot_is_not(
    bug: str, documents: list[Wire], gates: Gates, release: str
) -> None:
    assert bug not in told(documents, gates, release)


def test_what_keeps_no_pod_from_its_devices_is_no_warning() -> None:
    case = case_of([gpus("n1", MULTI)], gates=STATUS)

    assert {each.severity for each in said("known-bug", case)} == {Severity.INFO}


def test_each_has_a_cluster_of_each_sort() -> None:
    ids = {each.id for each in QUIRKS} | {"list-match-narrows", "device-given-twice"}

    assert {bug for bug, *_ in MET} == {bug for bug, *_ in SPARED} == ids
