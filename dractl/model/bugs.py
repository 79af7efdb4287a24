"""Known bugs of Kubernetes: a table, keyed by release.

Releases and fixes are only those that the issues and the release notes state (up to
1.36.3 and 1.35.7): where a fix has gone into a patch release that they do not name, the
row says that it is not known. Of the scheduler and of the controllers no object says
which release they are: they are taken for as new as the API server, and bugs for those
that may be there. Of a kubelet's bugs, the node says which release it is.
"""

from typing import Final

from dractl.model.bug import Affected, Bug, Part
from dractl.model.bugs_nodes import OTHER_BUGS
from dractl.model.bugs_quirks import QUIRKS
from dractl.model.bugs_scheduler import SCHEDULER_BUGS
from dractl.model.bugs_traps import TRAPS

__all__ = ["BUGS", "BUG_BY_ID", "Affected", "Bug", "Part"]

BUGS: Final = (*SCHEDULER_BUGS, *QUIRKS, *TRAPS, *OTHER_BUGS)
"""Each kind of bug once; ids are stable."""

BUG_BY_ID: Final = {each.id: each for each in BUGS}
"""The same, by id."""
