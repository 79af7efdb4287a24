"""Where in the API something is: a kind's list, an object, or another path."""

from dataclasses import dataclass, replace
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Place:
    """A resource in the API; `group` is "" for the core one.

    Without a name, all objects are meant; without a namespace, those of all, or of a
    resource that has none. `below` is a path that a subresource takes: of proxy, that
    of what is behind it.
    """

    group: str
    version: str
    resource: str
    namespace: str | None = None
    name: str | None = None
    subresource: str | None = None
    below: str = ""

    @property
    def path(self) -> str:
        """Return the path in a URL."""
        root = f"apis/{self.group}" if self.group else "api"
        parts = [root, self.version]
        if self.namespace is not None:
            parts += ["namespaces", quote(self.namespace, safe="")]
        parts.append(self.resource)
        parts += [quote(p, safe="") for p in (self.name, self.subresource) if p]
        return "/" + "/".join(parts) + self.below

    def of(self, name: str) -> "Place":
        """Return the place of one object."""
        return replace(self, name=name)

    @property
    def qualified(self) -> str:
        """Return the resource as kubectl names it: `pods/eviction`, `jobs.batch`."""
        found = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{found}/{self.subresource}" if self.subresource else found

    def __str__(self) -> str:
        """Return it for sentences: `pods in namespace a`, `devicetaintrules x`."""
        named = f" {self.name}" if self.name else ""
        where = "" if self.namespace is None else f" in namespace {self.namespace}"
        return f"{self.qualified}{named}{where}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the verb as RBAC has it, and where; `path` alone for other URLs."""

    verb: str
    place: Place | None = None
    path: str = ""

    def __str__(self) -> str:
        """Return it for sentences: `list pods in namespace a`, `get /metrics`."""
        return f"{self.verb} {self.place or self.path}"
