"""Who may do what: names, and a cluster of many namespaces."""

import time
from typing import Final

import pytest

import dractl.doctor.checks.access  # noqa: F401 - enters its checks
from dractl.doctor.case import Case
from dractl.doctor.registry import CHECKS
from dractl.model.access import Request, Subject
from tests.doctor.looking import GROUP, Wire, bound, case_of, namespace, role, rule

CODES: Final = ("admin-access-creators", "admin-access-labellers")
JO: Final = Subject("User", "jo")


def may(names: str, asked: str | None, verb: str = "get") -> bool:
    documents = [
        role("r", rule("get create", "resourceclaims", names=names)),
        bound("r", "User jo"),
    ]
    request = Request(verb, "resourceclaims", GROUP, asked)
    return case_of(documents).grants.may(JO, request)


@pytest.mark.parametrize(
    ("names", "asked", "allowed"),
    [
        ("", "a", True),
        ("", "", True),
        ("", None, True),
        ("a b", "a", True),
        ("a b", "c", False),
        ("a b", "", False),
        ("a b", None, True),
    ],
)
def test_names_restrict_to_objects(
    names: str, asked: str | None, allowed: bool
) -> None:
    assert may(names, asked) is allowed


def test_a_request_to_create_has_no_name() -> None:
    assert not may("standard-gpu", "", "create")


def test_a_role_is_one_of_the_namespace_of_its_binding() -> None:
    documents = [
        role("r", rule("get", "resourceclaims"), namespace="a"),
        bound("r", "User jo", namespace="b"),
        bound("r", "User jo"),
    ]
    grants = case_of(documents).grants
    request = Request("get", "resourceclaims", GROUP)

    assert not grants.may(JO, request)
    assert grants.within("b", request) == ()


def crowded(number: int) -> Case:
    """Return a cluster in which every namespace has an owner and a label."""
    documents: list[Wire] = []
    for each in range(number):
        at = f"n{each}"
        own = rule("patch", "namespaces", group="", names=at)
        label = {"resource.kubernetes.io/admin-access": "true"}
        documents += [
            namespace(at, **label),
            role("owner", own, rule("create", "resourceclaims"), namespace=at),
            bound("owner", f"User u{each}", namespace=at),
            role(f"role-{at}", rule("get", "pods", group="")),
            bound(f"role-{at}", f"ServiceAccount {at}/bot"),
        ]
    return case_of(documents)


def test_many_namespaces_are_no_long_wait() -> None:
    case = crowded(2000)
    start = time.process_time()
    found = [each for code in CODES for each in CHECKS[code].look(case)]

    # 0.1 s; it was a minute while every binding asked its role about every namespace.
    assert time.process_time() - start < 2
    assert len(found) == 2001
