import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

import jsonschema
import pytest

from dractl.model.cluster import GATES
from dractl.sources.schemas import known, schema, schema_path
from tests.batches import batched
from tests.scenarios import SHARED, needs_shared

VECTORS = SHARED / "vectors/manifests.jsonl"
# 1.36 lets a second slash pass unseen; 1.37 and these schemas refuse it.
PASSED_UNSEEN = {"claim/distinct-slash2", "slice/attr-name-two-slash"}
KINDS = known()


def load(version: str, kind: str) -> Mapping[str, Any]:
    found = schema(kind, version)
    assert found is not None
    return found


def errors(manifest: Mapping[str, Any]) -> list[str]:
    version = str(manifest["apiVersion"]).rpartition("/")[2]
    found = load(version, str(manifest["kind"]))
    validator = jsonschema.Draft202012Validator(found)
    return [each.json_path for each in validator.iter_errors(manifest)]


def properties(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, each in [("", found), *found["$defs"].items()]:
        for key, value in each.get("properties", {}).items():
            yield f"{name}.{key}", value


def recorded() -> Iterator[dict[str, Any]]:
    for line in VECTORS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["id"] not in PASSED_UNSEEN and _has_schema(row["manifest"]):
            yield row


def _has_schema(manifest: Mapping[str, Any]) -> bool:
    group, _, version = str(manifest.get("apiVersion")).partition("/")
    is_ours = group == "resource.k8s.io"
    return is_ours and schema_path(str(manifest.get("kind")), version) is not None


def claim(request: object, version: str = "v1") -> Mapping[str, Any]:
    return {
        "apiVersion": f"resource.k8s.io/{version}",
        "kind": "ResourceClaim",
        "metadata": {"name": "gpu", "namespace": "default"},
        "spec": {"devices": {"requests": [request]}},
    }


EXACTLY = {"deviceClassName": "gpu.nvidia.com", "count": 2}


def test_every_kind_and_version_that_was_served_has_a_schema() -> None:
    four = ["deviceclass", "resourceclaim", "resourceclaimtemplate", "resourceslice"]
    rule, question = "devicetaintrule", "resourcepoolstatusrequest"
    assert [
        *(("v1", kind) for kind in sorted([*four, rule])),
        *(
            ("v1alpha3", kind)
            for kind in sorted([*four, rule, question, "podschedulingcontext"])
        ),
        *(("v1beta1", kind) for kind in four),
        *(("v1beta2", kind) for kind in sorted([*four, rule])),
    ] == KINDS


@pytest.mark.parametrize(("version", "kind"), KINDS)
def test_a_schema_is_one(version: str, kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(load(version, kind))


@pytest.mark.parametrize(("version", "kind"), KINDS)
def test_every_field_is_described_and_dated(version: str, kind: str) -> None:
    found = list(properties(load(version, kind)))
    bare = [
        name
        for name, each in found
        if not each.get("description") or not each.get("x-since", "").startswith("1.3")
    ]
    assert found
    assert bare == []


@pytest.mark.parametrize(("version", "kind"), KINDS)
def test_gates_are_known_ones(version: str, kind: str) -> None:
    gates = {each.get("x-gate") for _, each in properties(load(version, kind))}
    assert gates - {None} <= GATES.keys()


def test_a_kind_that_never_was_has_none() -> None:
    assert schema("DeviceTaintRule", "v1beta1") is None
    assert schema("ResourceClaim", "../v1") is None


def test_a_field_says_since_when_and_under_which_gate() -> None:
    request = load("v1beta1", "resourceclaim")["$defs"]["DeviceRequest"]["properties"]
    assert request["firstAvailable"]["x-since"] == "1.33"
    assert request["firstAvailable"]["x-gate"] == "DRAPrioritizedList"
    device = load("v1beta1", "resourceslice")["$defs"]["BasicDevice"]["properties"]
    assert device["nodeAllocatableResourceMappings"]["x-until"] == "1.36"


@needs_shared
@batched(recorded(), ids=itemgetter("id"))
def test_what_the_server_takes_passes_and_what_it_cannot_decode_does_not(
    row: dict[str, Any],
) -> None:
    found = errors(row["manifest"])
    if row["verdict"]["code"] == 201:
        assert found == []
    if row["verdict"]["code"] == 400:
        assert found != []


@pytest.mark.parametrize(
    ("request_", "version"),
    [
        ({"name": "gpu", "exactly": EXACTLY}, "v1"),
        ({"name": "gpu", "exactly": EXACTLY, "firstAvailable": []}, "v1beta2"),
        ({"name": "gpu", "firstAvailable": [{"name": "a", **EXACTLY}]}, "v1beta1"),
        ({"name": "gpu", **EXACTLY, "tolerations": None}, "v1beta1"),
    ],
)
def test_a_request_in_the_spelling_of_its_version_passes(
    request_: object, version: str
) -> None:
    assert errors(claim(request_, version)) == []


@pytest.mark.parametrize(
    ("request_", "version"),
    [
        ({"name": "gpu", **EXACTLY}, "v1"),
        ({"name": "gpu", "exactly": EXACTLY}, "v1beta1"),
        ({"name": "gpu"}, "v1"),
        ({"name": "GPU", "exactly": EXACTLY}, "v1"),
        ({"name": "gpu", "exactly": {**EXACTLY, "count": "2"}}, "v1"),
        ({"name": "gpu", "exactly": {**EXACTLY, "count": -1}}, "v1"),
        ({"name": "gpu", "exactly": {**EXACTLY, "allocationMode": "All"}}, "v1"),
        ({"name": "gpu", "exactly": {**EXACTLY, "allocationMode": "Some"}}, "v1"),
        ({"name": "gpu", "exactly": {**EXACTLY, "selector": []}}, "v1"),
        (
            {"name": "gpu", "exactly": EXACTLY, "firstAvailable": [{"name": "a"}]},
            "v1",
        ),
    ],
)
def test_a_request_that_no_server_takes_does_not_pass(
    request_: object, version: str
) -> None:
    assert errors(claim(request_, version)) != []
