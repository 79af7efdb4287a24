"""Today's equivalents of legacy documents, and why some have none."""

from collections.abc import Mapping

import pytest

from dractl.legacy import Modern
from tests.legacy.modern import (
    REFERENCE,
    asked,
    modern,
    only,
    parameters,
    resource_class,
)
from tests.legacy.test_found import claim, document, requests

TOLERATION = {"key": "a", "operator": "Exists"}


def test_what_is_of_today_comes_back_itself() -> None:
    given = claim("v1", **requests({"name": "a", "exactly": {}}))

    assert modern(given) == Modern((given,))
    assert modern(given).documents[0] is given


@pytest.mark.parametrize("version", ["v1alpha1", "v1alpha2", "v1beta1", "v1"])
def test_a_class_name_becomes_a_request(version: str) -> None:
    made = only(claim(version, resourceClassName="gpu", allocationMode="Immediate"))

    assert made["apiVersion"] == "resource.k8s.io/v1"
    assert asked(made) == [{"name": "device", "exactly": {"deviceClassName": "gpu"}}]


@pytest.mark.parametrize(
    ("mode", "note"),
    [
        ("Immediate", "allocationMode Immediate has no successor"),
        ("WaitForFirstConsumer", "allocation always waits for the first pod"),
    ],
)
def test_when_to_allocate_is_no_choice_any_more(mode: str, note: str) -> None:
    made = modern(claim("v1alpha2", resourceClassName="gpu", allocationMode=mode))

    assert note in made.notes[0]


def test_tolerations_move_to_the_request() -> None:
    given = claim("v1alpha2", resourceClassName="gpu", tolerations=[TOLERATION])

    assert asked(only(given)) == [
        {
            "name": "device",
            "exactly": {"deviceClassName": "gpu", "tolerations": [TOLERATION]},
        }
    ]


@pytest.mark.parametrize(
    ("version", "request_"),
    [
        ("v1", {"name": "a", "exactly": {"deviceClassName": "x"}}),
        ("v1beta1", {"name": "a", "deviceClassName": "x"}),
    ],
)
def test_tolerations_move_to_every_request_that_is_there(
    version: str, request_: dict[str, object]
) -> None:
    either = {"name": "b", "firstAvailable": [{"name": "c", "deviceClassName": "y"}]}
    given = claim(version, **requests(request_, either), tolerations=[TOLERATION])

    assert asked(only(given)) == [
        {
            "name": "a",
            "exactly": {"deviceClassName": "x", "tolerations": [TOLERATION]},
        },
        {
            "name": "b",
            "firstAvailable": [
                {"name": "c", "deviceClassName": "y", "tolerations": [TOLERATION]}
            ],
        },
    ]


def test_preferences_become_alternatives() -> None:
    preferences = [
        {"class": "nvidia-a100", "count": 1},
        {"class": "Nvidia.V100"},
        {"deviceClassName": "nvidia-v100"},
    ]

    made = modern(claim("v1", resourceClassName="g", devicePreferences=preferences))

    assert asked(made.documents[0]) == [
        {
            "name": "device",
            "firstAvailable": [
                {"name": "nvidia-a100", "deviceClassName": "nvidia-a100", "count": 1},
                {"name": "nvidia-v100", "deviceClassName": "Nvidia.V100", "count": 1},
                {"name": "nvidia-v100-2", "deviceClassName": "nvidia-v100", "count": 1},
            ],
        }
    ]
    assert made.notes == (
        "resourceClassName g is dropped: each alternative names its own class",
    )


@pytest.mark.parametrize("version", ["v1beta2", "v1alpha2"])
def test_a_template_gets_its_inner_spec(version: str) -> None:
    spec = {"metadata": {"labels": {"a": "b"}}, "resourceClassName": "gpu"}
    given = document("ResourceClaimTemplate", version, spec=spec)

    assert only(given)["spec"] == {
        "metadata": {"labels": {"a": "b"}},
        "spec": {
            "devices": {
                "requests": [{"name": "device", "exactly": {"deviceClassName": "gpu"}}]
            }
        },
    }


def test_a_status_of_the_old_model_is_dropped() -> None:
    given = {
        **claim("v1alpha2", resourceClassName="gpu"),
        "status": {"driverName": "d"},
    }

    made = modern(given)

    assert "status" not in made.documents[0]
    assert made.notes == ("the status is dropped: it is that of the old model",)


