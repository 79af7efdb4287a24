"""What `-o json` has: it is what the schema says, whatever is said of devices."""

import json
from pathlib import Path

import pytest

from dractl.health.assess import health
from dractl.health.document import document_of
from dractl.health.unchecked import unchecked
from tests.answers import validate
from tests.health import cluster
from tests.health.cluster import Wire

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/output/health.v1.json").read_text())
NOT_READY = cluster.condition("Ready", "False")

CASES: dict[str, list[Wire]] = {
    "well": cluster.usual(),
    "nothing": [],
    "silent": [cluster.node(), cluster.slice_(cluster.device("gpu-0"))],
    "plugin": cluster.usual(
        cluster.pod(cluster.report("GPU-1", "Unhealthy"), resource="nvidia.com/gpu")
    ),
    "gone": [*cluster.others(), cluster.claim(), cluster.pod()],
    "unseen": [cluster.claim(status=cluster.device_status(NOT_READY)), cluster.pod()],
    "lost node": cluster.usual(cluster.node("Unknown")),
    "condition": cluster.usual(
        cluster.claim(
            status=cluster.device_status(
                NOT_READY,
                networkData={"interfaceName": "eth1"},
                data=[1],
            )
        )
    ),
    "taint": cluster.usual(
        cluster.slice_(cluster.device("gpu-0", cluster.taint("sick"), healthy=False))
    ),
    "rule": cluster.usual(cluster.rule("NoExecute")),
    "article": [cluster.claim(status={"driverStatus": {"healthStatus": "healthy"}})],
    "malformed": [{"apiVersion": "v1", "kind": "Pod", "metadata": 3}],
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_as_the_schema_says(case: str) -> None:
    snapshot = cluster.snapshot(*CASES[case])
    document = document_of(
        health(snapshot), None, unchecked(snapshot), snapshot.problems
    )
    # As a program reads it.
    validate(json.loads(json.dumps(document)), SCHEMA)


def test_the_schema_knows_every_sign() -> None:
    known = set(SCHEMA["$defs"]["sign"]["properties"]["code"]["enum"])
    seen = {
        sign.code
        for documents in CASES.values()
        for state in health(cluster.snapshot(*documents)).states
        for sign in state.signs
    }
    assert seen <= known
    assert seen > {"attribute", "driver-gone", "driver-taint", "kubelet", "rule-taint"}


def test_what_a_snapshot_lacks_is_told() -> None:
    snapshot = cluster.snapshot(cluster.node())
    told = " ".join(unchecked(snapshot))
    for kind in ("ResourceSlices", "ResourceClaims", "Pods"):
        assert f"no {kind} in the snapshot" in told
    assert "Nodes" not in told


def test_malformed_statuses_of_devices_are_problems() -> None:
    bad = cluster.claim(status=cluster.device_status(networkData={"ips": "10.0.0.1"}))
    (problem,) = cluster.snapshot(bad).problems
    assert problem.path == "status.devices[0].networkData.ips"
