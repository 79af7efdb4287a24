"""Decoding of RBAC and of ValidatingAdmissionPolicies: only what dractl reads."""

from collections.abc import Callable
from typing import Final

from dractl.api.decode_fields import Wire, each, text, texts, within
from dractl.api.decode_shared import cluster_meta, namespaced_meta
from dractl.model.access import (
    AdmissionPolicy,
    AdmissionPolicyBinding,
    Attention,
    PolicyRule,
    Role,
    RoleBinding,
    Subject,
)
from dractl.model.claims import ObjectMeta

_ACCOUNT: Final = "system:serviceaccount:"


def role(document: Wire) -> Role:
    """Read a Role."""
    return _role(document, namespaced_meta)


def cluster_role(document: Wire) -> Role:
    """Read a ClusterRole; of an aggregated one, the server has filled in the rules."""
    return _role(document, cluster_meta)


def role_binding(document: Wire) -> RoleBinding:
    """Read a RoleBinding."""
    return _binding(document, namespaced_meta)


def cluster_role_binding(document: Wire) -> RoleBinding:
    """Read a ClusterRoleBinding."""
    return _binding(document, cluster_meta)


def admission_policy(document: Wire) -> AdmissionPolicy:
    """Read a ValidatingAdmissionPolicy."""
    found = within(
        document,
        "spec",
        lambda spec: within(
            spec, "matchConstraints", lambda it: each(it, "resourceRules", _attention)
        ),
    )
    return AdmissionPolicy(cluster_meta(document), found)


def admission_policy_binding(document: Wire) -> AdmissionPolicyBinding:
    """Read a ValidatingAdmissionPolicyBinding."""
    meta = cluster_meta(document)
    return within(
        document,
        "spec",
        lambda spec: AdmissionPolicyBinding(
            meta,
            text(spec, "policyName"),
            denies="Deny" in texts(spec, "validationActions"),
        ),
    )


def _role(document: Wire, read_meta: Callable[[Wire], ObjectMeta]) -> Role:
    return Role(read_meta(document), each(document, "rules", _rule))


def _rule(source: Wire) -> PolicyRule:
    return PolicyRule(
        texts(source, "verbs"),
        texts(source, "apiGroups"),
        texts(source, "resources"),
        texts(source, "resourceNames"),
    )


def _binding(document: Wire, read_meta: Callable[[Wire], ObjectMeta]) -> RoleBinding:
    meta = read_meta(document)
    subjects = each(document, "subjects", _subject)
    return within(
        document,
        "roleRef",
        lambda source: RoleBinding(
            meta, text(source, "kind"), text(source, "name"), subjects
        ),
    )


def _subject(source: Wire) -> Subject:
    kind, name = text(source, "kind"), text(source, "name")
    namespace = text(source, "namespace")
    if kind == "User" and name.startswith(_ACCOUNT):
        # This is what a service account is called as a user.
        kind = "ServiceAccount"
        namespace, _, name = name.removeprefix(_ACCOUNT).partition(":")
    return Subject(kind, name, namespace if kind == "ServiceAccount" else "")


def _attention(source: Wire) -> Attention:
    return Attention(
        texts(source, "operations"),
        texts(source, "apiGroups"),
        texts(source, "resources"),
    )
