"""The questions to one GPU: each is asked on its own, and its failure is noted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, ParamSpec, TypeVar

from dractl.hardware.nvml_library import NvmlCode, NvmlError

P = ParamSpec("P")
T = TypeVar("T")

_NOT_SUPPORTED: Final = frozenset({NvmlCode.NOT_SUPPORTED})
_NOT_THERE: Final = frozenset({NvmlCode.INVALID_ARGUMENT, NvmlCode.NOT_FOUND})
_LOST: Final = frozenset({
    NvmlCode.CORRUPTED_INFOROM, NvmlCode.GPU_IS_LOST, NvmlCode.RESET_REQUIRED,
})  # fmt: skip


@dataclass
class Questions:
    """Asks, and keeps the names of errors by the names of questions.

    What the hardware does not support is no failure. Once the GPU is lost, nothing more
    is asked: every further call may take seconds.
    """

    failures: dict[str, str] = field(default_factory=dict)
    lost: str | None = None

    def answer(
        self, name: str, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Return the answer, or None."""
        try:
            return None if self.lost else _asked(question, *args, **kwargs)
        except NvmlError as error:
            self._note(name, error, _NOT_SUPPORTED)
        return None

    def found(
        self, name: str, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Return the answer; None, and no failure, if there is no such number."""
        try:
            return None if self.lost else _asked(question, *args, **kwargs)
        except NvmlError as error:
            self._note(name, error, _NOT_SUPPORTED | _NOT_THERE)
        return None

    def _note(self, name: str, error: NvmlError, silent: frozenset[NvmlCode]) -> None:
        if error.code == NvmlCode.UNINITIALIZED:
            raise error  # a bug of this program, not a fault of the machine
        if error.code in _LOST:
            self.lost = error.name
        elif error.code not in silent:
            self.failures.setdefault(name, error.name)


def _asked(question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return question(*args, **kwargs)
    except NvmlError as error:
        if error.code != NvmlCode.INSUFFICIENT_SIZE:
            raise
    # A list grew between the question for its length and that for its content.
    return question(*args, **kwargs)
