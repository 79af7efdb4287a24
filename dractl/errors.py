"""Exit codes and the one error that means: dractl could not do what was asked."""

from dataclasses import dataclass
from enum import IntEnum


class ExitStatus(IntEnum):
    """What a process that ran dractl learns from it."""

    YES = 0
    NO = 1
    USAGE = 2
    ENVIRONMENT = 3
    BUG = 70
    INTERRUPTED = 130


@dataclass(eq=False)
class DractlError(Exception):
    """Something outside dractl is wrong: a file, a cluster, an argument.

    `code` is kebab-case and stable; `where` is a file position or an object; `hint` is
    what the user can type or change.
    """

    code: str
    message: str
    where: str = ""
    hint: str = ""
    status: ExitStatus = ExitStatus.ENVIRONMENT

    def __str__(self) -> str:
        """Return one line, place first."""
        return f"{self.where}: {self.message}" if self.where else self.message


def unclear(message: str, hint: str = "", code: str = "usage") -> DractlError:
    """Return the error of words or options that cannot be understood."""
    return DractlError(code, message, hint=hint, status=ExitStatus.USAGE)
