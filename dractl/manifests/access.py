"""Who may do what: roles, a policy that restricts classes, and quotas."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from dractl.api.versions import GROUP
from dractl.cel.quoting import quoted
from dractl.errors import unclear
from dractl.manifests.claims import metadata

Document = dict[str, Any]
Role = Literal["user", "admin", "driver"]
ROLES: Final = ("user", "admin", "driver")

_RBAC: Final = "rbac.authorization.k8s.io"
_READ: Final = ("get", "list", "watch")
_WRITE: Final = ("create", "update", "patch", "delete")
_CLAIMS: Final = ("resourceclaims", "resourceclaimtemplates")


def roles(
    role: Role, *, driver: str | None, account: str | None, granular: bool
) -> list[Document]:
    """Return the ClusterRole of users, administrators or a driver, and its binding.

    `account` is NAMESPACE/NAME of the driver's service account. `granular` tells
    whether the release asks for verbs of their own to write the status of a claim.
    """
    if role == "user":
        return [_role("dra-user", _user_rules(), aggregate="edit")]
    if role == "admin":
        return [_role("dra-admin", _admin_rules())]
    if driver is None:
        raise unclear("no driver is named", hint="use --driver or --vendor")
    name = f"dra-driver-{driver.lower()}"
    found = [_role(name, _driver_rules(driver, granular=granular))]
    if account is not None:
        found += [_binding(name, account), *_slice_policy(name, account)]
    return found


def reader(name: str, rules: Sequence[Document], paths: Sequence[str]) -> Document:
    """Return the ClusterRole of a command; `paths` are no resources, such as /metrics.

    Each of the rules is one of `rule`.
    """
    plain: Document = {"nonResourceURLs": list(paths), "verbs": ["get"]}
    return _role(name, [*rules, plain])


def rule(
    resources: Sequence[str], verbs: Sequence[str], group: str = GROUP
) -> Document:
    """Return what may be done with resources of an API group."""
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _user_rules() -> list[Document]:
    return [
        rule(_CLAIMS, (*_READ, *_WRITE)),
        rule(("deviceclasses",), _READ),
    ]


def _admin_rules() -> list[Document]:
    owned = ("deviceclasses", "devicetaintrules", "resourceslices", *_CLAIMS)
    return [rule(owned, (*_READ, *_WRITE)), rule(("devicetaintrules/status",), _READ)]


def _driver_rules(driver: str, *, granular: bool) -> list[Document]:
    found = [
        # RBAC cannot tell whose slices these are; `_slice_policy` does.
        rule(("resourceslices",), (*_READ, *_WRITE)),
        rule(("resourceclaims",), ("get",)),
        rule(("resourceclaims/status",), ("update", "patch")),
        rule(("nodes",), ("get",), group=""),
    ]
    if granular:
        verbs = ("associated-node:update", "associated-node:patch")
        found.append(
            {**rule(("resourceclaims/driver",), verbs), "resourceNames": [driver]}
        )
    return found


def _role(
    name: str, rules: Sequence[Document], aggregate: str | None = None
) -> Document:
    about = metadata(name)
    if aggregate is not None:
        about["labels"] = {f"{_RBAC}/aggregate-to-{aggregate}": "true"}
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": about,
        "rules": list(rules),
    }


def _binding(role: str, account: str) -> Document:
    namespace, slash, name = account.partition("/")
    if not (namespace and slash and name):
        raise unclear(f"{account[:60]!r} is not NAMESPACE/NAME of a service account")
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata(role),
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "namespace": namespace, "name": name}],
    }


_NODE: Final = "authentication.kubernetes.io/node-name"


def _slice_policy(name: str, account: str) -> list[Document]:
    """Return a policy that keeps the driver on a node to the slices of that node.

    The token of a pod's service account tells the node, since Kubernetes 1.30.
    """
    user = f"system:serviceaccount:{account.replace('/', ':')}"
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": metadata(f"{name}-own-slices"),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": [GROUP],
                        "apiVersions": ["*"],
                        "operations": ["CREATE", "UPDATE", "DELETE"],
                        "resources": ["resourceslices"],
                    }
                ]
            },
            "matchConditions": [
                {
                    "name": "is-the-driver",
                    "expression": f"request.userInfo.username == {quoted(user)}",
                }
            ],
            "variables": [
                {
                    "name": "at",
                    "expression": f"request.userInfo.?extra[?{quoted(_NODE)}][0]"
                    '.orValue("")',
                },
                {
                    "name": "of",
                    "expression": '(request.operation == "DELETE" ? oldObject : object)'
                    '.spec.?nodeName.orValue("")',
                },
            ],
            "validations": [
                {
                    "expression": 'variables.at != "" && variables.at == variables.of',
                    "message": "a driver may only write the slices of its own node",
                    "reason": "Forbidden",
                }
            ],
        },
    }
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": metadata(f"{name}-own-slices"),
        "spec": {"policyName": f"{name}-own-slices", "validationActions": ["Deny"]},
    }
    return [policy, binding]


_NAMES_USED: Final = (
    "(has(variables.claim.devices) && has(variables.claim.devices.requests) ? "
    "variables.claim.devices.requests : [])"
    ".map(r, has(r.exactly) ? [r.exactly.deviceClassName] : "
    "(has(r.firstAvailable) ? r.firstAvailable.map(s, s.deviceClassName) : []))"
)


def class_policy(
    classes: Sequence[str], namespaces: Sequence[str], name: str | None = None
) -> list[Document]:
    """Return a policy that keeps classes to namespaces: `resourceNames` cannot.

    It looks at new claims and templates, in whatever version they are written: the
    server converts them to v1 for it. Updates are let through, as the spec of a claim
    cannot change and finalizers must go.
    """
    if not namespaces:
        raise unclear(
            "nobody may use the class then", hint="name --only-namespace NAME"
        )
    called = name or f"only-some-use-{classes[0]}"
    listed = ", ".join(map(quoted, classes))
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": metadata(called),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "matchPolicy": "Equivalent",
                "resourceRules": [
                    {
                        "apiGroups": [GROUP],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE"],
                        "resources": list(_CLAIMS),
                    }
                ],
            },
            "variables": [
                {
                    "name": "claim",
                    "expression": f"request.resource.resource == {quoted(_CLAIMS[1])}"
                    " ? object.spec.spec : object.spec",
                },
                {"name": "used", "expression": _NAMES_USED},
            ],
            "validations": [
                {
                    "expression": "!variables.used.exists(r, "
                    f"r.exists(c, c in [{listed}]))",
                    "message": f"only some namespaces may use {', '.join(classes)}",
                    "reason": "Forbidden",
                }
            ],
        },
    }
    return [policy, _policy_binding(called, namespaces)]


def _policy_binding(name: str, namespaces: Sequence[str]) -> Document:
    others = {
        "key": "kubernetes.io/metadata.name",
        "operator": "NotIn",
        "values": list(namespaces),
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": metadata(name),
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchExpressions": [others]}},
        },
    }


def quota(
    devices: Mapping[str, int],
    *,
    claims: int | None,
    name: str | None,
    namespace: str | None,
) -> Document:
    """Return a ResourceQuota for devices by class, and for the number of claims."""
    hard = {
        f"{each}.deviceclass.{GROUP}/devices": str(number)
        for each, number in devices.items()
    }
    if claims is not None:
        hard[f"count/resourceclaims.{GROUP}"] = str(claims)
    if not hard:
        raise unclear("nothing is limited", hint="say 4 gpu.nvidia.com, or --claims 10")
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata(name or "devices", namespace),
        "spec": {"hard": hard},
    }
