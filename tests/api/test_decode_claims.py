"""What users ask for and get, read from the wire."""

from typing import Any

import pytest

from dractl.api.decode import Decoded, decode
from dractl.model.claims import (
    Allocation,
    ClaimSpec,
    Condition,
    ConfigResult,
    Constraint,
    ConsumerReference,
    DeviceClass,
    DeviceConfig,
    DeviceResult,
    DeviceStatus,
    ObjectMeta,
    Option,
    OwnerReference,
    Request,
    ResourceClaim,
    ResourceClaimTemplate,
    Toleration,
)
from dractl.model.devices import DeviceId
from dractl.model.quantity import Quantity

Q = Quantity.parse


def read(kind: str, **fields: Any) -> object:
    decoded = decode(
        {
            "apiVersion": "resource.k8s.io/v1",
            "kind": kind,
            "metadata": {"name": "x"},
            **fields,
        }
    )
    assert isinstance(decoded, Decoded)
    return decoded.value


def claim(**fields: Any) -> ResourceClaim:
    value = read("ResourceClaim", **fields)
    assert isinstance(value, ResourceClaim)
    return value


def requests(*wire: dict[str, Any]) -> tuple[Request, ...]:
    return claim(spec={"devices": {"requests": list(wire)}}).spec.requests


@pytest.mark.parametrize(
    ("wire", "option"),
    [
        ({}, Option(None, "", mode="ExactCount", count=1)),
        ({"deviceClassName": "c"}, Option(None, "c")),
        ({"count": 0}, Option(None, "", count=1)),
        ({"count": 3}, Option(None, "", count=3)),
        ({"count": -1}, Option(None, "", count=-1)),
        ({"allocationMode": ""}, Option(None, "")),
        ({"allocationMode": "All"}, Option(None, "", mode="All", count=0)),
        ({"allocationMode": "new"}, Option(None, "", mode="new", count=0)),
        ({"adminAccess": False}, Option(None, "", admin_access=False)),
        ({"selectors": [{}]}, Option(None, "", selectors=(None,))),
        ({"selectors": [{"cel": {}}]}, Option(None, "", selectors=("",))),
        (
            {"selectors": [{"cel": {"expression": "true"}}]},
            Option(None, "", selectors=("true",)),
        ),
        ({"capacity": {}}, Option(None, "", capacity={})),
        (
            {"capacity": {"requests": {"m": "1Gi"}}},
            Option(None, "", capacity={"m": Q("1Gi")}),
        ),
        (
            {"tolerations": [{"key": "k"}]},
            Option(None, "", tolerations=(Toleration("k", "Equal"),)),
        ),
    ],
)
def test_a_request_gets_the_defaults_of_the_server(
    wire: dict[str, Any], option: Option
) -> None:
    assert requests({"name": "r", "exactly": wire}) == (Request("r", (option,)),)


def test_alternatives_come_in_order_and_never_with_admin_access() -> None:
    alternatives = [
        {"name": "big", "deviceClassName": "a", "adminAccess": True},
        {"name": "small", "deviceClassName": "b", "count": 2},
    ]

    assert requests({"name": "r", "firstAvailable": alternatives}) == (
        Request("r", (Option("big", "a"), Option("small", "b", count=2)), True),
    )


def test_a_request_of_an_unknown_type_has_no_options() -> None:
    assert requests({"name": "r", "someday": {}}) == (Request("r", ()),)


def test_constraints_and_configuration_are_read() -> None:
    opaque = {"driver": "d", "parameters": {"a": [1, {"b": None}]}}
    spec = claim(
        spec={
            "devices": {
                "constraints": [
                    {"requests": ["a"], "matchAttribute": "x/y"},
                    {"distinctAttribute": "x/z"},
                ],
                "config": [{"requests": ["a", "b/c"], "opaque": opaque}],
            }
        }
    ).spec

    assert spec == ClaimSpec(
        constraints=(Constraint(("a",), "x/y"), Constraint((), None, "x/z")),
        config=(DeviceConfig({"opaque": opaque}, ("a", "b/c")),),
    )


