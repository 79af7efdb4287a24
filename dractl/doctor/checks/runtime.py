"""Container runtimes: they have to pass devices by CDI, as drivers ask them."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.model.workloads import Node
from dractl.rules.registry import Severity

_VERSION: Final = re.compile(r"v?(\d{1,5})\.(\d{1,5})", re.ASCII)
_ENABLE: Final = (
    'set enable_cdi = true and cdi_spec_dirs = ["/etc/cdi", "/var/run/cdi"] in '
    '[plugins."io.containerd.grpc.v1.cri"] of its configuration, or use containerd 2'
)


class _Since(NamedTuple):
    """A runtime before a release: what is wrong with it, and what helps."""

    runtime: str
    before: tuple[int, int]
    severity: Severity
    wrong: str
    fix: str


_OLD: Final = (
    _Since(
        "containerd", (1, 7), Severity.ERROR, "it has no CDI", "use containerd 1.7 or 2"
    ),
    _Since(
        "containerd",
        (2, 0),
        Severity.WARNING,
        "CDI is off in it unless its configuration says enable_cdi = true",
        _ENABLE,
    ),
    _Since(
        "cri-o", (1, 23), Severity.ERROR, "it has no CDI", "use CRI-O 1.23 or later"
    ),
)
"""Of each runtime the oldest first."""


@check("runtime-without-cdi", Severity.ERROR, needs=("Node",))
def runtime_without_cdi(case: Case) -> Iterator[Finding | Skipped]:
    """The container runtime of a node with devices may not pass them to containers.

    Drivers describe devices to the runtime by CDI. containerd has it since 1.7, where
    it is off by default, and on since 2.0; CRI-O has it since 1.23. A container that
    asks for a device fails there with an "unresolvable CDI device". Only nodes on which
    a driver publishes devices count, and none on which a pod runs with a claim.
    """
    publishing = {each.scope.node_name for each in case.snapshot.slices if each.devices}
    proven = {
        pod.node_name
        for pod in case.snapshot.pods
        if pod.phase == "Running" and (pod.claims or pod.extended_claim)
    }
    found: dict[tuple[str, _Since], list[str]] = {}
    for node in case.snapshot.nodes:
        if node.name in publishing and node.name not in proven:
            row = _row(node)
            if row is not None:
                found.setdefault((node.container_runtime, row), []).append(node.name)
    for (runtime, row), nodes in found.items():
        yield Finding(
            "runtime-without-cdi",
            row.severity,
            f"{runtime} on {listed(nodes)}: {row.wrong}",
            f"Node/{nodes[0]}",
            fix=row.fix,
            evidence={"runtime": runtime, "nodes": nodes},
        )


def _row(node: Node) -> _Since | None:
    """Return what is wrong with the runtime of a node; None: nothing, or not known."""
    name, _, version = node.container_runtime.partition("://")
    match = _VERSION.match(version)
    if match is None:
        return None
    release = int(match[1]), int(match[2])
    return next(
        (each for each in _OLD if each.runtime == name and release < each.before), None
    )
