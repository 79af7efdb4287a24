"""A cause as its function tells it: with changes that might help, not yet tried."""

from typing import NamedTuple

from dractl.diagnose.answer import Cause
from dractl.diagnose.changes import Change


class Told(NamedTuple):
    """A cause, changes to try in the order of preference, and what else is missing.

    `missing` says what would have to be added to the cluster; it is told where no
    change of the pod or of its claims helps.
    """

    cause: Cause
    changes: tuple[Change, ...] = ()
    missing: str = ""
