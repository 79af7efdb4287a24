"""What endangers a migration. Importing this package fills the table of hazards."""

from collections.abc import Sequence
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Plan
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
from dractl.migrate.hazards.registry import HAZARDS, Found, Hazard
from dractl.migrate.inputs import Input

__all__ = ["HAZARDS", "MODULES", "Found", "Hazard", "found"]

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
) -> Found:
    """Return what endangers a plan, whose users have no routes yet.

    An error that is about a user closes the route that it names, or both.
    """
    return registry.found(registry.Case(plan, inputs, snapshot, evidence))
