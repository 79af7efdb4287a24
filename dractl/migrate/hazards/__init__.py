"""What endangers a migration. Importing this package fills the table of hazards."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Plan
from dractl.migrate.evidence import Evidence
from dractl.migrate.hazards import (
    amounts,
    autoscalers,
    classes,
    devices,
    limits,
    owners,
    pods,
    queues,
    registry,
    releases,
    resources,
    tools,
)
from dractl.migrate.hazards.registry import HAZARDS, Hazard
from dractl.migrate.inputs import Input

__all__ = ["HAZARDS", "MODULES", "Hazard", "found"]

MODULES: Final = (
    resources,
    amounts,
    devices,
    releases,
    classes,
    limits,
    queues,
    autoscalers,
    tools,
    pods,
    owners,
)
"""The modules with hazards."""


def found(
    plan: Plan, inputs: Sequence[Input], snapshot: Snapshot, evidence: Evidence
) -> Iterator[Finding]:
    """Yield what endangers a plan, whose users have no routes yet.

    What is about the whole comes first. The subject of what is about a user is its
    input's title; an error among these closes its route, or both if it names none.
    """
    yield from registry.found(registry.Case(plan, inputs, snapshot, evidence))
