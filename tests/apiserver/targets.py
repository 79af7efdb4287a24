"""What a path is about: a resource, in a version, perhaps one object of it."""

from dataclasses import dataclass

from tests.apiserver.access import Attributes
from tests.apiserver.discovery import UnknownGroup
from tests.apiserver.resources import Resource, Served
from tests.apiserver.statuses import not_found, not_served
from tests.apiserver.store import Store, Stored


@dataclass(frozen=True)
class Target:
    """What a request is for; `name` and `subresource` are "" where none is named.

    `below` is the path that follows `proxy`.
    """

    resource: Resource
    version: str
    namespace: str | None
    name: str = ""
    subresource: str = ""
    below: str = ""

    @property
    def api_version(self) -> str:
        """The apiVersion that bodies have to have."""
        return self.resource.api_version(self.version)

    def attributes(self, verb: str) -> Attributes:
        """Return what it takes to do that with it."""
        below = f"/{self.subresource}" if self.subresource else ""
        return Attributes(
            verb,
            self.resource.group,
            f"{self.resource.plural}{below}",
            self.namespace or "",
            self.name,
        )

    def stored(self, store: Store) -> Stored:
        """Return the object that is named."""
        found = store.get(self.resource, self.namespace, self.name)
        if found is None:
            raise not_found(self.resource, self.name)
        return found


def target_of(steps: list[str], served: Served) -> Target:
    """Return what the steps of a path are about."""
    match steps:
        case ["api", version, *rest]:
            return _target("", version, rest, served)
        case ["apis", group, version, *rest] if group in served.groups:
            return _target(group, version, rest, served)
        case _:
            raise UnknownGroup


def _target(group: str, version: str, rest: list[str], served: Served) -> Target:
    namespace = None
    if len(rest) > 2 and rest[0] == "namespaces":
        inner = served.resource(group, version, rest[2])
        if inner is not None:
            namespace, rest = rest[1], rest[2:]
    resource = served.resource(group, version, rest[0]) if rest else None
    if resource is None:
        raise not_served()
    name, subresource, *more = [*rest[1:], "", ""]
    below = "/".join(each for each in more if each)
    if below and subresource != "proxy":
        raise not_served()
    if subresource and subresource not in resource.subresources:
        raise not_served()
    if resource.namespaced and name and namespace is None:
        raise not_served()
    if namespace is not None and not resource.namespaced:
        raise not_served()
    return Target(resource, version, namespace, name, subresource, below)
