"""What becomes of documents, of what Lists and others carry, and what is said."""

from collections.abc import Mapping
from typing import Any

import pytest

from dractl.conversion.plan import Degree, Outcome, converted
from dractl.conversion.target import Target

OLD = {"name": "gpu", "deviceClassName": "gpu", "count": 2}
NEW = {"name": "gpu", "exactly": {"deviceClassName": "gpu", "count": 2}}


def claim(version: str, *requests: object, name: str = "c") -> dict[str, object]:
    return {
        "apiVersion": f"resource.k8s.io/{version}",
        "kind": "ResourceClaim",
        "metadata": {"name": name},
        "spec": {"devices": {"requests": list(requests)}},
    }


def outcome(document: object, to: str = "v1") -> Outcome:
    (made,) = converted([document], Target.parse(to))
    return made


def only(document: object, to: str = "v1") -> Any:
    (made,) = outcome(document, to).documents
    return made


def refusals(made: Outcome) -> list[str]:
    return [str(each) for each in made.remarks if each.degree is Degree.REFUSED]


def test_a_claim_is_converted() -> None:
    assert only(claim("v1beta1", OLD)) == claim("v1", NEW)
    assert only(claim("v1", NEW), "1.32") == claim("v1beta1", OLD)


@pytest.mark.parametrize(
    "document",
    [
        claim("v1", NEW),
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "kind: ResourceClaim"}},
        {"apiVersion": "example.com/v1", "kind": "Gadget"},
        {
            "apiVersion": "v1",
            "kind": "Event",
            "involvedObject": {
                "apiVersion": "resource.k8s.io/v1beta1",
                "kind": "ResourceClaim",
            },
        },
        {"kind": "List", "apiVersion": "v1", "items": [claim("v1", NEW), None]},
        {"a": 1},
        "text",
        None,
        [],
    ],
)
def test_what_needs_no_change_comes_back_itself(document: object) -> None:
    assert only(document) is document


def test_items_of_lists_are_converted_one_by_one() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod"}
    given = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [pod, claim("v1beta1", OLD), claim("v1", NEW)],
    }

    assert only(given)["items"] == [pod, claim("v1", NEW), claim("v1", NEW)]


def test_an_array_of_objects_is_a_list_too() -> None:
    assert only([claim("v1beta1", OLD)]) == [claim("v1", NEW)]


def test_a_typed_list_changes_with_its_items() -> None:
    item = {"metadata": {"name": "c"}, "spec": {"devices": {"requests": [OLD]}}}
    given = {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaimList",
        "items": [item, claim("v1beta1", OLD)],
    }

    made = only(given)

    assert made["apiVersion"] == "resource.k8s.io/v1"
    assert made["items"] == [
        {"metadata": {"name": "c"}, "spec": {"devices": {"requests": [NEW]}}},
        claim("v1", NEW),
    ]


def test_a_typed_list_stays_if_an_item_must() -> None:
    given = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimList",
        "items": [claim("v1", {"name": "a", "exactly": {}}), claim("v1", NEW)],
    }

    made = outcome(given, "v1beta1")

    assert made.documents == (given,)
    assert made.is_refused


def test_a_list_of_old_classes_becomes_one_of_today() -> None:
    given = {
        "apiVersion": "resource.k8s.io/v1alpha2",
        "kind": "ResourceClassList",
        "items": [{"metadata": {"name": "a"}, "driverName": "gpu.example.com"}],
    }

    made = only(given)

    assert (made["apiVersion"], made["kind"]) == ("v1", "List")
    assert made["items"][0]["kind"] == "DeviceClass"


def test_objects_inside_other_documents_are_converted() -> None:
    def work(inner: Mapping[str, object]) -> dict[str, object]:
        return {
            "apiVersion": "work.open-cluster-management.io/v1",
            "kind": "ManifestWork",
            "spec": {"workload": {"manifests": [inner]}},
        }

    assert only(work(claim("v1beta1", OLD))) == work(claim("v1", NEW))


def test_pods_keep_their_claims_but_not_the_source() -> None:
    def deployment(*claims: object) -> dict[str, object]:
        spec = {"containers": [{"name": "a"}], "resourceClaims": list(claims)}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "spec": {"template": {"spec": spec}},
        }

    old = {"name": "gpu", "source": {"resourceClaimTemplateName": "t"}}
    new = {"name": "gpu", "resourceClaimTemplateName": "t"}

    assert only(deployment(old, new)) == deployment(new, new)


