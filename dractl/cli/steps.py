"""Steps that change a cluster: one after another, each told at once, none forgotten.

The first failure ends the work, and an interrupt does; what was done and what was not
is known all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from dractl.errors import DractlError
from dractl.live.errors import ClusterError

Step = TypeVar("Step")
Done = TypeVar("Done")


class Break(Enum):
    """How a step was left that has no result: refused, without an answer, not begun."""

    REFUSED = "refused"
    UNSURE = "unsure"
    LEFT = "left"


@dataclass(frozen=True)
class Work(Generic[Done]):
    """What became of all steps. `error` is what ended the work early."""

    done: Sequence[Done]
    error: DractlError | None = None
    is_interrupted: bool = False


def carry_out(
    steps: Sequence[Step],
    do: Callable[[Step], Done],
    left: Callable[[Step, Break, str], Done],
    tell: Callable[[Done], None],
) -> Work[Done]:
    """Do the steps in their order; `tell` hears of each at once.

    `left` makes the result of a step that was not done, with the reason.
    """
    done: list[Done] = []
    error: DractlError | None = None
    is_interrupted = False
    try:
        for step in steps:
            done.append(do(step))
            tell(done[-1])
    except DractlError as raised:
        error = raised
    except KeyboardInterrupt:
        is_interrupted = True
    how = Break.REFUSED if isinstance(error, ClusterError) else Break.UNSURE
    for step in steps[len(done) :]:
        done.append(left(step, how, str(error) if error and how != Break.LEFT else ""))
        tell(done[-1])
        how = Break.LEFT
    return Work(done, error, is_interrupted)
