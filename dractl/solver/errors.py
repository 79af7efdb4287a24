"""Why an allocation ends without an answer."""

from dractl.errors import DractlError, ExitStatus


class AllocationAborted(Exception):
    """The scheduler would stop with an error instead of trying other nodes.

    `hint` is what would make it go on, "" where that is not known.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class PoolsInvalid(Exception):
    """Nothing fits on this node, where some pool is invalid; other nodes are tried."""


class SearchBudgetExceeded(AllocationAborted):
    """The search took more steps than it was granted.

    Upstream's scheduler would time out at such a claim (10 s a node by default), which
    aborts the pod as well.
    """

    def __init__(self, steps: int) -> None:
        super().__init__(
            f"no answer within {steps} steps; the scheduler would time out as well"
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
