"""Who may do what, as far as RBAC tells: other authorizers may allow more.

Who may do anything is left out, and so is the control plane: nobody is helped by a list
of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.diagnose.words import listed
from dractl.model.access import Request, Role, RoleBinding, Subject
from dractl.model.cluster_info import Gap

_API: Final = "rbac.authorization.k8s.io"
_SYSTEM: Final = "system:"
_CONTROL_PLANE: Final = "kube-system"
_BROAD: Final = frozenset({
    Subject("Group", "system:authenticated"),
    Subject("Group", "system:unauthenticated"),
    Subject("Group", "system:serviceaccounts"),
    Subject("User", "system:anonymous"),
})  # fmt: skip
_OF_NAMESPACE: Final = "system:serviceaccounts:"
_SOME: Final = "*"  # no object can be called so
_KINDS: Final = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")


class Grant(NamedTuple):
    """That somebody may do something, and what says so."""

    subject: Subject
    role: str
    binding: str

    @property
    def is_broad(self) -> bool:
        """Whether everybody has it, or every workload."""
        return self.subject in _BROAD


@dataclass(frozen=True)
class Grants:
    """The roles and bindings of a cluster."""

    snapshot: Snapshot

    def lack(self) -> str:
        """Return why not all of it is known; "": it is."""
        info = self.snapshot.info
        # Most often all of them lack for one reason.
        alike: dict[Gap, list[str]] = {}
        for gap in filter(None, map(info.gap, _KINDS)):
            reason = replace(gap, kind="", resource="", group="", needs="")
            alike.setdefault(reason, []).append(gap.resource)
        if alike:
            return "; ".join(
                str(replace(gap, resource=", ".join(each)))
                for gap, each in alike.items()
            )
        has_read = info.has_read("ClusterRoleBinding", _API)
        is_there = has_read or bool(self.snapshot.role_bindings)
        return "" if is_there else "the source has no ClusterRoleBinding"

    @property
    def knows_cluster(self) -> bool:
        """Whether it is known who may do something in all namespaces."""
        gaps = map(self.snapshot.info.gap, ("ClusterRole", "ClusterRoleBinding"))
        bindings = self.snapshot.role_bindings
        return not any(gaps) and any(not each.meta.namespace for each in bindings)

    def everywhere(self, *requests: Request) -> tuple[Grant, ...]:
        """Return who may do any of it in all namespaces, or with what is in none."""
        return self._found(self._of_cluster, requests)

    def within(self, namespace: str, *requests: Request) -> tuple[Grant, ...]:
        """Return who may do any of it in a namespace by what is bound there."""
        return self._found(self._of_namespaces.get(namespace, ()), requests)

    def may(self, subject: Subject, *requests: Request) -> bool:
        """Tell whether somebody may do one of these things in all namespaces."""
        those = self._holders(requests)
        return subject in those or _has_group(subject, those)

    @property
    def namespaces(self) -> Iterable[str]:
        """The namespaces that have bindings of their own."""
        return self._of_namespaces

    def _holders(self, requests: tuple[Request, ...]) -> frozenset[Subject]:
        """Return all who may do any of it in all namespaces."""
        known = self._known_holders
        if requests not in known:
            known[requests] = frozenset(
                subject
                for binding in self._of_cluster
                if self._allows(binding, requests)
                for subject in binding.subjects
            )
        return known[requests]

    @cached_property
    def _known_holders(self) -> dict[tuple[Request, ...], frozenset[Subject]]:
        return {}

    def _found(
        self, bindings: Sequence[RoleBinding], requests: tuple[Request, ...]
    ) -> tuple[Grant, ...]:
        found: dict[Subject, Grant] = {}
        for binding in bindings:
            if self._allows(binding, requests):
                for subject in binding.subjects:
                    grant = Grant(
                        subject,
                        f"{binding.role_kind} {binding.role}",
                        f"{binding.kind} {'/'.join(filter(None, binding.meta.key))}",
                    )
                    found.setdefault(subject, grant)
        return tuple(each for each in found.values() if not self._is_expected(each))

    def _is_expected(self, grant: Grant) -> bool:
        subject = grant.subject
        if subject in _BROAD:
            return False
        if (
            subject in self._admins
            or subject.name == f"{_OF_NAMESPACE}{_CONTROL_PLANE}"
        ):
            return True
        if subject.kind == "ServiceAccount":
            return subject.namespace == _CONTROL_PLANE
        is_workloads = subject.name.startswith(_OF_NAMESPACE)
        return subject.name.startswith(_SYSTEM) and not is_workloads

    def _allows(self, binding: RoleBinding, requests: tuple[Request, ...]) -> bool:
        key = _role_key(binding)
        return any(
            self._allowing(each._replace(name="")).has(key, each.name)
            for each in requests
        )

    def _allowing(self, request: Request) -> "_Allowing":
        """Return the roles that allow a request; of all bindings each role is asked."""
        known = self._known
        if request not in known:
            known[request] = _Allowing.of(self._roles.values(), request)
        return known[request]

    @cached_property
    def _known(self) -> dict[Request, "_Allowing"]:
        return {}

    @cached_property
    def _roles(self) -> dict[tuple[str, str], Role]:
        return {each.meta.key: each for each in self.snapshot.roles}

    @cached_property
    def _of_cluster(self) -> tuple[RoleBinding, ...]:
        bindings = self.snapshot.role_bindings
        return tuple(each for each in bindings if not each.meta.namespace)

    @cached_property
    def _of_namespaces(self) -> dict[str, list[RoleBinding]]:
        found: dict[str, list[RoleBinding]] = {}
        for each in self.snapshot.role_bindings:
            if each.meta.namespace:
                found.setdefault(each.meta.namespace, []).append(each)
        return found

    @cached_property
    def _admins(self) -> frozenset[Subject]:
        """Those who may do anything."""
        return frozenset(
            subject
            for binding in self._of_cluster
            if (role := self._roles.get(_role_key(binding))) is not None
            and any(rule.is_all for rule in role.rules)
            for subject in binding.subjects
            if subject not in _BROAD
        )


class _Allowing(NamedTuple):
    """The roles that allow something: for all names, and for single ones."""

    plain: frozenset[tuple[str, str]]
    named: Mapping[str, frozenset[tuple[str, str]]]

    @classmethod
    def of(cls, roles: Iterable[Role], request: Request) -> "_Allowing":
        plain: set[tuple[str, str]] = set()
        named: dict[str, set[tuple[str, str]]] = {}
        for role in roles:
            for rule in role.rules:
                if rule.is_for(request):
                    if not rule.names:
                        plain.add(role.meta.key)
                    for name in rule.names:
                        named.setdefault(name, set()).add(role.meta.key)
                        named.setdefault(_SOME, set()).add(role.meta.key)
        return cls(
            frozenset(plain), {name: frozenset(own) for name, own in named.items()}
        )

    def has(self, role: tuple[str, str], name: str | None) -> bool:
        asked = _SOME if name is None else name
        return role in self.plain or role in self.named.get(asked, ())


def _role_key(binding: RoleBinding) -> tuple[str, str]:
    namespace = binding.meta.namespace if binding.role_kind == "Role" else ""
    return namespace, binding.role


def _has_group(subject: Subject, among: Collection[Subject]) -> bool:
    """Tell whether a service account is in one of the groups that hold them all."""
    if subject.kind != "ServiceAccount":
        return False
    groups = (
        "system:authenticated",
        "system:serviceaccounts",
        f"{_OF_NAMESPACE}{subject.namespace}",
    )
    return any(Subject("Group", each) in among for each in groups)


def names(grants: Iterable[Grant]) -> str:
    """Return who it is, as text."""
    return listed(str(each.subject) for each in grants)


def described(grants: Iterable[Grant]) -> list[dict[str, str]]:
    """Return grants as evidence."""
    return [
        {
            "kind": each.subject.kind,
            "namespace": each.subject.namespace,
            "name": each.subject.name,
            "role": each.role,
            "binding": each.binding,
        }
        for each in grants
    ]


def broad(grants: Iterable[Grant]) -> Iterator[Grant]:
    """Yield the grants to everybody, or to every workload."""
    return (each for each in grants if each.is_broad)
