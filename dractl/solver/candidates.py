"""Which nodes are still worth a try, for subjects that ask the same.

A node that did not fit is not tried again before something has changed on it. So a
fleet that fills up is not walked from its start for every claim.
"""

import heapq
from typing import NamedTuple

ALL = -1  # in the log: a change that any node may feel


class Reason(NamedTuple):
    """Why a node refused; `claim` is the position of the claim that it is about."""

    text: str
    claim: int | None = None


class Changes:
    """The nodes that changed, by their positions, in the order of the changes."""

    def __init__(self) -> None:
        self.log: list[int] = []

    def note(self, node: int) -> None:
        """Note that something was placed on a node, or ALL."""
        self.log.append(node)


class Candidates:
    """The nodes that may fit, and what refused the others.

    A reason of None stands for the node's devices; it is put in words when asked for.
    Subjects that ask the same share reasons, so these name no claim but its position.
    """

    def __init__(self, changes: Changes, total: int) -> None:
        self._changes = changes
        self._total = total
        self._open = list(range(total))
        self._seen = len(changes.log)
        self.reasons: dict[int, Reason | None] = {}

    def catch_up(self) -> None:
        """Open the nodes that changed since the last time."""
        log = self._changes.log
        for node in log[self._seen :]:
            if node == ALL:
                self.reasons.clear()
                self._open = list(range(self._total))
            elif node in self.reasons:
                del self.reasons[node]
                heapq.heappush(self._open, node)
        self._seen = len(log)

    def first(self) -> int | None:
        """Return the first open node; None: all have refused."""
        while self._open and self._open[0] in self.reasons:
            heapq.heappop(self._open)
        return self._open[0] if self._open else None

    def others(self, behind: int = -1) -> list[int]:
        """Return the open nodes behind a position."""
        return [n for n in range(behind + 1, self._total) if n not in self.reasons]

    def refuse(self, node: int, reason: Reason | None) -> None:
        """Take a node out until it changes."""
        self.reasons[node] = reason
