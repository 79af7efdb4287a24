"""The kinds that are read from a cluster, and which commands need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dractl.api.versions import GROUP
from dractl.live.place import Place

_HUB: Final = ("v1", "v1beta2", "v1beta1")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: where its objects are in the API; `versions` come best first.

    An `optional` one is not missed where it is not served. `only` is the namespace and
    name of the one object that matters.
    """

    kind: str
    resource: str
    group: str = ""
    versions: tuple[str, ...] = ("v1",)
    namespaced: bool = True
    optional: bool = False
    only: tuple[str, str] | None = None

    def place(self, version: str, namespace: str | None = None) -> Place:
        """Return where the objects are, those of one namespace if it is given."""
        if self.only is not None:
            return Place(self.group, version, self.resource, self.only[0])
        scope = namespace if self.namespaced else None
        return Place(self.group, version, self.resource, scope)


DEVICE_CLASS: Final = Kind("DeviceClass", "deviceclasses", GROUP, _HUB, False)
SLICE: Final = Kind("ResourceSlice", "resourceslices", GROUP, _HUB, False)
CLAIM: Final = Kind("ResourceClaim", "resourceclaims", GROUP, _HUB)
TEMPLATE: Final = Kind("ResourceClaimTemplate", "resourceclaimtemplates", GROUP, _HUB)
TAINT_RULE: Final = Kind(
    "DeviceTaintRule",
    "devicetaintrules",
    GROUP,
    ("v1", "v1beta2", "v1alpha3"),
    namespaced=False,
    optional=True,
)
NODE: Final = Kind("Node", "nodes", namespaced=False)
NAMESPACE: Final = Kind("Namespace", "namespaces", namespaced=False)
POD: Final = Kind("Pod", "pods")
EVENT: Final = Kind("Event", "events")
QUOTA: Final = Kind("ResourceQuota", "resourcequotas")
BUDGET: Final = Kind("PodDisruptionBudget", "poddisruptionbudgets", "policy")
POD_GROUP: Final = Kind(
    "PodGroup",
    "podgroups",
    "scheduling.k8s.io",
    ("v1beta1", "v1alpha3", "v1alpha2"),
    optional=True,
)

_DEVICES: Final = (SLICE, DEVICE_CLASS, TAINT_RULE, NODE)
_CLAIMS: Final = (CLAIM, TEMPLATE, POD, POD_GROUP, NAMESPACE)


@dataclass(frozen=True, slots=True)
class Need:
    """What a command reads; without the `essential` kinds it has no answer.

    `changes` are the verbs by which it changes kinds. `everywhere` are kinds that
    matter beyond the namespace that is asked for, even strictly.
    """

    kinds: tuple[Kind, ...]
    essential: tuple[Kind, ...] = ()
    changes: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    everywhere: tuple[Kind, ...] = ()

    @property
    def narrow(self) -> tuple[Kind, ...]:
        """The kinds of which one namespace is enough where only that is asked for."""
        return tuple(
            kind
            for kind in self.kinds
            if kind.namespaced and kind.only is None and kind not in self.everywhere
        )


NEEDS: Final[Mapping[str, Need]] = {
    "allocate": Need((*_DEVICES, *_CLAIMS), (SLICE, DEVICE_CLASS, CLAIM)),
    "attributes": Need(_DEVICES, (SLICE,)),
    "cel": Need(_DEVICES, (SLICE,)),
    "explain": Need((*_DEVICES, *_CLAIMS, EVENT, QUOTA)),
    "validate": Need((*_DEVICES, *_CLAIMS, QUOTA)),
    "taint": Need(
        (*_DEVICES, *_CLAIMS, BUDGET),
        (SLICE, CLAIM),
        {TAINT_RULE: ("get", "create", "patch", "delete")},
    ),
    "snapshot": Need((*_DEVICES, *_CLAIMS, EVENT, QUOTA, BUDGET), everywhere=(CLAIM,)),
}
"""Of every command that reads a cluster."""

PATHS: Final = ("/apis", "/metrics", "/version")
"""What every command asks for beside kinds; it does without /metrics."""
