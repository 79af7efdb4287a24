"""What versions of drivers change, as far as it matters to those who upgrade them.

Facts are from the sources and documents of the drivers, as of August 2026. A driver
that is not here is one of which nothing of the kind is known. What is in the sources
after the newest version counts as of the next one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_TEXT: Final = re.compile(
    r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+]([\w.+-]{0,60}))?", re.ASCII
)
_EARLY: Final = re.compile(r"(alpha|beta|dev|pre|rc)", re.ASCII | re.IGNORECASE)
_FINAL: Final = 1


class Version(NamedTuple):
    """A version of a driver, in the order in which its versions came.

    A calendar version counts as what it was later called. `is_final` is 0 before a
    release (`-rc.1`) and 1 from then on; other suffixes name builds (`-ubi9`).
    """

    major: int
    minor: int
    patch: int = 0
    is_final: int = _FINAL

    @property
    def plain(self) -> tuple[int, int, int]:
        """The numbers alone: what is changed by a release is so before it, too."""
        return self.major, self.minor, self.patch


@dataclass(frozen=True, slots=True)
class Release:
    """A version that differs from those before it.

    `gone` are attributes that it no longer publishes, with the name that takes their
    place ("": none); a name without a slash is of the driver's domain. `changed` are
    attributes that stay and mean something else. `deprecated` are those that still are
    there, with what to read instead. `chart` is the new name of the chart, `was` the
    old one. `crds` says what to apply by hand first, `one_way` why there is no way
    back, and `repairs` what may have to be done on nodes. `names` says how devices
    are called, those whose old names match `named`; `gated`: only with gates of the
    driver. `parameters` are paths of fields of its opaque configuration that
    older versions do not know, `lists` are attributes by the gate of the driver that
    turns them into lists, and `notes` are what else users notice.
    """

    version: str
    gone: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    deprecated: Mapping[str, str] = field(default_factory=dict)
    chart: str = ""
    was: str = ""
    crds: str = ""
    one_way: str = ""
    names: str = ""
    named: str = r".*"
    gated: bool = False
    repairs: str = ""
    parameters: tuple[tuple[str, ...], ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a driver, oldest first.

    `newest` is the newest that is known. `surges`: its sockets have the pod's UID, so
    that a new pod can start before the old one stops; None: that is not known. `waves`
    is the maxUnavailable of its chart. `kubelet` is the oldest release for nodes, as
    `1.34.2`. `kernel` is the oldest version of the kernel's driver, and
    `kernel_attribute` the whole name of what tells it. `gates` is the variable of its
    containers that sets its feature gates, `excludes` are pairs of them that must not
    be on together. `hooks`: its chart may have a webhook for claims. `calendar`
    has what calendar versions were called later. `divides`: it may make partitions, and
    destroys on start those that it does not know. `beside` is the driver in whose pods
    it runs, "" for none.
    """

    driver: str
    newest: str
    releases: tuple[Release, ...] = ()
    surges: bool | None = None
    waves: str = ""
    kubelet: str = ""
    kernel: str = ""
    kernel_attribute: str = ""
    gates: str = ""
    excludes: tuple[tuple[str, str], ...] = ()
    hooks: bool = False
    calendar: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    divides: bool = False
    beside: str = ""

    def version(self, text: str) -> Version | None:
        """Read a version of the driver; None: it is none."""
        return version(text, self.calendar)

    def later(self, target: str) -> tuple[Release, ...]:
        """Return what a version does not have yet."""
        there = self.between("", target)
        return tuple(each for each in self.releases if each not in there)

    def between(self, current: str, target: str) -> tuple[Release, ...]:
        """Return what is new from one version to another.

        All up to the target where the current version cannot be read.
        """
        after, last = self.version(current), self.version(target)
        return tuple(
            each
            for each in self.releases
            if (own := self.version(each.version)) is not None
            and (after is None or own.plain > after.plain)
            and (last is None or own.plain <= last.plain)
        )


