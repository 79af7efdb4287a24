"""Redaction: other names, the same answers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capture.order import place
from dractl.capture.redaction import Redacted, redacted
from dractl.diagnose.explain import explain
from tests.batches import batched
from tests.capture import clusters, names
from tests.capture.clusters import cleaned
from tests.diagnose.generated import RELEASE
from tests.diagnose.scenarios.reading import read, scenario_files
from tests.scenarios import needs_shared
from tests.solver.generate import case

Wire = dict[str, Any]


def captured(documents: Sequence[Any]) -> list[Any]:
    """Return what a capture writes of the documents, under their own names."""
    return sorted(cleaned(documents), key=place)


def answers(
    documents: Sequence[Any], gates: dict[str, bool] | None, kubernetes: str | None
) -> list[tuple[list[str], int | None]]:
    """Return the causes of every pod, and the place of the node where it would land."""
    snapshot = Snapshot.from_documents(
        documents, kubernetes=kubernetes, feature_gates=gates
    )
    nodes = {node.name: place for place, node in enumerate(snapshot.nodes)}
    return [
        (
            [cause.code for cause in report.causes],
            nodes.get(report.lands) if report.lands else None,
        )
        for report in explain(snapshot).pods
    ]


def pod(name: str, **fields: Any) -> Wire:
    """Return a pod."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "acme", **fields},
        "spec": {"containers": []},
    }


