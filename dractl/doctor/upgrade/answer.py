"""What is said of an upgrade."""

from dataclasses import dataclass
from enum import StrEnum

from dractl.doctor.answer import Answer


class Verdict(StrEnum):
    """Whether to upgrade: now, after some steps, or not at all."""

    GO = "go"
    PREPARE = "prepare"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do. `code` is that of the findings that ask for it, "" for none.

    `commands` are to be typed as they are, but for words in capitals.
    """

    text: str
    commands: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade(Answer):
    """The answer. `subject` is a driver's name, or Kubernetes.

    `current` and `target` are versions, "" where they are not known. `steps` are in
    the order in which to do them. `interruptions` are what users will notice.
    """

    subject: str
    current: str
    target: str
    verdict: Verdict
    steps: tuple[Step, ...] = ()
    interruptions: tuple[str, ...] = ()
