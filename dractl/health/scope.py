"""Which devices are asked about."""

from dataclasses import dataclass

from dractl.health.answer import FreeClaim, State, Subject
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

    def has(self, state: State) -> bool:
        """Tell whether a device is asked about."""
        return (
            (self.driver is None or self.driver == _driver(state.subject))
            and (self.node is None or self.node in state.nodes)
            and (self.devices is None or state.subject in self.devices)
            and self._has_claim(state)
            and (self.namespace is None or self.namespace in _namespaces(state))
        )

    def _has_claim(self, state: State) -> bool:
        if self.claims is None:
            return True
        keys = {each.meta.key for each in state.claims}
        if isinstance(state.subject, FreeClaim):
            keys.add((state.subject.namespace, state.subject.name))
        return not self.claims.isdisjoint(keys)


def _driver(subject: Subject) -> str | None:
    return subject.driver if isinstance(subject, DeviceId) else None


def _namespaces(state: State) -> set[str]:
    found = {each.meta.namespace for each in state.claims}
    found.update(each.pod.meta.namespace for each in state.users)
    if isinstance(state.subject, FreeClaim):
        found.add(state.subject.namespace)
    return found
