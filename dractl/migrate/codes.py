"""Every finding of a migration by its code: from hazards, configurations, rewriting."""

from collections.abc import Mapping
from typing import Final

from dractl.migrate.evidence.codes import CODES as OF_CONFIGURATIONS
from dractl.migrate.hazards import HAZARDS, Hazard
from dractl.rules.registry import Severity

_OF_REWRITING: Final[Mapping[str, tuple[Severity, str]]] = {
    "not-rewritten": (
        Severity.ERROR,
        """A workload cannot be rewritten to claims.

Its fields for claims have a type that the API server refuses, it asks for devices
where no claim can be named, or a claim would have too many requests.""",
    ),
    "init-sees-more": (
        Severity.INFO,
        """An init container has the devices of the containers that run after it.

Device plugins lend the devices of the pod to init containers. A claim is prepared once
for the whole pod, so that a container has all of what it names.""",
    ),
    "not-aligned": (
        Severity.WARNING,
        """The devices of a request need not be near each other.

Kueue admits no claims with constraints, so that --align does nothing for workloads that
it queues.""",
    ),
    "not-reversible": (
        Severity.WARNING,
        """The way back gives something else than there was.

Extended resources cannot say all that claims can. What is lost has to be written by
hand after `dractl migrate render --reverse`.""",
    ),
    "requirement-stays": (
        Severity.WARNING,
        """A requirement on node labels stays where it is.

Node selector terms are alternatives. Taking a requirement out of one would leave it
empty, or let in nodes that the others keep out.""",
    ),
}


def _rows(table: Mapping[str, tuple[Severity, str]]) -> dict[str, Hazard]:
    return {code: Hazard(code, *row) for code, row in table.items()}


CODES: Final[Mapping[str, Hazard]] = {
    **_rows(OF_CONFIGURATIONS),
    **_rows(_OF_REWRITING),
    **HAZARDS,
}
"""All that can be found, with severity and manual."""
