"""What is written of documents: all that dractl reads, and no secrets."""

import json
from typing import Any

import pytest

from dractl.api.decode import CONFIG_MAPS, DECODERS, decode
from dractl.capture.clean import clean
from dractl.capture.configmaps import WRITTEN
from dractl.capture.metadata import annotations
from dractl.capture.shapes import GROUPS, SHAPES
from tests.batches import batched
from tests.capture import clusters
from tests.capture.clusters import cleaned
from tests.capture.secrets import PLANTED, documents
from tests.scenarios import needs_shared

Wire = dict[str, Any]


def read(documents: Any) -> list[str]:
    """Return what dractl reads of the documents; devices compare by their text."""
    return [repr(decode(each)) for each in documents]


def with_few_annotations(document: Wire) -> Wire:
    """Return the document without the annotations that are not written."""
    meta = document["metadata"]
    kept = annotations(meta.get("annotations", {}))
    return {**document, "metadata": {**meta, "annotations": kept}}


def reference(template: str) -> Wire:
    """Return the entry of a pod that has a claim made from a template."""
    return {"name": "gpu", "resourceClaimTemplateName": template}


def workload(kind: str, spec: Wire) -> Wire:
    """Return an object of a kind that makes pods."""
    meta = {"name": "web", "namespace": "default", "uid": kind}
    return {"apiVersion": "x/v1", "kind": kind, "metadata": meta, "spec": spec}


def test_the_sample_cluster_reads_the_same_when_it_is_cleaned() -> None:
    given = [with_few_annotations(each) for each in clusters.demo()]
    assert read(cleaned(given)) == read(given)


@needs_shared
def test_a_recorded_cluster_reads_the_same_when_it_is_cleaned() -> None:
    given = [with_few_annotations(each) for each in clusters.waiting()]
    assert read(cleaned(given)) == read(given)


@pytest.mark.property
@batched(clusters.SEEDS)
def test_a_random_cluster_reads_the_same_when_it_is_cleaned(seed: int) -> None:
    given = clusters.generated(seed)
    assert read(cleaned(given)) == read(given)


def test_workloads_read_the_same_when_they_are_cleaned() -> None:
    template = {"spec": {"containers": [], "resourceClaims": [reference("one")]}}
    domain = {"channel": {"resourceClaimTemplate": {"name": "two"}}}
    given = [
        workload("Deployment", {"replicas": 3, "template": template}),
        workload("CronJob", {"jobTemplate": {"spec": {"template": template}}}),
        workload("ComputeDomain", {"numNodes": 2, **domain}),
    ]
    assert read(cleaned(given)) == read(given)


def test_cleaning_twice_changes_nothing_more() -> None:
    once = cleaned([*clusters.demo(), *documents()])
    assert cleaned(once) == once


def test_no_planted_secret_is_written() -> None:
    text = json.dumps(cleaned(documents()))
    assert [each for each in PLANTED if each in text] == []


def test_every_secret_was_planted() -> None:
    text = json.dumps(documents())
    assert [each for each in PLANTED if each not in text] == []


def test_secrets_and_config_maps_are_not_written_at_all() -> None:
    written = cleaned(documents())
    assert {each["kind"] for each in written}.isdisjoint({"Secret", "ConfigMap"})


def test_what_the_cluster_autoscaler_says_is_written() -> None:
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": "kube-system", "name": "cluster-autoscaler-status"},
        "data": {"status": "time: now", "other": "thing"},
    }
    kept = clean(document)
    assert kept is not None
    assert kept["data"] == {"status": "time: now"}


