from collections.abc import Mapping
from typing import Any

import pytest

from dractl.api.evidence import EVIDENCE
from dractl.api.snapshot import Snapshot

API = "resource.k8s.io/v1"
Wire = dict[str, Any]


def node(version: str) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n1"},
        "status": {"nodeInfo": {"kubeletVersion": f"v{version}.1"}},
    }


def claim(devices: Wire) -> Wire:
    return {
        "apiVersion": API,
        "kind": "ResourceClaim",
        "metadata": {"name": "c", "namespace": "default", "uid": "u"},
        "spec": {"devices": devices},
    }


def exactly(**fields: Any) -> Wire:
    request = {"name": "r", "exactly": {"deviceClassName": "gpu", **fields}}
    return claim({"requests": [request]})


def taint_rule(**status: Any) -> Wire:
    return {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "t", "uid": "u"},
        "spec": {"taint": {"key": "a", "effect": "NoExecute"}},
        **({"status": status} if status else {}),
    }


def pod(**status: Any) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "uid": "u"},
        "spec": {"containers": []},
        "status": status,
    }


ALTERNATIVES = claim(
    {
        "requests": [
            {"name": "r", "firstAvailable": [{"name": "a", "deviceClassName": "gpu"}]}
        ]
    }
)
WATCHED = taint_rule(conditions=[{"type": "EvictionInProgress", "status": "True"}])
SHARE = exactly(capacity={"requests": {"memory": "1Gi"}})
EXTENDED = pod(extendedResourceClaimStatus={"resourceClaimName": "c"})

# The release in which the gate is off by default, and an object that shows it to be on.
SHOWN: Mapping[str, tuple[str, Wire]] = {
    "DRADeviceTaintRules": ("1.36", WATCHED),
    "DRAPrioritizedList": ("1.33", ALTERNATIVES),
    "DRAAdminAccess": ("1.33", exactly(adminAccess=True)),
    "DRAConsumableCapacity": ("1.35", SHARE),
    "DRAExtendedResource": ("1.35", EXTENDED),
}


def gates(*documents: Wire, **options: Any) -> frozenset[str]:
    """Return the gates that are on."""
    found = Snapshot.from_documents(documents, **options)
    assert found.problems == ()
    return found.profile.gates


def without_uid(document: Wire) -> Wire:
    metadata = {k: each for k, each in document["metadata"].items() if k != "uid"}
    return {**document, "metadata": metadata}


def test_every_gate_that_objects_can_show_has_a_case_here() -> None:
    assert set(SHOWN) == set(EVIDENCE)


@pytest.mark.parametrize("gate", SHOWN)
def test_the_gate_is_off_without_an_object_that_shows_it(gate: str) -> None:
    release, _ = SHOWN[gate]

    assert gate not in gates(node(release))


@pytest.mark.parametrize("gate", SHOWN)
def test_a_stored_object_shows_that_the_gate_is_on(gate: str) -> None:
    release, document = SHOWN[gate]

    assert gates(node(release), document) == gates(node(release)) | {gate}


@pytest.mark.parametrize("gate", sorted(set(SHOWN) - {"DRADeviceTaintRules"}))
def test_a_manifest_shows_nothing(gate: str) -> None:
    release, document = SHOWN[gate]

    assert gate not in gates(node(release), without_uid(document))


@pytest.mark.parametrize("gate", SHOWN)
def test_a_gate_that_is_said_to_be_off_is_off(gate: str) -> None:
    release, document = SHOWN[gate]

    assert gate not in gates(node(release), document, feature_gates={gate: False})


@pytest.mark.parametrize("gate", SHOWN)
def test_what_is_said_of_another_gate_hides_no_evidence(gate: str) -> None:
    release, document = SHOWN[gate]
    said = {"ResourceHealthStatus": True}

    assert gate in gates(node(release), document, feature_gates=said)


@pytest.mark.parametrize("group", ["AllAlpha", "AllBeta"])
@pytest.mark.parametrize("gate", SHOWN)
def test_who_sets_all_gates_wants_no_evidence(gate: str, group: str) -> None:
    release, document = SHOWN[gate]

    assert gate not in gates(node(release), document, feature_gates={group: False})


@pytest.mark.parametrize("gate", SHOWN)
def test_the_release_of_the_kubelets_may_be_named(gate: str) -> None:
    release, document = SHOWN[gate]

    assert gate in gates(node(release), document, kubernetes=release)


@pytest.mark.parametrize("gate", SHOWN)
def test_another_release_is_judged_by_its_own_defaults(gate: str) -> None:
    release, document = SHOWN[gate]

    assert gate not in gates(node("1.37"), document, kubernetes=release)


@pytest.mark.parametrize("gate", SHOWN)
def test_a_release_without_kubelets_is_a_question_of_what_if(gate: str) -> None:
    release, document = SHOWN[gate]

    assert gate not in gates(document, kubernetes=release)


def test_a_release_that_lacks_the_gate_cannot_have_it_on() -> None:
    assert "DRAConsumableCapacity" not in gates(node("1.33"), SHARE)


def test_a_gate_that_is_on_by_default_needs_no_evidence() -> None:
    assert gates(node("1.37"), SHARE) == gates(node("1.37"))


def test_admin_access_that_is_false_shows_the_gate_as_well() -> None:
    assert "DRAAdminAccess" in gates(node("1.33"), exactly(adminAccess=False))


def test_a_taint_rule_that_nobody_watches_shows_nothing() -> None:
    assert "DRADeviceTaintRules" not in gates(node("1.36"), taint_rule())


def test_a_pod_without_a_claim_for_its_resources_shows_nothing() -> None:
    assert "DRAExtendedResource" not in gates(node("1.35"), pod(phase="Running"))


def test_each_object_shows_its_own_gate() -> None:
    found = gates(node("1.33"), exactly(adminAccess=True), WATCHED, EXTENDED)

    assert found == gates(node("1.33")) | {"DRAAdminAccess"}