def event(message: str) -> Wire:
    """Return an event that says something."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "acme"},
        "message": message,
    }


def slice_(name: str, pool: str, **attributes: str) -> Wire:
    """Return a slice with one device."""
    values = {key: {"string": value} for key, value in attributes.items()}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": name},
        "spec": {
            "driver": "gpu.example.com",
            "pool": {"name": pool, "generation": 1, "resourceSliceCount": 1},
            "nodeName": pool,
            "devices": [{"name": "gpu-0", "attributes": values}],
        },
    }


def class_(expression: str) -> Wire:
    """Return a class with one selector."""
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": "gpu"},
        "spec": {"selectors": [{"cel": {"expression": expression}}]},
    }


def expression_of(found: Redacted) -> str:
    """Return the selector of the first document, a class."""
    text: str = found.documents[0]["spec"]["selectors"][0]["cel"]["expression"]
    return text


def test_the_sample_cluster_is_explained_the_same() -> None:
    given = captured(clusters.demo())
    assert answers(redacted(given).documents, {}, None) == answers(given, {}, None)


@needs_shared
def test_the_recorded_cluster_is_explained_the_same() -> None:
    given = captured(clusters.waiting())
    assert answers(redacted(given).documents, {}, None) == answers(given, {}, None)


@pytest.mark.property
@batched(clusters.SEEDS)
def test_a_random_cluster_is_explained_the_same(seed: int) -> None:
    given, gates = captured(clusters.generated(seed)), case(seed).gates
    other = redacted(given).documents
    assert answers(other, gates, RELEASE) == answers(given, gates, RELEASE)


@batched(scenario_files(), ids=lambda file: file.stem)
def test_a_scenario_is_explained_the_same(file: Path) -> None:
    scenario = read(file)
    given = captured([document for document, _ in scenario.documents])
    asked = scenario.header.get("gates"), scenario.header.get("kubernetes")
    assert answers(redacted(given).documents, *asked) == answers(given, *asked)


def test_no_name_of_the_sample_cluster_is_left() -> None:
    text = json.dumps(redacted(captured(clusters.demo())).documents)
    old = ["h100-1", "a100-1", "llama-0", "training", "registry.example.com/work"]
    assert [each for each in old if each in text] == []


def test_the_same_input_gives_the_same_output() -> None:
    given = captured(clusters.demo())
    first, again = redacted(given), redacted(given)
    assert json.dumps(first.documents) == json.dumps(again.documents)


def test_one_name_becomes_the_same_other_name_everywhere() -> None:
    owner = {"kind": "Job", "name": "train", "uid": "u"}
    one = pod("train-1", labels={"job-name": "train"}, ownerReferences=[owner])
    (found, said) = redacted([one, event("pod acme/train-1 of job train")]).documents
    new = found["metadata"]["ownerReferences"][0]["name"]
    assert new == "workload-1"
    assert found["metadata"]["labels"] == {"job-name": new}
    assert said["message"] == "pod namespace-1/pod-1 of job workload-1"


def test_names_that_kubernetes_makes_begin_with_new_names() -> None:
    said = redacted([pod("train"), event('claim "train-gpu-x7k2p" is gone')])
    assert said.documents[1]["message"] == 'claim "pod-1-gpu-x7k2p" is gone'


def test_keys_of_labels_and_drivers_stay_in_messages() -> None:
    text = "needs acme.example.com/team on driver acme.example.com"
    documents = [slice_("s", "n"), pod("acme.example.com"), event(text)]
    documents[0]["spec"]["driver"] = "acme.example.com"
    assert redacted(documents).documents[2]["message"] == text


def test_a_pod_that_is_called_like_a_common_word_is_told_of() -> None:
    found = redacted([pod("claim"), event("the claim waits")])
    assert found.documents[1]["message"] == "the claim waits"
    assert [each.what for each in found.kept] == ["'claim' in messages"]


def test_pools_keep_their_places_among_nodes() -> None:
    pools = ["a", "n1", "n1-x", "n2", "z"]
    nodes = [
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
        for name in ("n1", "n2")
    ]
    slices = [
        {**slice_(pool, pool), "spec": {"pool": {"name": pool}}} for pool in pools
    ]
    found = redacted([*nodes, *slices]).documents[2:]
    assert [each["spec"]["pool"]["name"] for each in found] == [
        "node-0-pool-1", "node-1", "node-1-pool-1", "node-2", "node-2-pool-1",
    ]  # fmt: skip


def test_identifiers_of_devices_go_and_products_stay() -> None:
    (found,) = redacted([slice_("s", "n", uuid="GPU-1", productName="H100")]).documents
    assert found["spec"]["devices"][0]["attributes"] == {
        "uuid": {"string": "attribute-1"},
        "productName": {"string": "H100"},
    }


def test_an_expression_follows_the_values_that_it_compares() -> None:
    text = "device.attributes['gpu.example.com'].uuid == 'GPU-1'"
    found = redacted([class_(text), slice_("s", "n", uuid="GPU-1")])
    assert expression_of(found) == text.replace("'GPU-1'", '"attribute-1"')
    assert found.kept == ()


def test_values_that_an_expression_looks_into_stay_and_are_told_of() -> None:
    text = "device.attributes['gpu.example.com'].uuid.startsWith('GPU')"
    found = redacted([class_(text), slice_("s", "n", uuid="GPU-1")])
    attributes = found.documents[1]["spec"]["devices"][0]["attributes"]
    assert attributes == {"uuid": {"string": "GPU-1"}}
    assert [each.what for each in found.kept] == ["values of attribute uuid"]


def test_values_of_labels_go_unless_they_are_compared_as_numbers() -> None:
    labels = {"team": "blue", "kubernetes.io/os": "linux", "rank": "12345"}
    node = {"kind": "Node", "metadata": {"name": "n", "labels": labels}}
    term = {"matchExpressions": [{"key": "rank", "operator": "Gt", "values": ["9"]}]}
    chosen = {"nodeSelectorTerms": [term]}
    found = redacted([node, {"spec": {"nodeSelector": chosen}}])
    assert found.documents[0]["metadata"]["labels"] == {**labels, "team": "label-1"}
    assert [each.what for each in found.kept] == ["values of label rank"]


def test_addresses_in_messages_go() -> None:
    (found,) = redacted([event("dial tcp 10.1.2.3:443: refused")]).documents
    assert found["message"] == "dial tcp (address):443: refused"


def test_no_name_is_left_wherever_it_stands() -> None:
    text = json.dumps(redacted(names.documents()).documents, indent=1)
    assert [line for line in text.splitlines() if names.MARK in line] == []
    assert "H100" in text


def test_addresses_of_devices_go() -> None:
    text = json.dumps(redacted(names.documents()).documents)
    addresses = ["10.1.1.1", "aa:bb:cc:dd:ee:ff", "fe80::1", "10.0.0.1"]
    assert [each for each in addresses if each in text] == []


def test_labels_of_hardware_stay_but_for_those_of_one_machine() -> None:
    labels = {"nvidia.com/gpu.product": "NVIDIA-H100", "nvidia.com/gpu.clique": "a.1"}
    node = {"kind": "Node", "metadata": {"name": "n", "labels": labels}}

    found = redacted([node]).documents[0]["metadata"]["labels"]

    assert found["nvidia.com/gpu.product"] == "NVIDIA-H100"
    assert found["nvidia.com/gpu.clique"] != "a.1"
