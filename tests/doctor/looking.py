"""Clusters as checks of `doctor` see them, and what one check says of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import CHECKS

Wire = dict[str, Any]

NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
RBAC: Final = "rbac.authorization.k8s.io/v1"
GROUP: Final = "resource.k8s.io"


def case_of(
    documents: Sequence[Wire],
    kubernetes: str | None = "1.36",
    gates: Mapping[str, bool] | None = None,
) -> Case:
    """Return a cluster; every document must be readable."""
    snapshot = Snapshot.from_documents(
        documents, kubernetes=kubernetes, feature_gates=gates
    )
    assert snapshot.problems == ()
    return Case(snapshot, NOW)


def said(code: str, case: Case) -> list[Finding]:
    """Return what a check finds."""
    return [each for each in CHECKS[code].look(case) if isinstance(each, Finding)]


def skipped(code: str, case: Case) -> list[str]:
    """Return why a check could not look."""
    return [each.why for each in CHECKS[code].look(case) if isinstance(each, Skipped)]


def only(code: str, case: Case) -> Finding:
    """Return the one thing that a check finds."""
    (finding,) = said(code, case)
    return finding


def role(name: str, *rules: Wire, namespace: str = "") -> Wire:
    """Return a ClusterRole, or a Role of a namespace."""
    return {
        "apiVersion": RBAC,
        "kind": "Role" if namespace else "ClusterRole",
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        "rules": list(rules),
    }


def rule(verbs: str, *resources: str, group: str = GROUP, names: str = "") -> Wire:
    """Return a rule; verbs and names are words in one text."""
    return {
        "apiGroups": [group],
        "resources": list(resources),
        "verbs": verbs.split(),
        **({"resourceNames": names.split()} if names else {}),
    }


def bound(name: str, *subjects: str, namespace: str = "", kind: str = "") -> Wire:
    """Return a binding of the role of that name; subjects are `User jo`, or
    `ServiceAccount ns/name`."""
    whom = []
    for each in subjects:
        sort, _, called = each.partition(" ")
        at, slash, account = called.partition("/")
        whom.append(
            {"kind": sort, "name": account, "namespace": at}
            if slash and sort == "ServiceAccount"
            else {"kind": sort, "name": called}
        )
    return {
        "apiVersion": RBAC,
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": {
            "name": f"{name}-bound",
            **({"namespace": namespace} if namespace else {}),
        },
        "roleRef": {
            "kind": kind or ("Role" if namespace else "ClusterRole"),
            "name": name,
        },
        "subjects": whom,
    }


def namespace(name: str, **labels: str) -> Wire:
    """Return a namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    }
