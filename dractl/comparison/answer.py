"""The difference of two snapshots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

THERE: Final = "yes"
"""What is told of what has no value, but is there or not, such as a taint."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is different. None: it is not there, before or after."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """An object that came, went, or is another.

    `kind` is Kubernetes', or Device, Pool or Cluster. `home` is what objects are told
    by together: the namespace, or of devices their pool, as `driver/pool`.
    """

    code: str
    kind: str
    name: str
    home: str = ""
    details: tuple[Detail, ...] = ()

    @property
    def full_name(self) -> str:
        """The name with where it is: `namespace/name`, `driver/pool/device`."""
        return f"{self.home}/{self.name}" if self.home else self.name


@dataclass(frozen=True, slots=True)
class Unseen:
    """A kind that cannot be compared, and why not."""

    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is different; kinds in a fixed order, objects by name."""

    changes: tuple[Change, ...] = ()
    unseen: tuple[Unseen, ...] = ()

    def of(self, kind: str) -> Iterator[Change]:
        """Yield the changes of objects of a kind."""
        return (each for each in self.changes if each.kind == kind)


CODES: Final[Mapping[str, str]] = {
    "cluster-changed": "the release or a feature gate",
    "node-added": "new",
    "node-removed": "gone",
    "node-replaced": "deleted and made again",
    "node-changed": "changed",
    "pool-added": "new",
    "pool-removed": "gone",
    "pool-changed": "changed",
    "device-added": "new",
    "device-removed": "gone",
    "device-changed": "changed",
    "taint-rule-added": "new",
    "taint-rule-removed": "gone",
    "taint-rule-replaced": "deleted and made again",
    "taint-rule-changed": "changed",
    "class-added": "new",
    "class-removed": "gone",
    "class-changed": "changed",
    "template-added": "new",
    "template-removed": "gone",
    "template-replaced": "deleted and made again",
    "template-changed": "changed",
    "quota-added": "new",
    "quota-removed": "gone",
    "quota-replaced": "deleted and made again",
    "quota-changed": "changed",
    "claim-added": "new, without devices",
    "claim-removed": "gone",
    "claim-replaced": "deleted and made again",
    "claim-allocated": "got devices",
    "claim-freed": "gave devices back",
    "claim-moved": "has other devices",
    "claim-changed": "changed",
    "pod-added": "new",
    "pod-removed": "gone",
    "pod-waiting": "waiting now",
    "pod-placed": "placed",
    "pod-failed": "failed",
    "pod-replaced": "deleted and made again",
    "pod-changed": "changed",
}
"""What became of an object, by code, in a word or two."""
