"""Why an allocation ends without an answer."""

from dataclasses import dataclass
from typing import Literal

from dractl.errors import DractlError, ExitStatus
from dractl.model.devices import DeviceId

FaultKind = Literal[
    "selector", "size", "gate", "class", "pool", "constraint", "budget", "other"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error is about; "" and None: it is not about such a thing.

    `part` counts the selectors of the class and then those of the request, `subject` is
    a feature gate, a class, a pool (driver/pool) or a number, by the kind.
    """

    kind: FaultKind = "other"
    claim: str = ""
    request: str = ""
    device: DeviceId | None = None
    part: int = -1
    subject: str = ""


class AllocationAborted(Exception):
    """The scheduler would stop with an error instead of trying other nodes.

    `hint` is what would make it go on, "" where that is not known.
    """

    def __init__(
        self, message: str, hint: str = "", fault: Fault | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fault = fault or Fault()


class PoolsInvalid(Exception):
    """Nothing fits on this node, where some pool is invalid; other nodes are tried."""


class SearchBudgetExceeded(AllocationAborted):
    """The search took more steps than it was granted.

    Upstream's scheduler would time out at such a claim (10 s a node by default), which
    aborts the pod as well.
    """

    def __init__(self, steps: int) -> None:
        super().__init__(
            f"no answer within {steps} steps; the scheduler would time out as well",
            fault=Fault("budget", subject=str(steps)),
        )
        self.steps = steps


class UnknownNode(DractlError):
    """The node asked for is not in the snapshot."""

    def __init__(self, name: str, known: int) -> None:
        super().__init__(
            "unknown-node",
            f"no node is called {name!r}",
            hint=f"the source has {known} nodes; check the spelling of --node",
            status=ExitStatus.USAGE,
        )
