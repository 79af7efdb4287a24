"""A field of the wrong type is named, in the v1 spelling; the object is left out."""

import pytest

from dractl.api.decode import Decoded, decode
from dractl.api.problems import Problem

CLAIM = "ResourceClaim"
SLICE = "ResourceSlice"


def nested(path: tuple[str | int, ...], value: object) -> object:
    """Return the value inside the objects and one-item lists of the path."""
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def document(kind: str, **fields: object) -> dict[str, object]:
    group = "" if kind in {"Pod", "Node", "Event"} else "resource.k8s.io/"
    return {
        "apiVersion": f"{group}v1",
        "kind": kind,
        "metadata": {"name": "x"},
        **fields,
    }


REQUEST = ("spec", "devices", "requests", 0)
OPTION = (*REQUEST, "exactly")
DEVICE = ("spec", "devices", 0)
COUNTERS = ("spec", "sharedCounters", 0, "counters")
SCOPE = ("spec", "nodeSelector", "nodeSelectorTerms", 0, "matchFields", 0, "values")
RESULT = ("status", "allocation", "devices", "results", 0)
CONTAINER = ("spec", "containers", 0, "resources")
TERMS = ("spec", "affinity", "nodeAffinity",
         "requiredDuringSchedulingIgnoredDuringExecution")  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "steps", "value", "path"),
    [
        (CLAIM, ("spec",), [], "spec"),
        (CLAIM, ("status",), "x", "status"),
        (CLAIM, ("spec", "devices"), 1, "spec.devices"),
        (CLAIM, REQUEST[:-1], {}, "spec.devices.requests"),
        (CLAIM, REQUEST, None, "spec.devices.requests[0]"),
        (CLAIM, REQUEST, "x", "spec.devices.requests[0]"),
        (CLAIM, (*REQUEST, "name"), 1, "spec.devices.requests[0].name"),
        (CLAIM, OPTION, [], "spec.devices.requests[0].exactly"),
        (CLAIM, (*OPTION, "count"), "1", "spec.devices.requests[0].exactly.count"),
        (CLAIM, (*OPTION, "count"), 1.0, "spec.devices.requests[0].exactly.count"),
        (CLAIM, (*OPTION, "count"), True, "spec.devices.requests[0].exactly.count"),
        (CLAIM, (*OPTION, "count"), 2**63, "spec.devices.requests[0].exactly.count"),
        (CLAIM, (*OPTION, "adminAccess"), "true",
         "spec.devices.requests[0].exactly.adminAccess"),
        (CLAIM, (*OPTION, "selectors", 0, "cel", "expression"), 1,
         "spec.devices.requests[0].exactly.selectors[0].cel.expression"),
        (CLAIM, (*OPTION, "tolerations", 0, "tolerationSeconds"), "5",
         "spec.devices.requests[0].exactly.tolerations[0].tolerationSeconds"),
        (CLAIM, (*OPTION, "capacity", "requests", "memory"), "1Gx",
         'spec.devices.requests[0].exactly.capacity.requests["memory"]'),
        (CLAIM, (*REQUEST, "firstAvailable", 0, "count"), "1",
         "spec.devices.requests[0].firstAvailable[0].count"),
        (CLAIM, ("spec", "devices", "constraints", 0, "requests", 0), 1,
         "spec.devices.constraints[0].requests[0]"),
        (CLAIM, (*RESULT, "device"), 1, "status.allocation.devices.results[0].device"),
        (CLAIM, (*RESULT, "consumedCapacity", "memory"), {},
         'status.allocation.devices.results[0].consumedCapacity["memory"]'),
        (CLAIM, ("status", "reservedFor", 0, "uid"), 1, "status.reservedFor[0].uid"),
        (SLICE, ("spec", "pool", "generation"), "1", "spec.pool.generation"),
        (SLICE, ("spec", "pool"), "p", "spec.pool"),
        (SLICE, DEVICE, "x", "spec.devices[0]"),
        (SLICE, (*DEVICE, "attributes"), [], "spec.devices[0].attributes"),
        (SLICE, (*DEVICE, "attributes", "x"), "y", 'spec.devices[0].attributes["x"]'),
        (SLICE, (*DEVICE, "attributes", "x"), None, 'spec.devices[0].attributes["x"]'),
        (SLICE, (*DEVICE, "attributes", "x", "int"), 1.5,
         'spec.devices[0].attributes["x"].int'),
        (SLICE, (*DEVICE, "attributes", "x", "int"), 2**63,
         'spec.devices[0].attributes["x"].int'),
        (SLICE, (*DEVICE, "attributes", "x", "string"), 1,
         'spec.devices[0].attributes["x"].string'),
        (SLICE, (*DEVICE, "attributes", "x", "bool"), "true",
         'spec.devices[0].attributes["x"].bool'),
        (SLICE, (*DEVICE, "attributes", "x", "version"), "1.0",
         'spec.devices[0].attributes["x"].version'),
        (SLICE, (*DEVICE, "attributes", "x", "ints", 0), "1",
         'spec.devices[0].attributes["x"].ints[0]'),
        (SLICE, (*DEVICE, "capacity", "m", "value"), "1Gx",
         'spec.devices[0].capacity["m"].value'),
        (SLICE, (*DEVICE, "capacity", "m"), "1Gi", 'spec.devices[0].capacity["m"]'),
        (SLICE, (*DEVICE, "capacity", "m", "requestPolicy", "validValues", 0), "x",
         'spec.devices[0].capacity["m"].requestPolicy.validValues[0]'),
        (SLICE, (*DEVICE, "capacity", "m", "requestPolicy", "validRange", "min"), [],
         'spec.devices[0].capacity["m"].requestPolicy.validRange.min'),
        (SLICE, (*COUNTERS, "c", "value"), float("nan"),
         'spec.sharedCounters[0].counters["c"].value'),
        (SLICE, (*COUNTERS, "c", "value"), 1 << 4000,
         'spec.sharedCounters[0].counters["c"].value'),
        (SLICE, (*COUNTERS, "c", "value"), True,
         'spec.sharedCounters[0].counters["c"].value'),
        (SLICE, (*DEVICE, "taints", 0, "key"), 1, "spec.devices[0].taints[0].key"),
        (SLICE, (*SCOPE, 0), 1,
         "spec.nodeSelector.nodeSelectorTerms[0].matchFields[0].values[0]"),
        ("DeviceTaintRule", ("spec", "deviceSelector", "pool"), 1,
         "spec.deviceSelector.pool"),
        ("DeviceTaintRule", ("spec", "taint", "effect"), 1, "spec.taint.effect"),
        ("DeviceClass", ("spec", "config"), {}, "spec.config"),
        ("DeviceClass", ("spec", "selectors", 0, "cel"), 1, "spec.selectors[0].cel"),
        ("ResourceClaimTemplate", ("spec", "metadata", "labels", "a"), 1,
         'spec.metadata.labels["a"]'),
        ("ResourceClaimTemplate", ("spec", "spec", "devices", "requests", 0), 1,
         "spec.spec.devices.requests[0]"),
        ("Pod", (*CONTAINER, "requests", "cpu"), "lots",
         'spec.containers[0].resources.requests["cpu"]'),
        ("Pod", (*CONTAINER, "claims", 0, "name"), 1,
         "spec.containers[0].resources.claims[0].name"),
        ("Pod", (*TERMS, "nodeSelectorTerms", 0, "matchExpressions"), {},
         ".".join(TERMS) + ".nodeSelectorTerms[0].matchExpressions"),
        ("Pod", ("status", "resourceClaimStatuses", 0), [],
         "status.resourceClaimStatuses[0]"),
        ("Node", ("status", "allocatable", "cpu"), "x", 'status.allocatable["cpu"]'),
        ("Node", ("spec", "unschedulable"), 1, "spec.unschedulable"),
        ("Event", ("count",), "x", "count"),
        ("Pod", ("metadata",), {"name": "x", "labels": []}, "metadata.labels"),
        ("Pod", ("metadata", "name"), 5, "metadata.name"),
        ("Pod", ("metadata", "name"), None, "metadata.name"),
        ("Pod", ("metadata",), None, "metadata.name"),
    ],
)  # fmt: skip
def test_the_field_of_the_wrong_type_is_named(
    kind: str, steps: tuple[str | int, ...], value: object, path: str
) -> None:
    field = str(steps[0])

    problem = decode(document(kind, **{field: nested(steps[1:], value)}), "f.yaml:3")

    assert isinstance(problem, Problem)
    assert (problem.kind, problem.path, problem.where) == (kind, path, "f.yaml:3")
    assert len(problem.message) < 120


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (None, ""),
        ([], ""),
        ("text", ""),
        ({}, "kind"),
        ({"kind": "Pod"}, "apiVersion"),
        ({"kind": "", "apiVersion": "v1"}, "kind"),
        ({"kind": ["Pod"], "apiVersion": "v1"}, "kind"),
        ({"kind": "ResourceClaim", "apiVersion": "resource.k8s.io/v9"}, "apiVersion"),
    ],
)
def test_what_is_no_object_is_a_problem(broken: object, path: str) -> None:
    problem = decode(broken)

    assert isinstance(problem, Problem)
    assert problem.path == path


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Deployment", "apps/v1"),
        ("ResourceClaim", "example.com/v1"),
        ("Secret", "v1"),
        ("ResourcePoolStatusRequest", "resource.k8s.io/v1alpha3"),
    ],
)
def test_kinds_that_nothing_reads_are_passed_over(kind: str, version: str) -> None:
    assert decode({"kind": kind, "apiVersion": version, "spec": 1}) is None


