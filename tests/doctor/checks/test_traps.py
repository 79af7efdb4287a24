"""Rules of the allocator that surprise: clusters that meet them, and others."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

import dractl.doctor.checks.bugs  # noqa: F401 - enters its checks
from dractl.model.bugs import BUG_BY_ID
from dractl.model.bugs_traps import TRAPS
from tests.doctor.checks.test_quirks import (
    ALL,
    DRAWS,
    MULTI,
    SHARED,
    TAINT,
    asks,
    exactly,
    refused,
    tainted,
)
from tests.doctor.looking import Wire, case_of, said
from tests.solver.clusters import claim, given, gpu_class, gpus, node, pod

Gates = Mapping[str, bool]


def named(called: str, document: Wire, **pool: Any) -> Wire:
    """Return a slice of another name, and with another pool if one is told."""
    spec = document["spec"]
    whole = {"generation": 1, "resourceSliceCount": 1, **pool}
    return document | {
        "metadata": {"name": called},
        "spec": spec | ({"pool": whole} if pool else {}),
    }


def many(number: int) -> list[str]:
    return [f"gpu-{place}" for place in range(number)]


def tolerating(**fields: Any) -> Wire:
    return asks(exactly(tolerations=[fields]))


def selecting(*terms: str) -> Wire:
    """Return a device that is for nodes by their labels."""
    wanted = [
        {"matchExpressions": [{"key": each, "operator": "Exists"}]} for each in terms
    ]
    return {"name": "g", "nodeSelector": {"nodeSelectorTerms": wanted}}


def each_its_own(*devices: Wire) -> Wire:
    """Return a slice whose devices tell for which nodes they are."""
    made = gpus("n1", *devices, perDeviceNodeSelection=True)
    del made["spec"]["nodeName"]
    return made


def stepped(step: str) -> Wire:
    policy = {"default": "1", "validRange": {"min": "1", "step": step}}
    capacity = {"cores": {"value": "8", "requestPolicy": policy}}
    return {"name": "g", "allowMultipleAllocations": True, "capacity": capacity}


def wanting(amount: str) -> Wire:
    return asks(exactly(capacity={"requests": {"cores": amount}}))


def pinned(name: str, **status: Any) -> Wire:
    """Return a claim whose device one node has."""
    field = {"key": "metadata.name", "operator": "In", "values": ["n1"]}
    allocation = {
        **given("gpu-0", "n1")["allocation"],
        "nodeSelector": {"nodeSelectorTerms": [{"matchFields": [field]}]},
    }
    return claim(name, status={"allocation": allocation, **status})


def reserved(number: int) -> Wire:
    """Return a claim that so many pods have."""
    users = [
        {"resource": "pods", "name": f"p{each}", "uid": f"u{each}"}
        for each in range(number)
    ]
    return claim("c", status={**given("gpu-0", "n1"), "reservedFor": users})


def classes(*older: str) -> list[Wire]:
    """Return classes with one resource; the first by name counts."""
    return [gpu_class(each, extendedResourceName="example.com/gpu") for each in older]


def extended(resource: str) -> Wire:
    container = {"name": "c", "resources": {"requests": {resource: "1"}}}
    return pod("p", status={"phase": "Pending"}, containers=[container])


def crowd(number: int, *, gates: Sequence[Wire] = ()) -> list[Wire]:
    return [
        pod(
            f"p{each}",
            "claim/c",
            status={"phase": "Pending"},
            schedulingGates=list(gates),
        )
        for each in range(number)
    ]


def served(version: str) -> Wire:
    return {
        "apiVersion": "dractl/v1",
        "kind": "ClusterInfo",
        "metadata": {"name": "cluster"},
        "served": ["v1", version],
    }


def configured(*requests: str) -> Wire:
    opaque = {"driver": "gpu.example.com", "parameters": {"a": 1}}
    options = [
        {"name": "small", "deviceClassName": "gpu"},
        {"name": "large", "deviceClassName": "gpu"},
    ]
    return asks(
        {"name": "gpu", "firstAvailable": options},
        config=[{"requests": list(requests), "opaque": opaque}],
    )


def first(*modes: str) -> Wire:
    """Return a request with alternatives."""
    options = [
        {"name": f"o{place}", "deviceClassName": "gpu", "allocationMode": mode}
        for place, mode in enumerate(modes)
    ]
    return {"name": "gpu", "firstAvailable": options}


def sliced(status: Wire, **fields: Any) -> Wire:
    """Return a claim that has a share of a device."""
    (result,) = status["allocation"]["devices"]["results"]
    shared = {**result, "shareID": "6d2b32d2-0000-0000-0000-000000000000", **fields}
    return claim("c", status={"allocation": {"devices": {"results": [shared]}}})


HALF: Final = {"name": "n1", "generation": 1, "resourceSliceCount": 2}
COUNTERS: Final = gpus("n1", sharedCounters=SHARED, pool=HALF)
OVERDRAWN: Final = [
    named("counters", gpus("n1", sharedCounters=SHARED, pool=HALF)),
    gpus("n1", *({"name": each} | DRAWS for each in many(3)), pool=HALF),
    *(claim(each, status=given(each, "n1")) for each in many(3)),
]
BOTH: Final = pod("p", "claim/a", "claim/b", status={"phase": "Pending"})
OF_TWO: Final = [
    named(name, gpus(name, "g"), name="p", resourceSliceCount=2)
    for name in ("n1", "n2")
]
MOVED: Final = [
    named("old", gpus("n1", "g"), name="p"),
    named("new", gpus("n2", "g"), name="p", generation=2),
    node("n1"),
    node("n2"),
]
ADMIN: Final = asks(exactly(adminAccess=True, allocationMode="All"))
ERROR: Final = refused("claim c: CEL runtime error: no such key: model")

MET_TRAPS: Final[list[tuple[str, list[Wire], str]]] = [
    ("all-mode-too-many-devices", [gpu_class(), gpus("n1", *many(33)), asks(ALL)],
     "1.36"),
    ("all-mode-too-many-devices",
     [gpu_class(), gpus("n1", *many(33)), asks(first("All", "All"))], "1.36"),
    ("all-mode-pool-of-other-node", [COUNTERS, asks(ALL)], "1.36"),
    ("all-mode-split-pool", [*OF_TWO, asks(ALL)], "1.34"),
    ("old-generation-used", MOVED, "1.37"),
    ("overdrawn-blocks-pool", OVERDRAWN, "1.37"),
    ("shared-then-exclusive", [gpus("n1", "gpu-0"), sliced(given("gpu-0", "n1"))],
     "1.36"),
    ("several-node-terms", [each_its_own(selecting("a", "b"))], "1.37"),
    ("selector-error-elsewhere", [each_its_own(selecting("a")), ERROR], "1.36"),
    ("toleration-without-key", [tolerating(operator="Equal", value="v")], "1.36"),
    ("toleration-runs-out",
     [gpus("n1", tainted("NoExecute")),
      tolerating(key=TAINT["key"], operator="Exists", effect="NoExecute",
                 tolerationSeconds=300)],
     "1.36"),
    ("admin-access-meets-taints",
     [gpu_class(), gpus("n1", tainted("NoSchedule")), ADMIN], "1.36"),
    ("pinned-claim-stays", [pinned("a"), claim("b"), BOTH], "1.36"),
    ("reservations-full", [reserved(256)], "1.37"),
    ("implicit-name-lost",
     [*classes("a", "b"), extended("deviceclass.resource.kubernetes.io/b")], "1.36"),
    ("capacity-rounded-up", [gpus("n1", stepped("500m"))], "1.36"),
    ("capacity-rounded-up", [gpus("n1", stepped("500m"))], "1.37"),
    ("capacity-rounded-up", [gpu_class(), gpus("n1", stepped("1")), wanting("1500m")],
     "1.36"),
    ("alternatives-not-scored", [configured()], "1.34"),
    ("claims-requeue-all", crowd(1000), "1.36"),
    ("beta-loses-fields", [served("v1beta1"), gpus("n1", MULTI)], "1.35"),
    ("beta-loses-fields", [served("v1beta1"), wanting("1")], "1.35"),
    ("config-of-alternatives-lost", [configured("gpu")], "1.36"),
]  # fmt: skip
SPARED_TRAPS: Final[list[tuple[str, list[Wire], str]]] = [
    ("all-mode-too-many-devices", [gpu_class(), gpus("n1", *many(32)), asks(ALL)],
     "1.36"),
    ("all-mode-too-many-devices",
     [gpu_class(), gpus("n1", *many(20)), gpus("n2", *many(20)), asks(ALL)], "1.36"),
    ("all-mode-too-many-devices",
     [gpu_class(), gpus("n1", *many(33)), asks(exactly(count=2))], "1.36"),
    ("all-mode-too-many-devices",
     [gpu_class(), gpus("n1", *many(33)), asks(first("All", "ExactCount"))], "1.36"),
    ("all-mode-pool-of-other-node", [COUNTERS, asks(exactly())], "1.36"),
    ("all-mode-pool-of-other-node", [COUNTERS, asks(ALL)], "1.37"),
    ("all-mode-pool-of-other-node", [gpus("n1", "g", pool=HALF), asks(ALL)], "1.36"),
    ("all-mode-split-pool", [*OF_TWO, asks(ALL)], "1.35"),
    ("all-mode-split-pool", [gpus("n1", "g"), asks(ALL)], "1.34"),
    ("old-generation-used",
     [named("old", gpus("n1", "g")),
      named("new", gpus("n1", "g"), name="n1", generation=2), node("n1")], "1.36"),
    ("old-generation-used", MOVED[1:], "1.36"),
    ("old-generation-used",
     [named("old", gpus("n1", "g"), name="p", resourceSliceCount=2), *MOVED[1:]],
     "1.36"),
    ("overdrawn-blocks-pool", OVERDRAWN[:3], "1.36"),
    ("shared-then-exclusive", [gpus("n1", "gpu-0" ), claim("c", status=given(
        "gpu-0", "n1"))], "1.36"),
    ("shared-then-exclusive",
     [gpus("n1", "gpu-0"), sliced(given("gpu-0", "n1"),
                                  consumedCapacity={"memory": "1Gi"})], "1.36"),
    ("several-node-terms", [each_its_own(selecting("a"))], "1.37"),
    ("selector-error-elsewhere", [gpus("n1", "g"), ERROR], "1.36"),
    ("toleration-without-key", [tolerating(operator="Exists")], "1.36"),
    ("toleration-runs-out",
     [gpus("n1", tainted("NoSchedule")),
      tolerating(key=TAINT["key"], operator="Exists", tolerationSeconds=300)],
     "1.36"),
    ("toleration-runs-out",
     [gpus("n1", tainted("NoExecute")),
      tolerating(key=TAINT["key"], operator="Exists", effect="NoExecute")], "1.36"),
    ("admin-access-meets-taints", [gpu_class(), gpus("n1", "g"), ADMIN], "1.36"),
    ("admin-access-meets-taints",
     [gpu_class(), gpus("n1", tainted("None")), ADMIN], "1.36"),
    ("pinned-claim-stays",
     [pinned("a", reservedFor=[{"resource": "pods", "name": "q", "uid": "q"}]),
      claim("b"), BOTH], "1.36"),
    ("pinned-claim-stays", [pinned("a"), pinned("b"), BOTH], "1.36"),
    ("reservations-full", [reserved(255)], "1.37"),
    ("implicit-name-lost",
     [*classes("a", "b"), extended("deviceclass.resource.kubernetes.io/a")], "1.36"),
    ("capacity-rounded-up", [gpu_class(), gpus("n1", stepped("1")), wanting("2")],
     "1.36"),
    ("alternatives-not-scored", [configured()], "1.35"),
    ("claims-requeue-all", crowd(20), "1.36"),
    ("claims-requeue-all", crowd(1000, gates=[{"name": "kueue.x-k8s.io/admission"}]),
     "1.36"),
    ("beta-loses-fields", [served("v1beta2"), gpus("n1", MULTI)], "1.35"),
    ("beta-loses-fields", [served("v1beta1"), gpus("n1", MULTI)], "1.36"),
    ("config-of-alternatives-lost", [configured("gpu/small")], "1.36"),
    ("config-of-alternatives-lost", [configured()], "1.36"),
]  # fmt: skip
GATES: Final = dict.fromkeys(
    ("DRAPartitionableDevices", "DRAConsumableCapacity", "DRADeviceTaints",
     "DRAExtendedResource"), True,
)  # fmt: skip


@pytest.mark.parametrize(("bug", "documents", "release"), MET_TRAPS)
def test_what_can_meet_it_is_told(
    bug: str, documents: list[Wire], release: str
) -> None:
    case = case_of(documents, release, GATES)

    (found,) = (each for each in said("known-bug", case) if each.subject == bug)

    assert found.evidence["meets"]
    assert found.evidence["releases"] == BUG_BY_ID[bug].releases
    assert BUG_BY_ID[bug].reference in found.message


@pytest.mark.parametrize(("bug", "documents", "release"), SPARED_TRAPS)
def test_what_cannot_is_not(bug: str, documents: list[Wire], release: str) -> None:
    found = said("known-bug", case_of(documents, release, GATES))

    assert bug not in {each.subject for each in found}


def test_a_scheduler_that_counts_fractions_rounds_nothing_up() -> None:
    gates = {"DRAFractionalCapacityRange": True}
    case = case_of([gpus("n1", stepped("500m"))], "1.37", gates)

    assert "capacity-rounded-up" not in _told(case)


def test_of_many_requests_those_with_too_many_devices_are_told() -> None:
    few, many_more = (
        asks(exactly(deviceClassName=each, allocationMode="All")) for each in "ab"
    )
    many_more["metadata"] = {"name": "u", "namespace": "default"}
    chosen = [{"cel": {"expression": "device.driver == 'x'"}}]
    documents = [
        gpu_class("a") | {"spec": {"selectors": chosen}},
        *(gpu_class("b"), gpus("n1", *many(33)), few, many_more),
    ]

    (told,) = (
        each.evidence["meets"]
        for each in said("known-bug", case_of(documents))
        if each.subject == "all-mode-too-many-devices"
    )

    assert told == "ResourceClaimTemplate default/u"


def test_each_has_a_cluster_of_each_sort() -> None:
    ids = {each.id for each in TRAPS}

    assert {bug for bug, *_ in MET_TRAPS} == {bug for bug, *_ in SPARED_TRAPS} == ids


def test_admin_access_comes_first_in_another_claim_too() -> None:
    monitoring = {"devices": {"requests": [exactly(adminAccess=True)]}}
    documents = [claim("a", monitoring), claim("b"), BOTH]
    turned = pod("p", "claim/b", "claim/a", status={"phase": "Pending"})

    assert "admin-before-others" in _told(case_of(documents))
    assert "admin-before-others" not in _told(case_of([*documents[:2], turned]))


@pytest.mark.parametrize(
    ("spec", "is_told"),
    [
        ({"constraints": 1, "requests": 1}, False),
        ({"constraints": 2, "requests": 1}, True),
        ({"constraints": 1, "requests": 2}, True),
    ],
)
def test_of_two_distinct_devices_one_is_forgotten_where_the_search_goes_back(
    spec: Mapping[str, int], *, is_told: bool
) -> None:
    requests = [
        exactly(count=2) | {"name": f"r{each}"} for each in range(spec["requests"])
    ]
    constraints = [{"distinctAttribute": "example.com/x"}] * spec["constraints"]

    told = _told(case_of([asks(*requests, constraints=constraints)]))

    assert ("distinct-attribute-forgets" in told) is is_told


@pytest.mark.parametrize("named", ["gpu", "gpu/o0"])
def test_constraints_may_name_alternatives_of_distinct_devices(named: str) -> None:
    constraint = {"distinctAttribute": "example.com/x", "requests": [named]}

    told = _told(case_of([asks(first("All"), constraints=[constraint])]))

    assert "distinct-attribute-forgets" in told


def _told(case: Any) -> set[str]:
    return {each.subject for each in said("known-bug", case)}