def test_an_allocation_is_read_with_its_devices() -> None:
    result = {
        "request": "r/s",
        "driver": "d",
        "pool": "p/q",
        "device": "x",
        "adminAccess": True,
        "tolerations": [{"operator": "Exists", "tolerationSeconds": 0}],
        "bindingConditions": ["a/b"],
        "bindingFailureConditions": ["a/c"],
        "shareID": "s",
        "consumedCapacity": {"m": "1Gi"},
    }
    config = {"source": "FromClass", "requests": ["r"], "opaque": {"driver": "d"}}
    status = {
        "allocation": {
            "devices": {"results": [result], "config": [config]},
            "allocationTimestamp": "2026-01-01T00:00:00Z",
        },
        "reservedFor": [{"resource": "pods", "name": "p", "uid": "u"}],
        "devices": [
            {
                "driver": "d",
                "pool": "p/q",
                "device": "x",
                "conditions": [{"type": "Ready", "status": "True"}],
            }
        ],
    }

    assert claim(status=status) == ResourceClaim(
        meta=ObjectMeta("x", "default"),
        spec=ClaimSpec(),
        allocation=Allocation(
            results=(
                DeviceResult(
                    request="r/s",
                    device=DeviceId("d", "p/q", "x"),
                    admin_access=True,
                    tolerations=(Toleration("", "Exists", seconds=0),),
                    binding_conditions=("a/b",),
                    binding_failure_conditions=("a/c",),
                    share_id="s",
                    consumed_capacity={"m": Q("1Gi")},
                ),
            ),
            config=(ConfigResult("FromClass", ("r",), {"opaque": {"driver": "d"}}),),
            timestamp="2026-01-01T00:00:00Z",
        ),
        reserved_for=(ConsumerReference("pods", "p", "u"),),
        devices=(
            DeviceStatus(
                DeviceId("d", "p/q", "x"), conditions=(Condition("Ready", "True"),)
            ),
        ),
    )


def test_an_empty_allocation_is_an_allocation() -> None:
    assert claim(status={"allocation": {}}).allocation == Allocation()


def test_metadata_is_read() -> None:
    metadata = {
        "name": "x",
        "namespace": "ns",
        "uid": "u",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "deletionTimestamp": "2026-01-02T00:00:00Z",
        "labels": {"a": "b"},
        "annotations": {"c": ""},
        "ownerReferences": [{"kind": "Pod", "name": "p", "controller": True}],
        "finalizers": ["f"],
        "managedFields": [{"anything": 1}],
    }

    assert claim(metadata=metadata).meta == ObjectMeta(
        name="x",
        namespace="ns",
        uid="u",
        creation_timestamp="2026-01-01T00:00:00Z",
        deletion_timestamp="2026-01-02T00:00:00Z",
        labels={"a": "b"},
        annotations={"c": ""},
        owners=(OwnerReference("Pod", "p", "", True),),
        finalizers=("f",),
    )


def test_a_name_that_is_yet_to_be_made_ends_in_a_star() -> None:
    meta = claim(metadata={"generateName": "train-"}).meta

    assert (meta.name, meta.generate_name) == ("train-*", "train-")


def test_a_template_says_what_its_claims_carry() -> None:
    spec = {
        "metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}},
        "spec": {"devices": {"requests": [{"name": "r", "exactly": {}}]}},
    }

    assert read("ResourceClaimTemplate", spec=spec) == ResourceClaimTemplate(
        ObjectMeta("x", "default"),
        ClaimSpec(requests=(Request("r", (Option(None, ""),)),)),
        {"a": "b"},
        {"c": "d"},
    )


def test_a_class_is_read() -> None:
    spec = {
        "selectors": [{"cel": {"expression": "true"}}],
        "config": [{"opaque": {"driver": "d", "parameters": {}}}],
        "extendedResourceName": "example.com/gpu",
        "suitableNodes": {"gone": "since 1.32"},
    }

    assert read("DeviceClass", spec=spec) == DeviceClass(
        "x",
        ("true",),
        (DeviceConfig({"opaque": {"driver": "d", "parameters": {}}}),),
        "example.com/gpu",
    )
