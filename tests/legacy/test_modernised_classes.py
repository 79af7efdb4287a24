"""Today's equivalents of classes and of parameters."""

from collections.abc import Mapping
from typing import Any

import pytest

import dractl
from dractl.legacy import Modern, modernised
from tests.legacy.modern import (
    METADATA,
    REFERENCE,
    asked,
    modern,
    only,
    parameters,
    resource_class,
)
from tests.legacy.test_found import claim


def expressions(made: Mapping[str, Any]) -> list[str]:
    return [each["cel"]["expression"] for each in made["spec"]["selectors"]]


@pytest.mark.parametrize(
    "given",
    [
        resource_class(driverName="gpu.example.com"),
        resource_class(spec={"driverName": "gpu.example.com"}),
    ],
)
def test_a_class_selects_the_devices_of_its_driver(given: dict[str, object]) -> None:
    made = only(given)

    assert made == {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": METADATA,
        "spec": {
            "selectors": [{"cel": {"expression": 'device.driver == "gpu.example.com"'}}]
        },
    }


def test_parameters_become_one_class_per_partition_size() -> None:
    sizes = [{"large": "12GB"}, {"small": "3GB"}, {"medium": "6GiB"}]
    given = resource_class(driverName="d.io", parametersRef=REFERENCE)

    made, merged = modernised([given, parameters(partitionSizes=sizes)])

    names = [each["metadata"] for each in made.documents]
    assert names == [{"name": "x-small"}, {"name": "x-medium"}, {"name": "x-large"}]
    texts = [expressions(each)[0] for each in made.documents]
    assert texts[0].split(" &&\n") == [
        'device.driver == "d.io"',
        'has(device.capacity["d.io"].memory)',
        'device.capacity["d.io"].memory.compareTo(quantity("3G")) >= 0',
        'device.capacity["d.io"].memory.compareTo(quantity("6Gi")) < 0',
    ]
    assert merged == Modern((), ("what GpuParameters said is in DeviceClass x now",))


@pytest.mark.parametrize(
    ("gib", "selected"), [(2, []), (3, ["small"]), (6, ["medium"]), (12, ["large"])]
)
def test_each_size_selects_its_own_partitions(gib: int, selected: list[str]) -> None:
    sizes = [{"small": "3Gi"}, {"medium": "6Gi"}, {"large": "12Gi"}]
    given = resource_class(driverName="d.io", parametersRef=REFERENCE)
    classes = modernised([given, parameters(partitionSizes=sizes)])[0].documents
    device = {"driver": "d.io", "attributes": {}, "capacity": {"memory": f"{gib}Gi"}}

    passing: list[str] = []
    for each, name in zip(classes, ("small", "medium", "large"), strict=True):
        text = expressions(each)[0]
        if dractl.compile_selector(text, kubernetes="1.36").matches(device):
            passing.append(name)

    assert passing == selected


def test_a_model_becomes_a_test_of_the_product_name() -> None:
    reference = {**REFERENCE, "apiGroup": "gpu.nvidia.com"}
    given = resource_class(driverName="gpu.nvidia.com", parametersRef=reference)
    said = {
        **parameters(type="nvidia-tesla-a100", count=1),
        "apiVersion": "gpu.nvidia.com/v1",
    }

    made, merged = modernised([given, said])

    (text,) = expressions(made.documents[0])
    selector = dractl.compile_selector(text, kubernetes="1.36")
    device = {"driver": "gpu.nvidia.com", "attributes": {}, "capacity": {}}
    a100 = {"productName": {"string": "NVIDIA A100-SXM4-40GB"}}
    h100 = {"productName": {"string": "NVIDIA H100 80GB HBM3"}}
    assert selector.matches({**device, "attributes": a100})
    assert not selector.matches({**device, "attributes": h100})
    assert not selector.matches(device)
    assert len(made.notes) == 2
    assert merged.documents == ()


def test_parameters_that_are_not_here_are_named() -> None:
    in_class = modern(resource_class(driverName="d.io", parametersRef=REFERENCE))
    in_claim = modern(claim("v1", resourceClassName="x", parametersRef=REFERENCE))

    for made in (in_class, in_claim):
        assert made.refusal is None
        assert made.notes[0].startswith("GpuParameters p is not among the documents")


def test_a_count_among_the_parameters_of_a_claim_is_taken_up() -> None:
    given = claim("v1", resourceClassName="x", parametersRef=REFERENCE)

    made, merged = modernised([given, parameters(count=2)])

    assert asked(made.documents[0]) == [
        {"name": "device", "exactly": {"deviceClassName": "x", "count": 2}}
    ]
    assert merged.documents == ()


def test_parameters_of_what_is_refused_stay() -> None:
    given = resource_class(driverName="d.io", parametersRef=REFERENCE)
    said = parameters(sharing=True)

    assert modernised([given, said])[1] == Modern((said,))
