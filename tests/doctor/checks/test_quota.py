"""Quotas on devices, and admin access."""

from typing import Any, Final

import pytest

import dractl.doctor.checks.admin
import dractl.doctor.checks.quota  # noqa: F401 - enters its checks
from dractl.rules.registry import Severity
from tests.doctor.looking import Wire, case_of, namespace, only, said, skipped
from tests.solver.clusters import claim, given, gpu_class, template, wish

OF_CLASS: Final = "gpu.deviceclass.resource.k8s.io/devices"
OBJECTS: Final = "count/resourceclaims.resource.k8s.io"
LABEL: Final = "resource.kubernetes.io/admin-access"


def quota(hard: Wire, used: Wire | None = None) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q", "namespace": "team"},
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": used or {}},
    }


def refusal(name: str) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "team"},
        "involvedObject": {"kind": "Job", "name": "train", "namespace": "team"},
        "reason": "FailedCreate",
        "message": f'claims "x" is forbidden: exceeded quota: {name}, requested: a=1',
    }


@pytest.mark.parametrize(
    "key", [OF_CLASS, OBJECTS, "requests.deviceclass.resource.kubernetes.io/gpu",
            "requests.example.com/gpu"],
)  # fmt: skip
def test_a_quota_that_is_used_up(key: str) -> None:
    known = gpu_class(extendedResourceName="example.com/gpu")
    documents = [known, quota({key: "4"}, {key: "4"})]

    found = only("quota-exhausted", case_of(documents))

    assert (found.severity, found.subject) == (Severity.INFO, "ResourceQuota/team/q")
    assert f"4 of {key}" in found.message


def test_a_quota_that_has_refused_something_is_a_warning() -> None:
    documents = [quota({OF_CLASS: "4"}, {OF_CLASS: "4"}), refusal("q")]

    found = only("quota-exhausted", case_of(documents))

    assert found.severity is Severity.WARNING
    assert "Job train" in found.message


@pytest.mark.parametrize(
    ("hard", "used"),
    [
        ({OF_CLASS: "4"}, {OF_CLASS: "3"}),
        ({OF_CLASS: "4"}, {}),
        ({OF_CLASS: "0"}, {OF_CLASS: "0"}),
        ({"cpu": "4"}, {"cpu": "4"}),
        ({"requests.example.com/fpga": "4"}, {"requests.example.com/fpga": "4"}),
    ],
)
def test_a_quota_with_room_or_for_other_things(hard: Any, used: Any) -> None:
    assert said("quota-exhausted", case_of([gpu_class(), quota(hard, used)])) == []


def test_a_quota_of_another_name_has_refused_nothing() -> None:
    documents = [quota({OF_CLASS: "4"}, {OF_CLASS: "4"}), refusal("q2")]

    assert only("quota-exhausted", case_of(documents)).severity is Severity.INFO


BY_NAME: Final = gpu_class(extendedResourceName="example.com/gpu")


def test_a_quota_that_counts_half() -> None:
    found = only("quota-one-key", case_of([BY_NAME, quota({OF_CLASS: "4"})]))

    assert found.evidence["missing"] == "requests.example.com/gpu"


@pytest.mark.parametrize(
    ("device_class", "hard", "gate"),
    [
        (BY_NAME, {OF_CLASS: "4", "requests.example.com/gpu": "4"}, True),
        (BY_NAME, {"requests.example.com/gpu": "4"}, True),
        (gpu_class(), {OF_CLASS: "4"}, True),
        (BY_NAME, {OF_CLASS: "4"}, False),
        (BY_NAME, {"cpu": "4"}, True),
    ],
)
def test_a_quota_that_counts_all(device_class: Wire, hard: Any, gate: bool) -> None:
    case = case_of([device_class, quota(hard)], gates={"DRAExtendedResource": gate})

    assert said("quota-one-key", case) == []


def test_two_quotas_may_share_the_keys() -> None:
    other = quota({"requests.example.com/gpu": "4"})
    other["metadata"]["name"] = "q2"

    assert (
        said("quota-one-key", case_of([BY_NAME, quota({OF_CLASS: "4"}), other])) == []
    )


@pytest.mark.parametrize(
    "key",
    [
        "gqu.deviceclass.resource.k8s.io/devices",
        "requests.deviceclass.resource.kubernetes.io/gqu",
    ],
)
def test_a_quota_on_a_class_that_is_not_there(key: str) -> None:
    found = only("quota-unknown-class", case_of([gpu_class(), quota({key: "4"})]))

    assert "class gqu, which does not exist; there is gpu" in found.message


def test_a_quota_on_a_class_that_is_there() -> None:
    assert (
        said("quota-unknown-class", case_of([gpu_class(), quota({OF_CLASS: "4"})]))
        == []
    )


def test_without_classes_nothing_is_said_of_them() -> None:
    case = case_of([quota({OF_CLASS: "4"})])

    assert said("quota-unknown-class", case) == []
    assert skipped("quota-unknown-class", case) == ["the source has no DeviceClass"]


def with_admin(**status: Any) -> Wire:
    return claim("look", wish(adminAccess=True), **status)


def test_claims_with_admin_access_are_told() -> None:
    status = given("gpu-0", "n1")
    status["allocation"]["devices"]["results"][0]["adminAccess"] = True
    case = case_of([with_admin(status=status), namespace("default", **{LABEL: "true"})])

    found = only("admin-access-in-use", case)

    assert (found.severity, found.subject) == (Severity.INFO, "Namespace/default")
    assert said("admin-access-unlabelled", case) == []


def test_namespaces_that_allow_it_are_listed() -> None:
    spaces = [
        namespace("monitoring", **{LABEL: "true"}),
        namespace("other", **{LABEL: "false"}),
        namespace("old", **{"resource.k8s.io/admin-access": "true"}),
    ]

    allowed, old = said("admin-access-allowed", case_of(spaces))

    assert allowed.message == "claims with admin access are allowed in monitoring"
    assert old.evidence["namespaces"] == ["old"]
    assert said("admin-access-allowed", case_of(spaces[1:2])) == []
    (of_1_33,) = said("admin-access-allowed", case_of(spaces, "1.33"))
    assert of_1_33.evidence["namespaces"] == ["old"]


def test_claims_without_it_are_not() -> None:
    case = case_of([claim("c", status=given("gpu-0", "n1")), namespace("default")])

    assert said("admin-access-in-use", case) == []
    assert said("admin-access-unlabelled", case) == []


@pytest.mark.parametrize(
    "asking", [with_admin(), template("t", wish(adminAccess=True))]
)
@pytest.mark.parametrize(
    "labels", [{}, {LABEL: "false"}, {"resource.k8s.io/admin-access": "true"}]
)
def test_admin_access_where_no_label_allows_it(asking: Wire, labels: Any) -> None:
    case = case_of([asking, namespace("default", **labels)])

    found = only("admin-access-unlabelled", case)

    assert found.commands == (f"kubectl label namespace default {LABEL}=true",)


def test_a_namespace_that_is_not_known_may_have_the_label() -> None:
    case = case_of([with_admin()])

    assert said("admin-access-unlabelled", case) == []
    assert skipped("admin-access-unlabelled", case) == ["the source has no Namespace"]


def test_before_1_33_no_label_was_needed() -> None:
    case = case_of(
        [with_admin(), namespace("default")], "1.32", {"DRAAdminAccess": True}
    )

    assert said("admin-access-unlabelled", case) == []
