"""Where documents name things: each place is shown to a function that may rename it."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

Document = Mapping[str, Any]
Rename = Callable[["Spot", str], str]

NODE: Final = "node"
NAMESPACE: Final = "namespace"
SLICE: Final = "slice"
POOL: Final = "pool"
DEVICE: Final = "device"
IMAGE: Final = "image"
LABEL: Final = "label"
ANNOTATION: Final = "annotation"
ATTRIBUTE: Final = "attribute"
EXPRESSION: Final = "expression"
TEXT: Final = "text"
REPORT: Final = "report"
NODE_GROUP: Final = "nodegroup"
ROLE: Final = "role"
POLICY: Final = "policy"
ACCOUNT: Final = "account"
USER: Final = "user"
KEPT: Final = "kept"
NAMES: Final = (
    NODE, NAMESPACE, "pod", "claim", "template", "workload", "group", "quota", "queue",
    "budget", "rule", "event", NODE_GROUP, ROLE, POLICY, ACCOUNT, USER,
)  # fmt: skip
"""What is named; of a name that several have, the first one counts."""

_BY_KIND: Final[Mapping[str, str]] = {
    "Node": NODE, "Namespace": NAMESPACE, "Pod": "pod", "ResourceClaim": "claim",
    "ResourceClaimTemplate": "template", "ResourceSlice": SLICE, "PodGroup": "group",
    "DeviceTaintRule": "rule", "Event": "event", "ResourceQuota": "quota",
    "LimitRange": "quota",
    "PodDisruptionBudget": "budget", "LocalQueue": "queue", "ClusterQueue": "queue",
    "NodeClaim": NODE, "Role": ROLE, "ClusterRole": ROLE, "RoleBinding": ROLE,
    "ClusterRoleBinding": ROLE, "ValidatingAdmissionPolicy": POLICY,
    "ValidatingAdmissionPolicyBinding": POLICY,
    "ValidatingWebhookConfiguration": POLICY, "ServiceAccount": ACCOUNT,
    "User": USER, "Group": USER,
    # Names that everybody knows, or that selectors and commands depend on.
    "DeviceClass": KEPT, "ConfigMap": KEPT, "ClusterInfo": KEPT, "ResourceFlavor": KEPT,
    "ClusterPolicy": KEPT, "NetworkAttachmentDefinition": KEPT,
    "SriovNetworkNodePolicy": KEPT, "GPUCluster": KEPT,
}  # fmt: skip
_BY_RESOURCE: Final[Mapping[str, str]] = {"pods": "pod", "podgroups": "group"}
_BY_FIELD: Final[Mapping[str, str]] = {
    "nodeName": NODE, "nominatedNodeName": NODE, "namespace": NAMESPACE,
    "only": NAMESPACE, "resourceClaimName": "claim", "podGroupName": "group",
    "resourceClaimTemplateName": "template", "queueName": "queue",
    "clusterQueue": "queue", "cohort": "queue", "cohortName": "queue", "pool": POOL,
    "device": DEVICE, "image": IMAGE, "message": TEXT, "note": TEXT,
    "resourceID": TEXT, "expression": EXPRESSION, "alert": TEXT, "record": TEXT,
    "expr": TEXT, "serviceAccountName": ACCOUNT, "policyName": POLICY,
}  # fmt: skip
_SYSTEM: Final = "system:"
"""How the names of users, groups and roles begin that every cluster has."""
_OF_ACCOUNTS: Final = ("system:serviceaccount:", "system:serviceaccounts:")
_FREE: Final = frozenset({"parameters", "networkData"})
_MAPS: Final[Mapping[str, str]] = {
    "labels": LABEL, "matchLabels": LABEL, "nodeSelector": LABEL, "nodeLabels": LABEL,
    "annotations": ANNOTATION,
}  # fmt: skip
_ON_NODES: Final = frozenset({"nodeTaints", "startupTaints", "taints", "tolerations"})


class Spot(NamedTuple):
    """What a text is there for; `key` is that of a label, annotation or attribute."""

    what: str
    key: str = ""


class Walk(NamedTuple):
    """One document on its way through a renaming."""

    rename: Rename
    kind: str
    is_device_api: bool

    def field(self, key: str, value: Any) -> Any:
        """Return the value of a field with its texts renamed."""
        if isinstance(value, str):
            what = _BY_FIELD.get(key)
            return value if what is None else self.rename(Spot(what), value)
        special = _SPECIAL.get(key)
        if special is not None:
            return special(self, value)
        if key in _MAPS and _is_flat(value):
            return self.texts_by_key(_MAPS[key], value)
        if key in _FREE:
            return self.free(value)
        return self.inside(value)

    def inside(self, value: Any) -> Any:
        """Return an object or a list with the texts in it renamed."""
        if isinstance(value, list):
            return [self.inside(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self.field(key, each) for key, each in value.items()}
        return value

    def free(self, value: Any) -> Any:
        """Return what has no schema with names renamed wherever they stand."""
        if isinstance(value, str):
            return self.rename(Spot(TEXT), value)
        if isinstance(value, list):
            return [self.free(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self.free(each) for key, each in value.items()}
        return value

    def texts_by_key(self, what: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return labels or annotations with their values renamed."""
        return {
            key: self.rename(Spot(what, key), each) if isinstance(each, str) else each
            for key, each in value.items()
        }

    def named(self, what: str, source: Any, *keys: str) -> Any:
        """Return an object that names another one in these fields."""
        if not isinstance(source, Mapping):
            return source
        done = dict(self.inside(source))
        for key in keys:
            text = source.get(key)
            if isinstance(text, str) and text and not text.startswith(_SYSTEM):
                done[key] = self.rename(Spot(what), text)
        return done


