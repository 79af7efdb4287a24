"""Known bugs of Kubernetes: a table, keyed by release.

Releases and fixes are only those that the issues state: where a fix has gone into a
patch release that they do not name, the row says that it is not known. The release of
the scheduler and of the controllers is that of the newest kubelet or newer, so of their
bugs it is told that they may be there; of a kubelet's, the node says which it is.
"""

from typing import Final

from dractl.model.bug import Affected, Bug, Part
from dractl.model.bugs_nodes import OTHER_BUGS
from dractl.model.bugs_quirks import QUIRKS
from dractl.model.bugs_scheduler import SCHEDULER_BUGS

__all__ = ["BUGS", "BUG_BY_ID", "Affected", "Bug", "Part"]

BUGS: Final = (*SCHEDULER_BUGS, *QUIRKS, *OTHER_BUGS)
"""Each kind of bug once; ids are stable."""

BUG_BY_ID: Final = {each.id: each for each in BUGS}
"""The same, by id."""