def test_of_kueues_configuration_only_resources_are_written() -> None:
    text = "resources:\n  excludeResourcePrefixes: []\nclientConnection:\n  qps: 1\n"
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": "kueue-system", "name": "kueue-manager-config"},
        "data": {"controller_manager_config.yaml": text},
    }
    kept = clean(document)
    assert kept is not None
    assert kept["data"] == {
        "controller_manager_config.yaml": "resources:\n  excludeResourcePrefixes: []\n"
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "version: v1\nsharing:\n  timeSlicing: {}\npassword: secret\n",
            "version: v1\nsharing:\n  timeSlicing: {}\n",
        ),
        (
            'version: v1\nflags:\n  migStrategy: "mixed"\n',
            'version: v1\nflags:\n  migStrategy: "mixed"\n',
        ),
        (
            '{"resourceList": [{"resourceName": "vf"}], "token": "secret"}',
            '{"resourceList": [{"resourceName": "vf"}]}',
        ),
        ("version: v1\nflags: {token: secret}\n", None),
        ('{"token": "secret"}', None),
        ("{", None),
        ([], None),
    ],
)
def test_of_other_config_maps_what_configures_device_plugins_is_written(
    text: Any, kept: str | None
) -> None:
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": "gpu-operator", "name": "any"},
        "data": {"config.yaml": text, "other": "secret"},
    }
    found = clean(document)
    assert (None if found is None else found["data"]["config.yaml"]) == kept
    assert "secret" not in json.dumps(found)


def test_every_kind_that_is_read_is_written() -> None:
    known = {kind for kind in DECODERS if kind in SHAPES or kind[0] in GROUPS}
    assert known == set(DECODERS)
    assert set(WRITTEN) == set(CONFIG_MAPS)


def test_names_of_variables_stay_and_commands_are_only_told_of() -> None:
    container = {
        "name": "main",
        "image": "user:pass@registry.example.com/app@sha256:ab",
        "env": [{"name": "MODE", "value": "fast"}],
        "command": ["run"],
        "args": [],
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [container]},
    }
    kept = clean(pod)
    assert kept is not None
    assert kept["spec"]["containers"] == [
        {
            "name": "main",
            "image": "registry.example.com/app@sha256:ab",
            "env": [{"name": "MODE"}],
            "command": ["(left out)"],
        }
    ]


def test_of_an_unknown_kind_only_what_makes_pods_stays() -> None:
    pod = {"containers": [{"name": "main"}], "resourceClaims": [{"name": "gpu"}]}
    group = {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": "ray", "managedFields": []},
        "spec": {
            "token": "t",
            "workerGroupSpecs": [{"replicas": 2, "template": {"spec": pod}}],
        },
        "status": {"x": 1},
    }
    assert clean(group) == {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": "ray"},
        "spec": {"workerGroupSpecs": [{"replicas": 2, "template": {"spec": pod}}]},
    }


def test_an_unknown_kind_that_names_a_template_stays() -> None:
    document = {
        "apiVersion": "apps.example.com/v1",
        "kind": "Service",
        "metadata": {"name": "nim"},
        "spec": {"draResources": [{"resourceClaimTemplateName": "one", "x": 1}]},
    }
    kept = clean(document)
    assert kept is not None
    assert kept["spec"] == {"draResources": [{"resourceClaimTemplateName": "one"}]}


def test_an_unknown_kind_without_pods_is_not_written() -> None:
    assert clean({"apiVersion": "v1", "kind": "Service", "spec": {"a": "b"}}) is None


def test_unknown_fields_of_claims_and_slices_stay() -> None:
    document = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": "a"},
        "spec": {"driver": "d", "new": [1]},
    }
    assert clean(document) == document


@pytest.mark.parametrize(
    "kind",
    ["DeviceClass", "DeviceTaintRule", "ResourceClaim", "ResourceClaimTemplate",
     "ResourceSlice"],
)  # fmt: skip
def test_who_wrote_an_object_and_in_which_version_stays_but_not_what(kind: str) -> None:
    entry = {
        "manager": "kubectl",
        "operation": "Apply",
        "apiVersion": "resource.k8s.io/v1beta1",
    }
    whole = {**entry, "time": "2026-11-20T00:00:00Z", "fieldsV1": {"f:spec": {}}}
    document = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": "a", "managedFields": [whole]},
        "spec": {},
    }
    kept = clean(document)
    assert kept is not None
    assert kept["metadata"]["managedFields"] == [entry]
