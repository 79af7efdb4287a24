"""An answer as it is printed."""

from dataclasses import dataclass

from dractl.errors import ExitStatus


@dataclass(frozen=True, slots=True)
class Shown:
    """The text for stdout, what is said about it on stderr, and the exit status."""

    text: str
    status: ExitStatus
    notes: tuple[str, ...] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.status != ExitStatus.NO