def test_null_is_the_same_as_absent() -> None:
    spec = {"devices": {"requests": None, "constraints": None, "config": None}}

    decoded = decode(document(CLAIM, spec=spec, status=None))

    assert isinstance(decoded, Decoded)
    assert decoded == decode(document(CLAIM))


def test_a_configuration_nested_without_end_is_refused() -> None:
    deep: object = {}
    for _ in range(5000):
        deep = [deep]
    config = [{"opaque": {"driver": "d", "parameters": {"x": deep}}}]

    problem = decode(document("DeviceClass", spec={"config": config}))

    assert isinstance(problem, Problem)
    assert problem.path == "spec.config[0].opaque"


def test_a_problem_names_the_object_and_its_place() -> None:
    problem = Problem("Pod", "ns", "p", "spec.x", "must be a string", "f.yaml:3")

    assert str(problem) == "f.yaml:3: Pod ns/p spec.x: must be a string"


@pytest.mark.parametrize("metadata", [{}, {"metadata": None}, {"metadata": ["x"]}])
def test_what_a_capture_says_of_its_cluster_needs_no_metadata(
    metadata: dict[str, object],
) -> None:
    found = decode({"apiVersion": "dractl/v1", "kind": "ClusterInfo", **metadata})
    assert isinstance(found, Decoded | Problem)
