"""RBAC: names of classes in roles for claims."""

from dataclasses import replace
from typing import Any, Final

import pytest

import dractl.doctor.checks.access
import dractl.doctor.checks.permissions  # noqa: F401 - enters its checks
from dractl.doctor.case import Given
from tests.doctor.checks.test_access import GRANULAR, HEALTHY, policy
from tests.doctor.looking import (
    GROUP,
    Wire,
    case_of,
    only,
    role,
    rule,
    said,
    skipped,
)
from tests.solver.clusters import claim, gpu_class

SEED: Final = rule(
    "get list create", "resourceclaims", names="standard-gpu standard-fpga"
)


def test_names_of_classes_do_not_restrict_claims() -> None:
    documents = [
        *HEALTHY,
        role("dra-developer", SEED, namespace="team"),
        gpu_class("standard-gpu"),
        gpu_class("big; rm -rf"),
    ]

    found = only("resource-names", case_of(documents))

    assert found.subject == "Role/team/dra-developer"
    assert "as DeviceClasses are called" in found.message
    assert "get, list, create of resourceclaims" in found.message
    assert "create is not allowed at all" in found.message
    wanted: Any = found.evidence["wanted"]
    policy, binding = wanted
    assert "big; rm -rf" in str(policy["spec"]["validations"])
    assert binding["spec"]["validationActions"] == ["Deny"]
    assert found.commands == (
        "dractl render rbac --restrict-class 'big; rm -rf' --only-namespace NAMESPACE",
    )


def test_the_role_of_the_article_is_explained_by_itself() -> None:
    case = case_of([role("dra-developer", SEED, namespace="default")])

    assert "do not restrict classes" in only("resource-names", case).message
    assert skipped("resource-names", case) == []


def test_a_role_in_a_file_is_looked_at_too() -> None:
    written = role("dra-developer", SEED, namespace="team")
    case = replace(
        case_of(HEALTHY), configuration=(Given("a.yaml", written), Given("b", {}))
    )

    found = only("resource-names", case)

    assert (found.subject, found.where) == ("Role/team/dra-developer", "a.yaml")


@pytest.mark.parametrize(
    "harmless",
    [
        rule("get update", "resourceclaims", names="shared-claim"),
        rule("get list watch", "resourceclaims", names="shared-claim"),
        rule("*", "resourceclaims", names="shared-claim"),
        rule("get list create", "resourceclaims"),
        rule("create", "pods", group="", names="standard-gpu"),
        GRANULAR,
    ],
)
def test_names_where_they_mean_something_are_no_mistake(harmless: Wire) -> None:
    assert said("resource-names", case_of([*HEALTHY, role("r", harmless)])) == []


def test_names_of_classes_are_a_mistake_without_create_too() -> None:
    readers = role("r", rule("get list", "resourceclaims", names="gpu"))

    assert (
        "as DeviceClasses are called"
        in only("resource-names", case_of([*HEALTHY, gpu_class(), readers])).message
    )
    assert not said(
        "resource-names", case_of([*HEALTHY, gpu_class(), claim("gpu"), readers])
    )


def test_a_policy_that_looks_at_new_claims_is_told_with_the_mistake() -> None:
    documents = [
        *HEALTHY,
        role("dra-developer", SEED, namespace="team"),
        *policy("CREATE", GROUP, "resourceclaims", "Deny"),
    ]

    found = only("resource-names", case_of(documents))

    assert "ValidatingAdmissionPolicy guard looks at new claims" in found.message
