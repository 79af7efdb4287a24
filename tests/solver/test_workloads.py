"""Extended resources, pod groups, admin access and derived attributes."""

import pytest

from tests.solver.clusters import (
    Wire,
    claim,
    cluster,
    given,
    gpu_class,
    gpus,
    node,
    placed,
    pod,
    reasons,
    summary,
    template,
    wish,
)

RESOURCE = "example.com/gpu"


def container(name: str, amount: int, **fields: object) -> Wire:
    return {
        "name": name,
        "resources": {"requests": {"cpu": "1", RESOURCE: str(amount)}},
        **fields,
    }


def extended(*, init: list[Wire], main: list[Wire]) -> list[tuple[str, int]]:
    """Return the requests that the pod's devices were given under, with counts."""
    devices = [f"d{number:02d}" for number in range(20)]
    outcome = placed(
        cluster(
            gpu_class(extendedResourceName=RESOURCE),
            node("a"),
            gpus("a", *devices),
            pod("p", containers=main, initContainers=init),
        )
    )
    ((_, allocation),) = outcome.placements[0].allocations
    assert allocation is not None
    requests = [result.request for result in allocation.results]
    return [(name, requests.count(name)) for name in dict.fromkeys(requests)]


def test_each_container_gets_the_devices_of_its_extended_resource() -> None:
    found = extended(init=[], main=[container("x", 2), container("y", 1)])
    assert found == [("container-0-request-1", 2), ("container-1-request-1", 1)]


def test_an_init_container_reuses_what_later_containers_keep() -> None:
    found = extended(init=[container("i", 3)], main=[container("x", 2)])
    assert found == [("container-0-request-1", 1), ("container-1-request-1", 2)]


def test_only_the_largest_excess_of_init_containers_counts() -> None:
    init = [container("i", 3), container("j", 5), container("k", 5)]
    found = extended(init=init, main=[container("x", 2)])
    assert found == [("container-1-request-1", 3), ("container-3-request-1", 2)]


def test_a_sidecar_keeps_its_devices() -> None:
    init = [container("s", 1, restartPolicy="Always"), container("i", 2)]
    found = extended(init=init, main=[container("x", 2)])
    assert found == [("container-0-request-1", 1), ("container-2-request-1", 2)]


def test_requests_are_sorted_by_name_as_text() -> None:
    found = extended(init=[], main=[container(f"c{n}", 1) for n in range(11)])
    names = [name for name, _ in found]
    assert (
        names.index("container-10-request-1")
        == names.index("container-1-request-1") + 1
    )


def test_a_device_plugin_on_the_node_takes_precedence() -> None:
    outcome = placed(
        cluster(
            gpu_class(extendedResourceName=RESOURCE),
            node("a", status={"allocatable": {"cpu": "8", RESOURCE: "1"}}),
            gpus("a", "d0", "d1"),
            pod("p", containers=[container("x", 2)]),
        )
    )
    assert reasons(outcome) == {f"insufficient {RESOURCE}": ("a",)}


def test_every_class_has_an_implicit_resource() -> None:
    requests = {"deviceclass.resource.kubernetes.io/gpu": "1"}
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            gpus("a", "d0"),
            pod("p", containers=[{"name": "x", "resources": {"requests": requests}}]),
        )
    )
    assert summary(outcome) == [("a", ["d0"])]


def test_of_two_classes_for_a_resource_the_newest_counts() -> None:
    def stated(name: str, created: str) -> Wire:
        made = gpu_class(name, extendedResourceName=RESOURCE)
        made["metadata"]["creationTimestamp"] = created
        made["spec"]["selectors"] = [
            {"cel": {"expression": f'device.attributes["d"].kind == "{name}"'}}
        ]
        return made

    def kind(name: str) -> Wire:
        return {"name": name, "attributes": {"d/kind": {"string": name}}}

    outcome = placed(
        cluster(
            stated("old", "2025-01-01T00:00:00Z"),
            stated("new", "2026-01-01T00:00:00Z"),
            node("a"),
            gpus("a", kind("old"), kind("new")),
            pod("p", containers=[container("x", 1)]),
        )
    )
    assert summary(outcome) == [("a", ["new"])]


