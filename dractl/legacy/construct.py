"""A legacy construct, and what every kind of it is called and means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

Document = Mapping[str, object]
Steps = tuple[str | int, ...]

GROUP: Final = "resource.k8s.io"
# What the group called v1alpha1 (1.26) and v1alpha2 (1.27 to 1.30) had another model:
# staging/src/k8s.io/api/resource/v1alpha2/types.go of release 1.30.
OLD_VERSIONS: Final = frozenset({f"{GROUP}/v1alpha1", f"{GROUP}/v1alpha2"})


@dataclass(frozen=True, slots=True)
class Legacy:
    """One place where a document uses what today's Kubernetes does not know.

    `steps` lead from the document to the field: names and indices; none means the
    document as a whole. `blocks` tells whether today's API server refuses or drops it;
    otherwise it is accepted, and does not do what its author thinks.
    """

    code: str
    steps: Steps
    message: str
    fix: str
    blocks: bool = True

    @property
    def path(self) -> str:
        """The field as the API server writes it: `spec.devices.requests[0]`."""
        return path_of(self.steps)


def path_of(steps: Steps) -> str:
    """Return the steps as the API server writes a path."""
    text = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps
    )
    return text.removeprefix(".")


class Row(NamedTuple):
    """What is the same for every construct with a code.

    `removed` is the release that no longer had it, None if there never was such a
    thing in Kubernetes.
    """

    removed: str | None
    what: str
    fix: str
    blocks: bool = True


TABLE: Final[Mapping[str, Row]] = {
    "old-api-version": Row(
        "1.31",
        "today's versions have another model, and no server converts to it",
        "write it as resource.k8s.io/v1",
    ),
    "resource-class": Row(
        "1.31",
        "a ResourceClass named a driver and its parameters",
        "write a DeviceClass, which selects devices with CEL",
    ),
    "pod-scheduling-context": Row(
        "1.32",
        "the scheduler and drivers negotiated nodes through this object",
        "delete it; the scheduler chooses devices by itself",
    ),
    "parameters-kind": Row(
        "1.31",
        "it carried parameters to the driver of a claim or a class",
        "ask with CEL selectors, and configure devices with config[].opaque",
    ),
    "published-resources": Row(
        "1.31",
        "a driver published its resources in this form, which no scheduler reads now",
        "delete it; today's driver publishes v1 slices by itself",
    ),
    "resource-class-name": Row(
        "1.31",
        "a claim named one class for everything it asked for",
        "ask with spec.devices.requests[].exactly.deviceClassName",
    ),
    "parameters-ref": Row(
        "1.31",
        "it named an object with parameters for the driver",
        "say what devices must be like in CEL selectors, and how to set them up in "
        "config[].opaque",
    ),
    "device-preferences": Row(
        None,
        "alternatives are listed in each request",
        "list them in spec.devices.requests[].firstAvailable (since 1.33)",
    ),
    "claim-tolerations": Row(
        None,
        "tolerations of device taints belong to each request",
        "move them to spec.devices.requests[].exactly.tolerations (since 1.33)",
    ),
    "claim-allocation-mode": Row(
        "1.31",
        "it said when a claim is allocated, which is always with its first pod now; "
        "today's field of that name counts devices (ExactCount, All) in a request",
        "drop it",
    ),
    "driver-status": Row(
        None,
        "drivers report on devices in status.devices (since 1.32), which names driver, "
        "pool and device; a status in a manifest is ignored",
        "drop it from the manifest; to see health, read status.devices and, in pods, "
        "allocatedResourcesStatus",
    ),
    "template-without-spec": Row(
        None,
        "a ResourceClaimTemplate holds the claim's spec in spec.spec",
        "move the fields one level down, into spec.spec",
    ),
    "partition-sizes": Row(
        None,
        "Kubernetes has no list of partition sizes: drivers publish each partition as "
        "a device, with the counters that it uses",
        "write one DeviceClass per size",
    ),
    "classic-controller": Row(
        "1.32",
        "it belonged to drivers with a controller of their own (classic DRA)",
        "drop it",
    ),
    "flat-request": Row(
        None,
        "only v1beta1 has the fields of a request side by side with its name",
        "move them into exactly",
    ),
    "nested-request": Row(
        None,
        "v1beta1 has the fields of `exactly` directly in the request",
        "write the object as v1, or move the fields up",
    ),
    "nested-device": Row(
        None,
        "only v1beta1 has the fields of a device inside `basic`",
        "move them up, beside the device's name",
    ),
    "pod-claim-source": Row(
        "1.31",
        "the claim or template was named inside `source`",
        "move the field up, out of source",
    ),
    "admin-access-label": Row(
        "1.34",
        "the label that allows admin access got another key",
        "label the namespace resource.kubernetes.io/admin-access=true",
    ),
    "taint-rule-selector": Row(
        "1.35",
        "a rule could select devices by class or CEL, before 1.35",
        "name driver, pool or device",
    ),
    "rbac-resource-names": Row(
        None,
        "resourceNames restricts the names of objects, not device classes, and cannot "
        "restrict create, list or watch by class at all",
        "limit classes with a ResourceQuota (<class>.deviceclass.resource.k8s.io/"
        "devices) or a ValidatingAdmissionPolicy; render can write both",
        blocks=False,
    ),
    "kubeadm-extra-args": Row(
        None,
        "only kubeadm's configuration before v1beta4 has extraArgs as a map; "
        "v1beta4 (since 1.31) has a list of name and value",
        "run kubeadm config migrate, or drop the gate (see feature-gate)",
        blocks=False,
    ),
    "feature-gate": Row(
        None,
        "the gate is on since 1.34 and locked since 1.35; before, the API group had to "
        "be enabled too (runtime-config: resource.k8s.io/v1beta1=true)",
        "drop the gate from 1.34 on",
        blocks=False,
    ),
}


def legacy(code: str, steps: Steps, subject: str) -> Legacy:
    """Return a construct with the message that its row has; `subject` names it."""
    row = TABLE[code]
    if row.removed is not None:
        history = f"{subject} is gone since Kubernetes {row.removed}: "
    elif row.blocks:
        history = f"{subject} never existed in Kubernetes: "
    else:
        history = f"{subject}: " if subject else ""
    return Legacy(code, steps, history + row.what, row.fix, row.blocks)
