"""Who may do what: RBAC as it is stored, and the policies that look at requests.

How rules match follows Kubernetes 1.36, pkg/apis/rbac/v1/evaluation_helpers.go.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.model.claims import ObjectMeta

_ANY: Final = "*"


class Request(NamedTuple):
    """What somebody wants to do: `resource` has its subresource, as `pods/status`.

    `name` "" is that of no object, as in a request to create or to list; None stands
    for that of some object, whichever.
    """

    verb: str
    resource: str
    group: str = ""
    name: str | None = ""


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """What may be done with which objects; without `names`, with all of them."""

    verbs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def is_for(self, request: Request) -> bool:
        """Tell whether the rule allows such requests, be it only for some names."""
        return (
            _is_among(request.verb, self.verbs)
            and _is_among(request.group, self.groups)
            and self._covers(request.resource)
        )

    def _covers(self, resource: str) -> bool:
        if _is_among(resource, self.resources):
            return True
        subresource = resource.partition("/")[2]
        return bool(subresource) and f"{_ANY}/{subresource}" in self.resources

    @property
    def is_all(self) -> bool:
        """Whether it allows anything, as the rule of cluster-admin does."""
        parts = (self.verbs, self.groups, self.resources)
        return all(_ANY in part for part in parts) and not self.names


@dataclass(frozen=True, slots=True)
class Role:
    """A Role, or a ClusterRole where it has no namespace."""

    meta: ObjectMeta
    rules: tuple[PolicyRule, ...] = ()

    @property
    def kind(self) -> str:
        """The kind."""
        return "Role" if self.meta.namespace else "ClusterRole"


class Subject(NamedTuple):
    """Who is given a role: a User, a Group or a ServiceAccount."""

    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        """Return it as text; a service account has its namespace."""
        at = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {at}{self.name}"


@dataclass(frozen=True, slots=True)
class RoleBinding:
    """A RoleBinding, or a ClusterRoleBinding where it has no namespace."""

    meta: ObjectMeta
    role_kind: str
    role: str
    subjects: tuple[Subject, ...] = ()

    @property
    def kind(self) -> str:
        """The kind."""
        return "RoleBinding" if self.meta.namespace else "ClusterRoleBinding"


class Attention(NamedTuple):
    """Which requests a policy looks at."""

    operations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    def covers(self, operation: str, group: str, resource: str) -> bool:
        """Tell whether it looks at an operation (CREATE, UPDATE) on a resource."""
        pairs = (
            (operation, self.operations),
            (group, self.groups),
            (resource, self.resources),
        )
        return all(_is_among(wanted, given) for wanted, given in pairs)


@dataclass(frozen=True, slots=True)
class AdmissionPolicy:
    """A ValidatingAdmissionPolicy: which requests it looks at, not what it says."""

    meta: ObjectMeta
    attention: tuple[Attention, ...] = ()


@dataclass(frozen=True, slots=True)
class AdmissionPolicyBinding:
    """What makes a policy count; `denies` tells that it can refuse requests."""

    meta: ObjectMeta
    policy: str
    denies: bool = False


def _is_among(wanted: str, given: tuple[str, ...]) -> bool:
    return _ANY in given or wanted in given
