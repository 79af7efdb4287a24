"""What a check looks at: a cluster at a moment, and files of its configuration."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from dractl.api.snapshot import Document, Snapshot
from dractl.capacity.audit import Breach, overdrawn
from dractl.doctor.grants import Grants
from dractl.doctor.measuring import Measured
from dractl.doctor.settling import unsettled
from dractl.leftovers.answer import Leftovers
from dractl.leftovers.find import leftovers
from dractl.leftovers.inspection import Inspection


class Given(NamedTuple):
    """A document of a configuration file, and where it stands."""

    where: str
    value: Document


@dataclass(frozen=True)
class Case:
    """A snapshot at a moment, with the indexes that all checks share.

    `configuration` are documents such as kubeadm's ClusterConfiguration, `measured`
    the metrics of components.
    """

    snapshot: Snapshot
    now: datetime
    configuration: tuple[Given, ...] = ()
    measured: Measured = field(default_factory=Measured)

    @cached_property
    def cluster(self) -> Inspection:
        """The snapshot with who holds, uses and owns what, and the devices."""
        return Inspection(self.snapshot, self.now)

    @cached_property
    def unsettled(self) -> frozenset[str]:
        """The nodes where a driver may not have come yet, or cannot run."""
        return unsettled(self.snapshot, self.now)

    @cached_property
    def leftovers(self) -> Leftovers:
        """What nobody needs any more."""
        return leftovers(self.snapshot, self.now)

    @cached_property
    def overdrawn(self) -> tuple[Breach, ...]:
        """The counters of which more is given out than there is."""
        return overdrawn(self.snapshot)

    @cached_property
    def grants(self) -> Grants:
        """Who may do what."""
        return Grants(self.snapshot)

    def lack_of(self, kind: str) -> str:
        """Return why nothing follows from the absence of such objects; "": it does."""
        return self.cluster.known.lack_of(kind)