def renamed(document: Document, rename: Rename) -> Document:
    """Return the document with every text replaced that names something."""
    kind, version = str(document.get("kind")), str(document.get("apiVersion"))
    walk = Walk(rename, kind, version.startswith("resource.k8s.io/"))
    found: Document = walk.inside(document)
    return found


def _is_flat(value: Any) -> bool:
    return isinstance(value, Mapping) and not any(
        isinstance(each, Mapping | list) for each in value.values()
    )


def _metadata(walk: Walk, value: Any) -> Any:
    done = walk.named(_BY_KIND.get(walk.kind, "workload"), value, "name")
    if isinstance(done, dict) and isinstance(prefix := done.get("generateName"), str):
        what = Spot(_BY_KIND.get(walk.kind, "workload"))
        done["generateName"] = f"{walk.rename(what, prefix.rstrip('-'))}-"
    return done


def _subject(walk: Walk, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    done = walk.named(_BY_KIND.get(str(value.get("kind")), "workload"), value, "name")
    name = value.get("name")
    if isinstance(name, str) and name.startswith(_OF_ACCOUNTS):
        done["name"] = _of_accounts(walk, name)
    return done


def _of_accounts(walk: Walk, name: str) -> str:
    """Return what a service account, or all of a namespace, is called as a user."""
    system, sort, space, *account = name.split(":", 3)
    renamed_to = [walk.rename(Spot(NAMESPACE), space)] if space else [space]
    renamed_to += [
        walk.rename(Spot(ACCOUNT), each) if each else each for each in account
    ]
    return ":".join((system, sort, *renamed_to))


def _subjects(walk: Walk, value: Any) -> Any:
    return [_subject(walk, each) for each in value]


def _consumers(walk: Walk, value: Any) -> Any:
    return [
        walk.named(
            _BY_RESOURCE.get(str(each.get("resource")), "workload"), each, "name"
        )
        for each in value
    ]


def _pool(walk: Walk, value: Any) -> Any:
    return walk.named(POOL, value, "name")


def _template(walk: Walk, value: Any) -> Any:
    return walk.named("template", value, "name")


def _workload(walk: Walk, value: Any) -> Any:
    return walk.named("workload", value, "name", "podGroup")


def _devices(walk: Walk, value: Any) -> Any:
    if walk.kind != "ResourceSlice" or not isinstance(value, list):
        return walk.inside(value)
    return [walk.named(DEVICE, each, "name") for each in value]


def _data(walk: Walk, value: Any) -> Any:
    if walk.kind != "ConfigMap" or not isinstance(value, Mapping):
        return walk.free(value)
    return {
        key: walk.rename(Spot(REPORT), each) if key == "status" else each
        for key, each in value.items()
    }


def _attributes(walk: Walk, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: _attribute(walk, key, each) for key, each in value.items()}


def _attribute(walk: Walk, key: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    spot, done = Spot(ATTRIBUTE, key.rpartition("/")[2]), dict(value)
    if isinstance(text := done.get("string"), str):
        done["string"] = walk.rename(spot, text)
    if isinstance(texts := done.get("strings"), list):
        done["strings"] = [walk.rename(spot, each) for each in texts]
    return done


def _requirements(walk: Walk, value: Any) -> Any:
    return [
        {
            **each,
            "values": [
                walk.rename(Spot(LABEL, str(each.get("key"))), text)
                for text in each["values"]
            ],
        }
        if isinstance(each, Mapping) and isinstance(each.get("values"), list)
        else each
        for each in value
    ]


def _node_fields(walk: Walk, value: Any) -> Any:
    return [
        {**each, "values": [walk.rename(Spot(NODE), text) for text in each["values"]]}
        if isinstance(each, Mapping) and isinstance(each.get("values"), list)
        else each
        for each in value
    ]


def _taints(walk: Walk, value: Any) -> Any:
    # Those of devices are for drivers and admins of all clusters, and tell much.
    if walk.is_device_api or not isinstance(value, list):
        return walk.inside(value)
    return [
        {**each, "value": walk.rename(Spot(LABEL, str(each.get("key"))), each["value"])}
        if isinstance(each, Mapping) and isinstance(each.get("value"), str)
        else each
        for each in value
    ]


def _nothing(_walk: Walk, _value: Any) -> Any:
    return []


def _webhook(walk: Walk, value: Any) -> Any:
    """Return the namespace of a webhook's service; nothing reads more of it then."""
    service = value.get("service") if isinstance(value, Mapping) else None
    space = service.get("namespace") if isinstance(service, Mapping) else None
    return walk.inside({"service": {"namespace": space}}) if space else {}


_SPECIAL: Final[Mapping[str, Callable[[Walk, Any], Any]]] = {
    "metadata": _metadata,
    "ownerReferences": _subjects,
    "subjects": _subjects,
    "roleRef": _subject,
    "resourceNames": Walk.free,
    "involvedObject": _subject,
    "regarding": _subject,
    "reservedFor": _consumers,
    "pool": _pool,
    "resourceClaimTemplate": _template,
    "workloadRef": _workload,
    "devices": _devices,
    "attributes": _attributes,
    "data": _data,
    "matchExpressions": _requirements,
    "requirements": _requirements,
    "matchFields": _node_fields,
    **dict.fromkeys(_ON_NODES, _taints),
    "clientConfig": _webhook,
    # Their names tell what a program is, and nothing reads them.
    "env": _nothing,
}