def test_what_cannot_be_expressed_stays_and_the_rest_is_converted() -> None:
    bad = claim("v1", {"name": "a", "exactly": {}}, name="bad")
    given = {"apiVersion": "v1", "kind": "List", "items": [bad, claim("v1", NEW)]}

    made = outcome(given, "v1beta1")

    (document,) = made.documents
    assert isinstance(document, dict)
    assert document["items"] == [bad, claim("v1beta1", OLD)]
    (refusal,) = [each for each in made.remarks if each.degree is Degree.REFUSED]
    assert refusal.steps == ("items", 0)
    assert refusal.path == "spec.devices.requests[0].exactly"
    assert str(refusal).startswith(
        "ResourceClaim bad: spec.devices.requests[0].exactly"
    )


def test_a_kind_that_the_target_lacks_is_refused() -> None:
    rule = {"apiVersion": "resource.k8s.io/v1beta2", "kind": "DeviceTaintRule"}

    assert refusals(outcome(rule, "v1beta1")) == [
        (
            "DeviceTaintRule: apiVersion: cannot be expressed in v1beta1: "
            "DeviceTaintRule has no version there"
        )
    ]
    assert only(rule, "1.33") == {**rule, "apiVersion": "resource.k8s.io/v1alpha3"}


def test_fields_that_a_release_lacks_are_refused() -> None:
    request = {"name": "a", "exactly": {"deviceClassName": "x", "capacity": {"a": "1"}}}

    made = outcome(claim("v1", request), "1.33")

    assert refusals(made) == [
        (
            "ResourceClaim c: spec.devices.requests[0].exactly.capacity: cannot be "
            "expressed in Kubernetes 1.33: came with Kubernetes 1.34"
        )
    ]


def test_defaults_are_written_out_when_asked() -> None:
    given = claim("v1", {"name": "a", "exactly": {"deviceClassName": "x"}})

    (made,) = converted([given], Target.parse("v1"), defaults=True)

    assert made.documents == (
        claim(
            "v1",
            {
                "name": "a",
                "exactly": {
                    "deviceClassName": "x",
                    "allocationMode": "ExactCount",
                    "count": 1,
                },
            },
        ),
    )


def test_versions_on_their_way_out_are_noted() -> None:
    notes = outcome(claim("v1beta1", OLD)).remarks

    assert [(each.degree, each.message) for each in notes] == [
        (
            Degree.NOTE,
            (
                "resource.k8s.io/v1beta1 is deprecated since Kubernetes 1.35 and gone "
                "in 1.38"
            ),
        )
    ]


def test_a_request_for_a_pools_status_has_one_version() -> None:
    request = {
        "apiVersion": "resource.k8s.io/v1alpha3",
        "kind": "ResourcePoolStatusRequest",
    }

    assert only(request, "1.37") is request
    assert outcome(request, "v1").is_refused


def test_an_object_inside_another_cannot_become_several() -> None:
    classes = [
        {
            "apiVersion": "resource.k8s.io/v1alpha2",
            "kind": "ResourceClass",
            "metadata": {"name": "a"},
            "driverName": "x.example.com",
            "parametersRef": {"apiGroup": "x.io", "kind": "P", "name": "p"},
        }
    ]
    parameters = {
        "apiVersion": "x.io/v1",
        "kind": "P",
        "metadata": {"name": "p"},
        "spec": {"partitionSizes": [{"s": "1GB"}, {"m": "2GB"}]},
    }
    holder = {"apiVersion": "a/v1", "kind": "Holder", "object": classes[0]}

    held, taken = converted([holder, parameters], Target.parse("v1"))
    in_list, _ = converted(
        [{"kind": "List", "apiVersion": "v1", "items": classes}, parameters],
        Target.parse("v1"),
    )

    assert held.documents == (holder,)
    assert held.is_refused
    assert taken.documents == ()
    (made,) = in_list.documents
    assert isinstance(made, dict)
    assert [each["metadata"]["name"] for each in made["items"]] == ["a-s", "a-m"]


def test_parameters_stay_if_their_class_must() -> None:
    old_class = {
        "apiVersion": "resource.k8s.io/v1alpha2",
        "kind": "ResourceClass",
        "metadata": {"name": "a"},
        "driverName": "x.example.com",
        "parametersRef": {"apiGroup": "x.io", "kind": "P", "name": "p"},
    }
    parameters = {"apiVersion": "x.io/v1", "kind": "P", "metadata": {"name": "p"}}

    made = converted([old_class, parameters], Target.parse("1.30"))

    assert [each.documents for each in made] == [(old_class,), (parameters,)]
    assert made[0].is_refused
