"""What a page shows: the answers of other commands, of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import DeviceUse
from dractl.capacity.look import Look
from dractl.diagnose.answer import Explanation
from dractl.doctor.answer import Examination
from dractl.health.answer import Health
from dractl.taints.listing import Taints


@dataclass(frozen=True)
class Report:
    """A cluster as a page shows it.

    `source` says where it was read, `moment` as of when: "" if nothing tells. `doctor`
    and `health` are None where nobody asked. `missing` are the kinds and objects that
    could not be read. `program` is dractl with its version.
    """

    title: str
    source: str
    moment: str
    program: str
    look: Look
    waiting: Explanation
    taints: Taints
    doctor: Examination | None = None
    health: Health | None = None
    missing: Sequence[str] = field(default_factory=tuple)

    @property
    def snapshot(self) -> Snapshot:
        """The cluster."""
        return self.look.snapshot

    @property
    def fleet(self) -> Sequence[DeviceUse]:
        """Its devices."""
        return self.look.fleet
