"""Who may do what is captured by names, rules and subjects only."""

import json
from typing import Any, Final

from dractl.capture.clean import clean
from dractl.capture.redaction import redacted

RBAC: Final = "rbac.authorization.k8s.io/v1"
GROUP: Final = "resource.k8s.io"


def role(*rules: Any, kind: str = "Role", name: str = "devs") -> dict[str, Any]:
    about = {"name": name, **({"namespace": "acme"} if kind == "Role" else {})}
    return {"apiVersion": RBAC, "kind": kind, "metadata": about, "rules": list(rules)}


def rule(group: str, resource: str, *names: str) -> dict[str, Any]:
    found = {"apiGroups": [group], "resources": [resource], "verbs": ["get"]}
    return {**found, **({"resourceNames": list(names)} if names else {})}


def test_only_rules_about_devices_claims_and_namespaces_stay() -> None:
    kept = [
        rule(GROUP, "resourceclaims", "a"),
        rule("*", "pods"),
        rule("", "namespaces"),
        rule("", "*"),
    ]
    others = [rule("", "secrets", "PLANTED"), rule("apps", "deployments"), None, "x"]

    cleaned = clean(role(*others, *kept))

    assert cleaned is not None
    assert cleaned["rules"] == kept


def test_a_policy_keeps_what_it_looks_at_and_not_what_it_says() -> None:
    looked_at = {
        "apiGroups": [GROUP],
        "operations": ["CREATE"],
        "resources": ["resourceclaims"],
    }
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "p"},
        "spec": {
            "matchConstraints": {"resourceRules": [{**looked_at, "scope": "*"}]},
            "validations": [{"expression": "PLANTED"}],
            "variables": [{"name": "x", "expression": "PLANTED"}],
        },
    }

    cleaned = clean(policy)

    assert "PLANTED" not in json.dumps(cleaned)
    assert cleaned is not None
    assert cleaned["spec"]["matchConstraints"]["resourceRules"] == [looked_at]


def test_users_accounts_and_roles_get_other_names_that_go_together() -> None:
    documents = [
        role(rule(GROUP, "resourceclaims", "standard-gpu"), name="acme-devs"),
        {
            "apiVersion": RBAC,
            "kind": "RoleBinding",
            "metadata": {"name": "acme-bound", "namespace": "acme"},
            "roleRef": {"kind": "Role", "name": "acme-devs"},
            "subjects": [
                {"kind": "User", "name": "jo@acme.example"},
                {"kind": "Group", "name": "system:authenticated"},
                {"kind": "ServiceAccount", "name": "acme-bot", "namespace": "acme"},
            ],
        },
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p", "namespace": "acme"},
            "spec": {"serviceAccountName": "acme-bot", "containers": []},
        },
    ]

    done = redacted(documents).documents

    text = json.dumps(done)
    assert "acme" not in text
    assert "system:authenticated" in text
    granted, bound, pod = done
    assert bound["roleRef"]["name"] == granted["metadata"]["name"]
    assert bound["subjects"][2]["name"] == pod["spec"]["serviceAccountName"]
    assert granted["rules"][0]["resourceNames"] == ["standard-gpu"]


def test_service_accounts_that_are_named_as_users_get_other_names() -> None:
    names = [
        "system:serviceaccount:acme:jane",
        "system:serviceaccounts:acme",
        "system:serviceaccounts:",
        "system:serviceaccounts",
        "system:authenticated",
        "system:serviceaccount:kube-system:scheduler",
    ]
    binding = {
        "apiVersion": RBAC,
        "kind": "RoleBinding",
        "metadata": {"name": "b", "namespace": "acme"},
        "roleRef": {"kind": "Role", "name": "devs"},
        "subjects": [{"kind": "User", "name": each} for each in names],
    }

    (done,) = redacted([binding]).documents

    text = json.dumps(done)
    assert "acme" not in text
    assert "jane" not in text
    space = done["metadata"]["namespace"]
    kept = [each["name"] for each in done["subjects"]]
    assert kept[0].startswith(f"system:serviceaccount:{space}:")
    assert kept[1:5] == [f"system:serviceaccounts:{space}", *names[2:5]]
    assert kept[5].startswith("system:serviceaccount:kube-system:")
