"""RBAC and admission policies are read as the server has them."""

from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.model.access import Attention, PolicyRule, Request, Subject

RBAC = "rbac.authorization.k8s.io/v1"
GROUP = "resource.k8s.io"


def read(kind: str, api: str = RBAC, **fields: Any) -> Snapshot:
    document = {"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, **fields}
    return Snapshot.from_documents([document])


@pytest.mark.parametrize(
    ("kind", "namespace"), [("Role", "default"), ("ClusterRole", "")]
)
def test_a_role_has_its_rules(kind: str, namespace: str) -> None:
    rule = {
        "apiGroups": [GROUP],
        "resources": ["resourceclaims"],
        "verbs": ["get"],
        "resourceNames": ["a"],
    }
    (role,) = read(kind, rules=[rule, {"nonResourceURLs": ["/x"]}]).roles

    assert (role.kind, role.meta.namespace) == (kind, namespace)
    assert role.rules == (
        PolicyRule(("get",), (GROUP,), ("resourceclaims",), ("a",)),
        PolicyRule(),
    )


@pytest.mark.parametrize(
    ("kind", "namespace"), [("RoleBinding", "default"), ("ClusterRoleBinding", "")]
)
def test_a_binding_names_a_role_and_who_has_it(kind: str, namespace: str) -> None:
    (binding,) = read(
        kind,
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        subjects=[
            {"kind": "Group", "name": "devs"},
            {"kind": "ServiceAccount", "name": "bot", "namespace": "ci"},
        ],
    ).role_bindings

    assert (binding.kind, binding.meta.namespace) == (kind, namespace)
    assert (binding.role_kind, binding.role) == ("Role", "r")
    assert binding.subjects == (
        Subject("Group", "devs"),
        Subject("ServiceAccount", "bot", "ci"),
    )


def test_a_policy_says_what_it_looks_at() -> None:
    rules = [
        {
            "operations": ["CREATE"],
            "apiGroups": [GROUP],
            "resources": ["resourceclaims"],
        }
    ]
    found = read(
        "ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io/v1",
        spec={"matchConstraints": {"resourceRules": rules}},
    )

    (policy,) = found.admission_policies
    assert policy.attention == (Attention(("CREATE",), (GROUP,), ("resourceclaims",)),)


@pytest.mark.parametrize(
    ("actions", "denies"), [(["Deny"], True), (["Warn", "Audit"], False), (None, False)]
)
def test_a_binding_of_a_policy_tells_whether_it_refuses(
    actions: Any, denies: bool
) -> None:
    found = read(
        "ValidatingAdmissionPolicyBinding",
        "admissionregistration.k8s.io/v1",
        spec={"policyName": "p", "validationActions": actions},
    )

    (binding,) = found.admission_bindings
    assert (binding.policy, binding.denies) == ("p", denies)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Role", {"rules": {}}),
        ("Role", {"rules": ["get"]}),
        ("ClusterRole", {"rules": [{"verbs": "get"}]}),
        ("RoleBinding", {"subjects": [None]}),
        ("ClusterRoleBinding", {"roleRef": []}),
        ("ClusterRoleBinding", {"subjects": [{"name": 3}]}),
        ("Role", {"metadata": []}),
    ],
)
def test_one_malformed_object_loses_no_other(kind: str, fields: Any) -> None:
    good = {"apiVersion": RBAC, "kind": "Role", "metadata": {"name": "good"}}
    bad = {"apiVersion": RBAC, "kind": kind, "metadata": {"name": "x"}, **fields}
    found = Snapshot.from_documents([bad, good])

    assert [each.meta.name for each in found.roles] == ["good"]
    assert len(found.problems) == 1


ALL = PolicyRule(("*",), ("*",), ("*",))


@pytest.mark.parametrize(
    ("rule", "request_", "allowed"),
    [
        (ALL, Request("create", "resourceclaims", GROUP), True),
        (ALL, Request("update", "resourceclaims/status", GROUP), True),
        (
            PolicyRule(("get",), (GROUP,), ("resourceclaims",)),
            Request("get", "resourceclaims/status", GROUP),
            False,
        ),
        (
            PolicyRule(("get",), (GROUP,), ("*/status",)),
            Request("get", "resourceclaims/status", GROUP),
            True,
        ),
        (
            PolicyRule(("get",), ("",), ("resourceclaims",)),
            Request("get", "resourceclaims", GROUP),
            False,
        ),
        (
            PolicyRule(("get",), (GROUP,), ("resourceclaims",), ("a",)),
            Request("get", "resourceclaims", GROUP),
            True,
        ),
    ],
)
def test_a_rule_is_for_what_rbac_says(
    rule: PolicyRule, request_: Request, allowed: bool
) -> None:
    assert rule.is_for(request_) is allowed