GROUP = {
    "apiVersion": "scheduling.k8s.io/v1alpha3",
    "kind": "PodGroup",
    "metadata": {"name": "g", "namespace": "default"},
    "spec": {
        "resourceClaims": [{"name": "c0", "resourceClaimTemplateName": "t"}],
    },
}


@pytest.mark.parametrize(("on", "devices"), [(True, 1), (False, 2)])
def test_pods_of_a_group_share_the_claim_of_an_equal_entry(
    *, on: bool, devices: int
) -> None:
    gates = {"DRAWorkloadResourceClaims": on}
    member = {"schedulingGroup": {"podGroupName": "g"}}
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            gpus("a", "d0", "d1"),
            template("t"),
            GROUP,
            pod("p", "template/t", **member),
            pod("q", "template/t", **member),
            kubernetes="1.37",
            gates=gates,
        )
    )
    assert len({device for _, found in summary(outcome) for device in found}) == devices


def test_a_group_entry_that_was_served_already_names_its_claim() -> None:
    group = GROUP | {
        "status": {
            "resourceClaimStatuses": [{"name": "c0", "resourceClaimName": "made"}]
        }
    }
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            gpus("a", "d0", "d1"),
            template("t"),
            group,
            claim("made", status=given("d1", "a")),
            pod("p", "template/t", schedulingGroup={"podGroupName": "g"}),
            kubernetes="1.37",
            gates={"DRAWorkloadResourceClaims": True},
        )
    )
    assert summary(outcome) == [("a", ["d1"])]


@pytest.mark.parametrize(
    ("release", "label", "fits"),
    [
        ("1.36", "resource.kubernetes.io/admin-access", True),
        ("1.36", "resource.k8s.io/admin-access", False),
        ("1.33", "resource.k8s.io/admin-access", True),
        ("1.33", "resource.kubernetes.io/admin-access", False),
        ("1.32", "none", True),
    ],
)
def test_admin_access_needs_the_label_of_the_release(
    release: str, label: str, *, fits: bool
) -> None:
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "default", "labels": {label: "true"}},
    }
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            gpus("a", "d0"),
            namespace,
            template("t", wish(adminAccess=True)),
            pod("p", "template/t"),
            kubernetes=release,
            gates={"DRAAdminAccess": True},
        )
    )
    assert (outcome.placements[0].node == "a") is fits


def board(name: str, slot: str) -> Wire:
    return {"name": name, "attributes": {"d/slot": {"string": slot}}}


def on_one_board(expression: str, count: int) -> Wire:
    derived = [{"name": "example.com/board", "expression": expression}]
    return wish(count, derivedAttributes=derived) | {}


@pytest.mark.parametrize(("on", "where"), [(True, "a"), (False, None)])
def test_a_constraint_sees_derived_attributes(*, on: bool, where: str | None) -> None:
    spec = on_one_board('device.attributes["d"].slot.split("-")[0]', 2)
    spec["devices"]["constraints"] = [{"matchAttribute": "example.com/board"}]
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            gpus("a", board("d0", "x-1"), board("d1", "y-1"), board("d2", "y-2")),
            claim("c", spec),
            kubernetes="1.37",
            gates={"DRADerivedAttributes": on},
        )
    )
    assert summary(outcome) == [(where, ["d1", "d2"] if on else [])]


def test_a_derived_attribute_without_a_value_aborts() -> None:
    spec = on_one_board('device.attributes["d"].nope', 2)
    spec["devices"]["constraints"] = [{"matchAttribute": "example.com/board"}]
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            gpus("a", "d0", "d1"),
            claim("c", spec),
            kubernetes="1.37",
            gates={"DRADerivedAttributes": True},
        )
    )
    assert "no such key: nope" in str(outcome.placements[0].aborted)
