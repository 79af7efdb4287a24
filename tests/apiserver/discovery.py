"""What a server tells of itself: its release, its groups, its feature gates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dractl.model.cluster import GATES, Profile, stage
from tests.apiserver.messages import Answer, Request, answer, text
from tests.apiserver.resources import Served, Wire, listed
from tests.apiserver.statuses import method_not_allowed, not_served

OPEN_PATHS: Final = frozenset({"/healthz", "/livez", "/readyz", "/version"})
"""Whoever asks, with a token or without, may have these."""

_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
_STAGES: Final = {"a": "ALPHA", "b": "BETA", "B": "BETA", "G": "", "L": ""}


@dataclass(frozen=True)
class Discovery:
    """The answers that hold no objects."""

    served: Served
    profile: Profile
    git_version: str
    metrics: bytes = b""

    def answer(self, request: Request, steps: list[str]) -> Answer | None:
        """Answer what is asked at a path; None: it is about objects."""
        found = self._plain(steps) or self._groups(steps)
        if found is not None and request.method != "GET":
            raise method_not_allowed(request.method)
        return found

    def _plain(self, steps: list[str]) -> Answer | None:
        match steps:
            case ["healthz" | "livez" | "readyz"]:
                return text("ok")
            case ["version"]:
                return answer(self._version())
            case ["metrics"]:
                found = "\n".join(self._metrics()) + "\n"
                return Answer(200, self.metrics + found.encode(), _METRICS_TYPE)
            case _:
                return None

    def _groups(self, steps: list[str]) -> Answer | None:
        match steps:
            case ["api"]:
                return answer(_core_versions())
            case ["api", version]:
                return answer(self._resources("", version))
            case ["apis"]:
                groups = [self._group(name) for name in self.served.groups if name]
                head = {"kind": "APIGroupList", "apiVersion": "v1"}
                return answer({**head, "groups": groups})
            case ["apis", group]:
                self._check_group(group)
                head = {"kind": "APIGroup", "apiVersion": "v1"}
                return answer({**head, **self._group(group)})
            case ["apis", group, version]:
                self._check_group(group)
                return answer(self._resources(group, version))
            case _:
                return None

    def _check_group(self, group: str) -> None:
        if group not in self.served.groups:
            raise UnknownGroup

    def _version(self) -> Wire:
        major, minor = self.profile.version
        return {
            "major": str(major),
            "minor": str(minor),
            "emulationMajor": str(major),
            "emulationMinor": str(minor),
            "minCompatibilityMajor": str(major),
            "minCompatibilityMinor": str(minor - 1),
            "gitVersion": self.git_version,
            "gitCommit": "0" * 40,
            "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": "go1.27.3",
            "compiler": "gc",
            "platform": "linux/amd64",
        }

    def _group(self, name: str) -> Wire:
        versions = [
            {"groupVersion": f"{name}/{version}", "version": version}
            for version in self.served.groups[name]
        ]
        return {"name": name, "versions": versions, "preferredVersion": versions[0]}

    def _resources(self, group: str, version: str) -> Wire:
        if version not in self.served.groups.get(group, ()):
            raise not_served()
        return {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": f"{group}/{version}".removeprefix("/"),
            "resources": [
                entry
                for row in self.served.resources(group, version)
                for entry in listed(row)
            ],
        }

    def _metrics(self) -> Iterator[str]:
        yield "# TYPE apiserver_storage_objects gauge"
        yield 'apiserver_storage_objects{resource="pods"} 28'
        yield "# HELP kubernetes_feature_enabled [BETA] Whether a gate is on."
        yield "# TYPE kubernetes_feature_enabled gauge"
        for gate in sorted(GATES):
            if self.profile.knows(gate):
                shown = _STAGES[stage(gate, self.profile.version)]
                labels = f'name="{gate}",stage="{shown}"'
                is_on = int(self.profile.enabled(gate))
                yield f"kubernetes_feature_enabled{{{labels}}} {is_on}"


class UnknownGroup(Exception):
    """Nothing answers for the group; such paths get plain text, not a Status."""


def _core_versions() -> Wire:
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"}]
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": addresses,
    }
