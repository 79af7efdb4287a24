"""An object under the eyes of the rules, and tolerant ways to what is in it.

Rules for what users will regret also see objects that the API server refuses: whatever
has the wrong type reads as absent here.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.api.problems import MalformedField
from dractl.api.versions import GROUP, to_hub
from dractl.cel.environment import Environment
from dractl.cel.selector import environment_of
from dractl.model.cluster import Profile
from dractl.rules.path import Path

Wire = Mapping[str, Any]
_NOTHING: Final[Wire] = {}

CLAIMS: Final = frozenset({"ResourceClaim", "ResourceClaimTemplate"})
_POD_AT: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
"""Where the kinds that make pods say what these look like."""


def mapping(value: Any, *names: str) -> Wire:
    """Return the object below these fields, or an empty one."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else _NOTHING


def entries(value: Any, name: str) -> list[Any]:
    """Return the list in a field, or an empty one."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def text(value: Any, name: str) -> str:
    """Return the string in a field, or an empty one."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def number(value: Any, name: str, default: int) -> int:
    """Return the whole number in a field."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else default


@dataclass(frozen=True, slots=True)
class Selector:
    """The text of a CEL expression and its place."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """A way to satisfy a request: `exactly`, or one of `firstAvailable`."""

    request: str
    name: str
    path: Path
    wire: Wire = field(repr=False)

    @property
    def full_name(self) -> str:
        """How constraints name it."""
        return f"{self.request}/{self.name}" if self.name else self.request

    @property
    def device_class(self) -> str:
        """The class that it names."""
        return text(self.wire, "deviceClassName")

    @property
    def count(self) -> int:
        """How many devices it needs at least; of `All`, one."""
        if text(self.wire, "allocationMode") == "All":
            return 1
        return max(number(self.wire, "count", 1), 1)

    @property
    def is_admin(self) -> bool:
        """Whether it asks for devices that others use."""
        return self.wire.get("adminAccess") is True

    @property
    def selectors(self) -> Iterator[Selector]:
        """Its own expressions."""
        return selectors_of(self.wire, self.path)


def selectors_of(wire: Wire, path: Path) -> Iterator[Selector]:
    """Yield the expressions in the field `selectors`."""
    for place, each in enumerate(entries(wire, "selectors")):
        expression = mapping(each, "cel").get("expression")
        if isinstance(expression, str):
            where = path.field("selectors").index(place).field("cel", "expression")
            yield Selector(where, expression)


@dataclass(frozen=True)
class Subject:
    """One object in its v1 form. Without a namespace, it may be meant for any."""

    group: str
    kind: str
    version: str
    name: str
    namespace: str
    wire: Wire = field(repr=False)
    profile: Profile = field(repr=False)

    @staticmethod
    def of(document: object, profile: Profile) -> "Subject | None":
        """Return the subject that a document is; None: no Kubernetes object."""
        if not isinstance(document, Mapping):
            return None
        kind, api_version = text(document, "kind"), text(document, "apiVersion")
        if not kind or not api_version:
            return None
        group, _, version = api_version.rpartition("/")
        metadata = mapping(document, "metadata")
        name = text(metadata, "name") or text(metadata, "generateName")
        try:
            hub: Wire = to_hub(document)
        except MalformedField:
            hub = document
        namespace = text(metadata, "namespace")
        return Subject(group, kind, version, name, namespace, hub, profile)

    @property
    def is_claim(self) -> bool:
        """Whether it asks for devices."""
        return self.group == GROUP and self.kind in CLAIMS

    @property
    def is_class(self) -> bool:
        """Whether it is a DeviceClass."""
        return self.group == GROUP and self.kind == "DeviceClass"

    @property
    def is_slice(self) -> bool:
        """Whether it is a ResourceSlice."""
        return self.group == GROUP and self.kind == "ResourceSlice"

    @functools.cached_property
    def environment(self) -> Environment:
        """What new expressions may use."""
        return environment_of(self.profile)

    @property
    def spec(self) -> Wire:
        """The spec; of a template, that of the claims made from it."""
        return mapping(self.wire, *self._spec)

    @property
    def spec_path(self) -> Path:
        """Where that spec is."""
        return Path.of(*self._spec)

    @property
    def _spec(self) -> tuple[str, ...]:
        is_template = self.kind == "ResourceClaimTemplate" and self.group == GROUP
        return ("spec", "spec") if is_template else ("spec",)

    @functools.cached_property
    def options(self) -> tuple[Option, ...]:
        """All options of all requests of a claim or template."""
        return tuple(self._options()) if self.is_claim else ()

    def _options(self) -> Iterator[Option]:
        requests = self.spec_path.field("devices", "requests")
        for place, wire in enumerate(
            entries(mapping(self.spec, "devices"), "requests")
        ):
            path, name = requests.index(place), text(wire, "name")
            if mapping(wire, "exactly"):
                yield Option(name, "", path.field("exactly"), wire["exactly"])
            for position, each in enumerate(entries(wire, "firstAvailable")):
                where = path.field("firstAvailable").index(position)
                yield Option(name, text(each, "name"), where, mapping(each))

    @functools.cached_property
    def selectors(self) -> tuple[Selector, ...]:
        """All expressions of a class, a claim or a template."""
        if self.is_class:
            return tuple(selectors_of(self.spec, self.spec_path))
        return tuple(each for option in self.options for each in option.selectors)

    @functools.cached_property
    def pod(self) -> "PodSpec | None":
        """The pods that it is, or makes."""
        where = _POD_AT.get((self.group, self.kind))
        if where is None:
            return None
        return PodSpec(mapping(self.wire, *where, "spec"), Path.of(*where, "spec"))

    @functools.cached_property
    def named_claims(self) -> "tuple[PodClaim, ...]":
        """The claims and templates that a pod names, or a group of pods."""
        if self.pod is not None:
            return self.pod.claims
        if self.group != "scheduling.k8s.io":
            return ()
        if self.kind == "PodGroup":
            return tuple(_claims_of(self.spec, self.spec_path))
        below = self.spec_path.field("podGroupTemplates")
        groups = entries(self.spec, "podGroupTemplates")
        return tuple(
            claim
            for place, group in enumerate(groups if self.kind == "Workload" else ())
            for claim in _claims_of(group, below.index(place))
        )


@dataclass(frozen=True, slots=True)
class PodClaim:
    """An entry of the `resourceClaims` of a pod or a group of pods."""

    name: str
    claim: str
    template: str
    path: Path


def _claims_of(wire: Any, path: Path) -> Iterator[PodClaim]:
    """Yield the entries of the field `resourceClaims`."""
    for place, each in enumerate(entries(wire, "resourceClaims")):
        yield PodClaim(
            text(each, "name"),
            text(each, "resourceClaimName"),
            text(each, "resourceClaimTemplateName"),
            path.field("resourceClaims").index(place),
        )


@dataclass(frozen=True, slots=True)
class ContainerClaim:
    """An entry of a container's `resources.claims`."""

    container: str
    name: str
    request: str
    path: Path


@dataclass(frozen=True)
class PodSpec:
    """The spec of a pod, and where it is."""

    wire: Wire = field(repr=False)
    path: Path

    @functools.cached_property
    def claims(self) -> tuple[PodClaim, ...]:
        """The claims of the pod."""
        return tuple(_claims_of(self.wire, self.path))

    @functools.cached_property
    def uses(self) -> tuple[ContainerClaim, ...]:
        """What its containers use of them."""
        return tuple(self._uses())

    def _uses(self) -> Iterator[ContainerClaim]:
        for kind in ("initContainers", "containers"):
            for position, each in enumerate(entries(self.wire, kind)):
                base = (
                    self.path.field(kind).index(position).field("resources", "claims")
                )
                claims = entries(mapping(each, "resources"), "claims")
                for place, use in enumerate(claims):
                    yield ContainerClaim(
                        text(each, "name"),
                        text(use, "name"),
                        text(use, "request"),
                        base.index(place),
                    )
