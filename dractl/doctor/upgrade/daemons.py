"""The DaemonSets that run a driver: which version, and how they replace their pods."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.diagnose.plugins import runs
from dractl.doctor.case import Given
from dractl.rules.subject import entries, mapping, text
from dractl.vendors.history import HISTORIES

_VERSION: Final = "app.kubernetes.io/version"
_CHART: Final = "helm.sh/chart"
_RELEASE: Final = "meta.helm.sh/release-name"
_TAG: Final = re.compile(r"v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:[-+][\w.+-]*)?", re.ASCII)
_CHART_VERSION: Final = re.compile(r"-(v?\d{1,4}\.\d{1,4}\..*)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Daemon:
    """A DaemonSet that looks like a driver's.

    `version` is what its labels or its image say, "" where they say none; `told_by` is
    which of them. `chart` is the name of its chart and `release` that of Helm's
    release, as far as it says so. `strategy` is its updateStrategy, None where the
    source does not have it. `surge` and `unavailable` are those of a rolling update, as
    they are written. `variables` are those of its containers, with "" for a value that
    the source does not have.
    """

    namespace: str
    name: str
    version: str = ""
    told_by: str = ""
    chart: str = ""
    release: str = ""
    strategy: str | None = None
    surge: str = ""
    unavailable: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_surge(self) -> bool:
        """Whether a new pod starts before the old one stops."""
        return self.surge not in {"", "0", "0%"}

    def __str__(self) -> str:
        """Return it as findings name it."""
        return f"DaemonSet/{self.namespace}/{self.name}"


def daemons(documents: Sequence[Given], driver: str) -> tuple[Daemon, ...]:
    """Return the DaemonSets that look like a driver's, by their names.

    A vendor's name alone is not enough where the name tells of another driver of the
    vendor. What has claims itself is no driver: NVIDIA runs such for ComputeDomains.
    """
    found = [
        _daemon(each.value)
        for each in documents
        if each.value.get("kind") == "DaemonSet"
        and text(each.value, "apiVersion").startswith("apps/")
        and runs(_key(each.value), driver)
        and not entries(_pod_spec(each.value), "resourceClaims")
    ]
    kind, _, vendor = driver.partition(".")
    others = [
        name.partition(".")[0]
        for name in HISTORIES
        if name != driver and name.partition(".")[2] == vendor
    ]
    own = [each for each in found if kind in each.name]
    rest = (each for each in found if not any(one in each.name for one in others))
    return tuple(own or rest)


def _key(document: Mapping[str, Any]) -> tuple[str, str]:
    given = mapping(document, "metadata")
    return text(given, "namespace"), text(given, "name")


def _pod_spec(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(document, "spec", "template", "spec")


def _daemon(document: Mapping[str, Any]) -> Daemon:
    namespace, name = _key(document)
    given = mapping(document, "metadata")
    version, told_by = next(_versions(document), ("", ""))
    strategy = mapping(document, "spec", "updateStrategy")
    rolling = mapping(strategy, "rollingUpdate")
    return Daemon(
        namespace,
        name,
        version,
        told_by,
        _CHART_VERSION.sub("", text(mapping(given, "labels"), _CHART)),
        text(mapping(given, "annotations"), _RELEASE),
        text(strategy, "type") or "RollingUpdate" if strategy else None,
        _amount(rolling.get("maxSurge")),
        _amount(rolling.get("maxUnavailable")),
        {
            text(variable, "name"): text(variable, "value")
            for each in entries(_pod_spec(document), "containers")
            for variable in entries(each, "env")
        },
    )


def _versions(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield versions, the one that is most to be trusted first."""
    for each in entries(_pod_spec(document), "containers"):
        image = text(each, "image").partition("@")[0]
        tag = image.rpartition("/")[2].partition(":")[2]
        if _TAG.fullmatch(tag):
            yield tag, f"image {image}"
    labels = mapping(document, "metadata", "labels")
    if (version := text(labels, _VERSION)) and _TAG.fullmatch(version):
        yield version, f"label {_VERSION}"
    found = _CHART_VERSION.search(text(labels, _CHART))
    if found and _TAG.fullmatch(found[1]):
        yield found[1], f"label {_CHART}"


def _amount(value: object) -> str:
    is_amount = isinstance(value, int | str) and not isinstance(value, bool)
    return str(value) if is_amount else ""
