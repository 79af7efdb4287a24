"""Which devices are asked about."""

from dataclasses import dataclass

from dractl.health.answer import State
from dractl.model.devices import DeviceId


@dataclass(frozen=True, slots=True)
class Scope:
    """What narrows the question; None: all. `claims` are namespace and name."""

    namespace: str | None = None
    driver: str | None = None
    node: str | None = None
    devices: frozenset[DeviceId] | None = None
    claims: frozenset[tuple[str, str]] | None = None

    @property
    def is_named(self) -> bool:
        """Whether single devices or claims are asked about."""
        return self.devices is not None or self.claims is not None

    @property
    def has_all(self) -> bool:
        """Whether devices that nobody has are asked about as well."""
        return self.namespace is None and self.claims is None

    def is_within(self, namespace: str | None) -> bool:
        """Tell whether nothing of other namespaces than this is asked about."""
        asked = {self.namespace} if self.claims is None else {n for n, _ in self.claims}
        return namespace is not None and asked == {namespace}

    def has(self, state: State) -> bool:
        """Tell whether a device is asked about; one that is not told apart may be."""
        return (
            (self.driver is None or any(self.driver == it.driver for it in _of(state)))
            and (self.node is None or self.node in _nodes(state))
            and (self.devices is None or not self.devices.isdisjoint(_of(state)))
            and (
                self.claims is None
                or any(each.meta.key in self.claims for each in state.claims)
            )
            and (self.namespace is None or self.namespace in _namespaces(state))
        )


def _of(state: State) -> tuple[DeviceId, ...]:
    """Return the device, or those of the claims that may be meant."""
    if isinstance(state.subject, DeviceId):
        return (state.subject,)
    return tuple(
        result.device
        for claim in state.claims
        if claim.allocation is not None
        for result in claim.allocation.results
    )


def _nodes(state: State) -> set[str]:
    """Return where a device is, and where the pods are that have it."""
    return {*state.nodes, *(each.pod.node_name for each in state.users)}


def _namespaces(state: State) -> set[str]:
    found = {each.meta.namespace for each in state.claims}
    found.update(each.pod.meta.namespace for each in state.users)
    return found