def test_the_status_of_a_driver_is_dropped_beside_a_spec() -> None:
    given = {
        **claim("v1", **requests({"name": "a", "exactly": {"deviceClassName": "x"}})),
        "status": {"driverStatus": {"a": 1}, "devices": []},
    }

    made = only(given)

    assert made["status"] == {"devices": []}
    assert asked(made) == [{"name": "a", "exactly": {"deviceClassName": "x"}}]


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        (
            claim("v1", **requests({"name": "a", "deviceClassName": "x", "count": 2})),
            claim(
                "v1",
                **requests(
                    {"name": "a", "exactly": {"deviceClassName": "x", "count": 2}}
                ),
            ),
        ),
        (
            claim("v1beta1", **requests({"name": "a", "exactly": {"count": 2}})),
            claim("v1beta1", **requests({"name": "a", "count": 2})),
        ),
        (
            document(
                "ResourceSlice",
                "v1beta2",
                spec={"devices": [{"name": "d", "basic": {"allNodes": True}}]},
            ),
            document(
                "ResourceSlice",
                "v1beta2",
                spec={"devices": [{"name": "d", "allNodes": True}]},
            ),
        ),
    ],
)
def test_shapes_of_another_version_become_those_of_their_own(
    given: dict[str, object], shape: dict[str, object]
) -> None:
    assert only(given) == shape


def test_the_label_for_admin_access_is_renamed_in_its_place() -> None:
    labels = {"a": "b", "resource.k8s.io/admin-access": "true", "c": "d"}
    given = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"labels": labels}}

    assert list(only(given)["metadata"]["labels"].items()) == [
        ("a", "b"),
        ("resource.kubernetes.io/admin-access", "true"),
        ("c", "d"),
    ]


def test_nodes_of_a_class_are_dropped_with_a_note() -> None:
    given = document(
        "DeviceClass", "v1alpha3", spec={"suitableNodes": {}, "config": []}
    )

    made = modern(given)

    assert made.documents == ({**given, "spec": {"config": []}},)
    assert len(made.notes) == 1


REFUSALS: list[tuple[tuple[Mapping[str, object], ...], str]] = [
    (
        (document("ResourceClaim", status={"driverStatus": {"a": 1}}),),
        "names no driver, pool and device",
    ),
    ((claim("v1alpha2", allocationMode="Immediate"),), "names no class"),
    ((claim("v1", resourceClassName="a", **requests({"name": "b"})),), "both in"),
    ((claim("v1", devicePreferences=[{"count": 1}]),), "[0] names no class"),
    ((claim("v1", devicePreferences=[{"class": "a"}] * 9),), "has 9 entries"),
    ((resource_class(),), "no driverName"),
    ((document("PodSchedulingContext", "v1alpha2"),), "delete it"),
    ((document("ResourceClassParameters", "v1alpha2"),), "ask with CEL"),
    ((document("ResourceSlice", "v1alpha2"),), "no scheduler reads"),
    (
        (document(
            "DeviceTaintRule", "v1alpha3", spec={"deviceSelector": {"selectors": [1]}}
        ),),
        "name driver, pool or device",
    ),
    ((parameters(partitionSizes=[{"a": "1G"}]),), "no ResourceClass here"),
    (
        (
            resource_class(driverName="d.io", parametersRef=REFERENCE),
            parameters(partitionSizes=[{"a": "much"}]),
        ),
        "no amount of memory",
    ),
    (
        (
            resource_class(driverName="d.io", parametersRef=REFERENCE),
            parameters(model="a100"),
        ),
        "which attribute of driver d.io",
    ),
    (
        (
            resource_class(driverName="d.io", parametersRef=REFERENCE),
            parameters(sharing=True),
        ),
        "parameter 'sharing'",
    ),
    (
        (
            claim("v1", resourceClassName="x", parametersRef=REFERENCE),
            parameters(sharing=True),
        ),
        "parameter 'sharing'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "reason"), REFUSALS, ids=[reason for _, reason in REFUSALS]
)
def test_what_has_no_equivalent_is_refused_with_the_reason(
    given: tuple[Mapping[str, object], ...], reason: str
) -> None:
    made = modern(*given)

    assert made.documents == (given[0],)
    assert made.refusal is not None
    assert reason in made.refusal