def version(
    text: str, calendar: Mapping[tuple[int, int], tuple[int, int]] | None = None
) -> Version | None:
    """Read a version; of a calendar's, what it was called later. None: it is none."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        return None
    number = (int(match[1]), int(match[2]))
    known = [each for each in calendar or {} if each <= number]
    if known and calendar:
        number = calendar[max(known)]
    is_early = "-" in text and _EARLY.match(match[4] or "") is not None
    return Version(*number, int(match[3] or 0), 0 if is_early else _FINAL)


_NUMA: Final = "resource.kubernetes.io/numaNode"
_ROOT: Final = "resource.kubernetes.io/pcieRoot"
_ADDRESS: Final = "resource.kubernetes.io/pciBusID"

_NVIDIA_EXCLUDES: Final = (
    ("DynamicMIG", "PassthroughSupport"),
    ("DynamicMIG", "NVMLDeviceHealthCheck"),
    ("DynamicMIG", "MPSSupport"),
    ("PassthroughSupport", "NVMLDeviceHealthCheck"),
    ("MPSSupport", "NVMLDeviceHealthCheck"),
)
_NVIDIA_VARIABLE: Final = "FEATURE_GATES"
_NVIDIA_VERSION: Final = "gpu.nvidia.com/driverVersion"
_NVIDIA_CALENDAR: Final = {
    (25, 3): (0, 1),
    (25, 8): (0, 2),
    (25, 12): (0, 3),
    (26, 4): (0, 4),
}
_NVIDIA_MOVE: Final = Release(
    "0.4",
    chart="dra-driver-nvidia-gpu",
    was="nvidia-dra-driver-gpu",
    crds="its two CRDs (ComputeDomain, ComputeDomainClique)",
    one_way="the checkpoint gains the boot ID of the node, and an older version does "
    "not read it",
    repairs="where a claim could not be prepared again after a reboot (issue 951), the "
    "stale checkpoint in the driver's plugin directory has to be removed first",
    notes=("its images are in registry.k8s.io/dra-driver-nvidia, beside NGC",),
)
_NVIDIA_GATES: Final = (
    "it has new gates of its own, all off: FabricManagerPartitioning, "
    "HostManagedIMEXDaemon, DRAListTypeAttributes, ConsumableShares"
)

_INTEL_OLD: Final = {"pciRoot": _ROOT, "pciAddress": _ADDRESS}

HISTORIES: Final[Mapping[str, History]] = {
    each.driver: each
    for each in (
        History(
            "gpu.nvidia.com",
            "0.5.0",
            (
                Release("0.2", gone={"index": "", "minor": "", "parentIndex": ""}),
                Release(
                    "0.3",
                    gone={"pcieBusID": _ADDRESS},
                    names="MIG devices are called gpu-PARENT-mig-PROFILE-ID-START",
                    named=r"gpu-\d+-mig-\d+-\d+-\d+",
                ),
                _NVIDIA_MOVE,
                Release(
                    "0.5",
                    gone={"numa": _NUMA},
                    parameters=(("sharing", "mpsConfig", "multiUser"),),
                    lists={"DRAListTypeAttributes": _NUMA},
                    notes=(
                        (
                            "claims without a configuration no longer get one with "
                            "TimeSlicing"
                        ),
                        _NVIDIA_GATES,
                        f"with its gate DRAListTypeAttributes, {_NUMA} is a list",
                    ),
                ),
            ),
            surges=False,
            waves="100%",
            kubelet="1.34.2",
            kernel="565.0.0",
            kernel_attribute=_NVIDIA_VERSION,
            gates=_NVIDIA_VARIABLE,
            excludes=_NVIDIA_EXCLUDES,
            hooks=True,
            calendar=_NVIDIA_CALENDAR,
            divides=True,
        ),
        History(
            "compute-domain.nvidia.com",
            "0.5.0",
            (_NVIDIA_MOVE, Release("0.5", notes=(_NVIDIA_GATES,))),
            surges=False,
            waves="100%",
            kubelet="1.34.2",
            kernel="570.158.1",
            kernel_attribute=_NVIDIA_VERSION,
            calendar=_NVIDIA_CALENDAR,
            beside="gpu.nvidia.com",
        ),
        History(
            "gpu.amd.com",
            "1.0.1",
            (
                Release(
                    "1.0",
                    gone={
                        "cardIndex": "",
                        "renderIndex": "",
                        "family": "",
                        "driverSrcVersion": "",
                        "pciAddr": _ADDRESS,
                    },
                    changed={
                        "deviceID": "the PCI device id such as 0x740f, and no longer "
                        "the unique id of the GPU",
                    },
                    gated=True,
                    names="with its gate AutoPartition, devices are called "
                    "gpu-INDEX-COMPUTE-MEMORY, and with VFIOPassthrough gpu-vfio-INDEX",
                    notes=(
                        (
                            "with AutoPartition, the class gpu.amd.com-spx has the "
                            "extended resource, no longer gpu.amd.com"
                        ),
                    ),
                ),
            ),
        ),
        History(
            "gpu.intel.com",
            "0.11.0",
            (
                Release("0.10", deprecated=_INTEL_OLD),
                # Its sources say so of the version that is to be 1.0.
                Release("1.0", gone=_INTEL_OLD),
            ),
            surges=False,
        ),
        History(
            "gaudi.intel.com",
            "0.7.2",
            (
                Release("0.7", deprecated={"pciRoot": _ROOT}),
                Release("1.0", gone={"pciRoot": _ROOT}),
            ),
            surges=False,
        ),
        History("qat.intel.com", "0.4.4", surges=False),
        History(
            "dra.net",
            "1.4.0",
            (
                Release(
                    "1.3",
                    notes=("functions that are bound to vfio-pci are not published",),
                ),
                Release("1.5", deprecated={"numaNode": _NUMA}),
            ),
            surges=False,
        ),
        History(
            "dra.cpu",
            "0.2.0",
            (
                Release(
                    "0.3",
                    deprecated={"numaNodeID": _NUMA, "dra.net/numaNode": _NUMA},
                ),
            ),
            surges=False,
        ),
        History("neuron.aws.com", "", kubelet="1.34.2"),
        History("gpu.example.com", "0.4.0", surges=True),
    )
}
"""By the name of the driver."""
