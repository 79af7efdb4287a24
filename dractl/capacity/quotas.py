"""How much of their quotas on devices namespaces use, by both kinds of keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from dractl.api.snapshot import Snapshot
from dractl.diagnose.quotas import charges, class_of, keys_of
from dractl.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """A limit of a namespace on the devices of a class.

    `resource` is the key, `<class>.deviceclass.resource.k8s.io/devices` or `requests.`
    with an extended resource; there need not be such a class. `used` is what the server
    says, None where it says nothing yet; `claimed` is what the claims there are count
    as, pods that ask for the extended resource aside.
    """

    namespace: str
    quota: str
    resource: str
    device_class: str
    hard: Quantity
    used: Quantity | None
    claimed: int

    @property
    def left(self) -> Quantity:
        """What more can be asked for; negative where the limit came later."""
        used = Quantity.of(self.claimed) if self.used is None else self.used
        return self.hard - used


def quotas_of(snapshot: Snapshot) -> tuple[QuotaUse, ...]:
    """Return the limits on devices in the order of the source."""
    classes = {
        key: each.name for each in snapshot.classes for key in keys_of(each.name, each)
    }
    counted = claimed(snapshot)
    return tuple(
        QuotaUse(
            quota.meta.namespace,
            quota.meta.name,
            resource,
            device_class,
            hard,
            quota.used.get(resource),
            counted.get((quota.meta.namespace, resource), 0),
        )
        for quota in snapshot.quotas
        for resource, hard in quota.hard.items()
        if (device_class := classes.get(resource) or class_of(resource))
    )


def claimed(snapshot: Snapshot) -> Mapping[tuple[str, str], int]:
    """Return what the claims count as, by namespace and key that a quota limits."""
    limited = {(q.meta.namespace, key) for q in snapshot.quotas for key in q.hard}
    found: dict[tuple[str, str], int] = {}
    if not limited:
        return found
    for claim in snapshot.claims:
        for resource, number in charges(snapshot.class_by_name, claim.spec):
            key = (claim.meta.namespace, resource)
            if key in limited:
                found[key] = found.get(key, 0) + number
    return found
