"""What is asked: may this driver, or this cluster, be upgraded, and to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.catalogue.published import published
from dractl.doctor.case import Case, Given
from dractl.doctor.upgrade.daemons import Daemon, daemons
from dractl.model.claims import ResourceClaim
from dractl.model.cluster import OLDEST, KubernetesVersion, Profile
from dractl.model.devices import Device
from dractl.model.nodestate import NodeState
from dractl.model.workloads import Pod
from dractl.rules.subject import mapping, text
from dractl.vendors.history import HISTORIES, History, Release, Version, version


@dataclass(frozen=True)
class Question:
    """A cluster, its documents as they were read, and manifests that go with it."""

    case: Case
    documents: tuple[Given, ...] = ()
    manifests: tuple[Given, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        """The cluster."""
        return self.case.snapshot

    @cached_property
    def given(self) -> tuple[tuple[str, Snapshot], ...]:
        """What the manifests define, by the files that they are from."""
        files: dict[str, list[tuple[object, str]]] = {}
        for each in self.manifests:
            files.setdefault(each.where, []).append((each.value, each.where))
        return tuple(
            (where, Snapshot.from_sourced(found)) for where, found in files.items()
        )


@dataclass(frozen=True)
class DriverQuestion(Question):
    """`driver` is to become `target`, "" for the newest that is known.

    `stated` is the version that the user says it has, "" for none. `node` is what the
    files of one node tell of the driver, None where nobody has looked.
    """

    driver: str = ""
    wanted: str = ""
    stated: str = ""
    node: NodeState | None = None

    @cached_property
    def history(self) -> History:
        """What is known of its versions; maybe nothing."""
        return HISTORIES.get(self.driver) or History(self.driver, "")

    @property
    def surges(self) -> bool | None:
        """Whether a new pod of it can start before the old one stops; None: not known.

        Sockets tell it with the UIDs of pods in their names, else what is known of it.
        """
        seen = None if self.node is None else self.node.is_rolling
        return self.history.surges if seen is None else seen

    @cached_property
    def daemons(self) -> tuple[Daemon, ...]:
        """The DaemonSets that look like the driver's."""
        return daemons(self.documents, self.history.beside or self.driver)

    @property
    def current(self) -> str:
        """The version that is there, "" where nothing tells it."""
        found = (each.version for each in self.daemons if each.version)
        return self.stated or next(found, "")

    @property
    def target(self) -> str:
        """The version to come, "" where none is named and none is known."""
        return self.wanted or self.history.newest

    @property
    def versions(self) -> tuple[Version | None, Version | None]:
        """Both versions in their order; None for one that is not known."""
        return self.history.version(self.current), self.history.version(self.target)

    @property
    def is_there(self) -> bool:
        """Whether the driver has the version of the target already."""
        now, then = self.versions
        return now is not None and now == then

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """The versions on the way that change something."""
        return self.history.between(self.current, self.target)

    @cached_property
    def slices(self) -> frozenset[str]:
        """The names of its slices."""
        own = (each for each in self.snapshot.slices if each.driver == self.driver)
        return frozenset(each.name for each in own)

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        """What the driver publishes."""
        return self.published_by(self.driver)

    @cached_property
    def claims(self) -> tuple[ResourceClaim, ...]:
        """The claims that have devices of the driver."""
        return tuple(
            each
            for each in self.snapshot.claims
            if each.allocation is not None
            and any(one.device.driver == self.driver for one in each.allocation.results)
        )

    @cached_property
    def users(self) -> Mapping[tuple[str, str], Pod]:
        """The pods that these claims are reserved for and that have not ended."""
        consumers = self.case.cluster.holders.consumers
        return {
            one.pod.meta.key: one.pod
            for claim in self.claims
            for one in consumers(claim)
            if one.pod is not None and not one.is_done
        }

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The nodes on which the driver publishes, or on which its claims are used."""
        own = {
            each.scope.node_name
            for each in self.snapshot.slices
            if each.driver == self.driver and each.scope.node_name
        }
        used = {each.node_name for each in self.users.values() if each.node_name}
        return tuple(sorted(own | used))

    def published_by(self, driver: str) -> tuple[Device, ...]:
        """Return what a driver publishes, maybe another one."""
        own = [each for each in self.snapshot.slices if each.driver == driver]
        return tuple(each.device for each in published(own))

    def kubelets(self) -> dict[str, Version]:
        """Return the versions of the kubelets on these nodes."""
        known = self.snapshot.node_by_name
        found = (
            (name, version(known[name].kubelet_version.partition("+")[0]))
            for name in self.nodes
            if name in known
        )
        return {name: each for name, each in found if each is not None}


@dataclass(frozen=True)
class ReleaseQuestion(Question):
    """The cluster is to become Kubernetes `target`."""

    target: KubernetesVersion = OLDEST

    @property
    def current(self) -> KubernetesVersion:
        """The release that is there."""
        return self.snapshot.profile.version

    @property
    def is_there(self) -> bool:
        """Whether the cluster is of that release already."""
        return self.current == self.target

    @cached_property
    def way(self) -> tuple[KubernetesVersion, ...]:
        """The releases to go through: each minor one up to the target."""
        major, first = self.current
        return tuple(
            KubernetesVersion(major, minor)
            for minor in range(first + 1, self.target.minor + 1)
        )

    def profile(self, release: KubernetesVersion) -> Profile:
        """Return a release with the gates of the cluster that are not its defaults."""
        now = self.snapshot.profile
        usual = Profile.of(now.version)
        set_ = {
            gate: gate in now.gates
            for gate in now.gates ^ usual.gates
            if Profile.of(release).knows(gate)
        }
        return Profile.of(release, set_)


def subject_of(document: object) -> str:
    """Return an object as findings name it."""
    given = mapping(document, "metadata")
    name = text(given, "name") or text(given, "generateName")
    parts = (text(document, "kind"), text(given, "namespace"), name)
    return "/".join(filter(None, parts))
