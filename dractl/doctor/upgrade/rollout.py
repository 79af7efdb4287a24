"""How the pods of a driver are replaced, and whether kubelets go along with it."""

from collections.abc import Iterator
from shlex import quote
from typing import Final

from dractl.diagnose.plugins import pods_of
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.daemons import Daemon
from dractl.doctor.upgrade.question import DriverQuestion
from dractl.doctor.upgrade.registry import DRIVERS, Stage
from dractl.rules.registry import Severity
from dractl.vendors.history import Version, version

_SURGE: Final = Version(1, 33)
_FEW: Final = 3
_ALL: Final = 100
_ON_DELETE: Final = "OnDelete"


@DRIVERS.point("kubelet-too-old", Severity.ERROR, Stage.NODES)
def kubelets_are_new_enough(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A kubelet is older than the driver, or the way in which it is replaced, needs.

    Two instances of a driver on one node need kubelet 1.33: an older one unregisters
    the newer instance when the older one stops. NVIDIA's and AWS's drivers want nodes
    from 1.34.2 on, since kubelets 1.34.0 and 1.34.1 lose drivers that run
    (kubernetes/kubernetes#133920).
    """
    known = question.kubelets()
    if question.nodes and not known:
        yield Skipped("kubelet-too-old", "the source has no releases of kubelets")
    surges = any(each.can_surge for each in question.daemons)
    wanted = version(question.history.kubelet)
    for least, why, severity in (
        (_SURGE if surges else None, "for maxSurge", Severity.ERROR),
        (wanted, "for this driver", Severity.WARNING),
    ):
        old = [
            name
            for name, each in known.items()
            if least is not None and each.plain < least.plain
        ]
        if old and least is not None:
            needed = ".".join(map(str, least.plain[: 3 if least.patch else 2]))
            yield Finding(
                "kubelet-too-old",
                severity,
                f"{listed(old, _FEW)}: the kubelet is older than {needed}, which it "
                f"has to be {why}",
                f"driver {question.driver}",
                fix="upgrade these kubelets first"
                + (", or set maxSurge to 0" if least is _SURGE else ""),
                evidence={"nodes": old, "least": needed},
            )


@DRIVERS.point("surge-unsupported", Severity.ERROR, Stage.CHART)
def surge_is_supported(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """The DaemonSet starts a new pod before the old one stops, and the driver cannot.

    With maxSurge two instances run on a node. They need sockets with the pod's UID in
    their names, and have to share their state; of the drivers that are known here only
    the example driver does so. Others overwrite each other's socket: the one that stops
    removes that of the new one. With --root, the sockets of this node tell.
    """
    if question.surges:
        return
    for each in question.daemons:
        if not each.can_surge:
            continue
        is_known = question.surges is False
        yield Finding(
            "surge-unsupported",
            Severity.ERROR if is_known else Severity.WARNING,
            f"its maxSurge is {each.surge}, and the driver "
            + ("has one socket for all its pods" if is_known else "may not support it"),
            str(each),
            fix="set maxSurge to 0 and maxUnavailable to 1, unless the driver's "
            "documents say that it supports a seamless upgrade",
            commands=(_patch(each, surge=True),),
            evidence={"maxSurge": each.surge},
        )


@DRIVERS.point("all-at-once", Severity.WARNING, Stage.CHART)
def waves_are_small(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """An upgrade replaces the driver's pods on all nodes at once.

    maxUnavailable is 100%, as in NVIDIA's chart. If the new version does not start, no
    node can prepare devices, and after 30 seconds no devices are published any more. A
    PodDisruptionBudget does not protect the pods of a DaemonSet.
    """
    for each in question.daemons:
        if each.strategy is None and question.history.waves:
            yield Skipped("all-at-once", f"the source has no updateStrategy of {each}")
        if each.strategy == _ON_DELETE or _percent(each.unavailable) < _ALL:
            continue
        yield Finding(
            "all-at-once",
            Severity.WARNING,
            f"its maxUnavailable is {each.unavailable}: the pods on all nodes are "
            "replaced at once",
            str(each),
            fix="upgrade in smaller waves; a chart keeps it only if its value says so "
            "(kubeletPlugin.updateStrategy in NVIDIA's)",
            commands=(_patch(each, surge=False),),
            evidence={"maxUnavailable": each.unavailable},
        )
    if not question.daemons:
        usual = question.history.waves
        yield Skipped(
            "all-at-once",
            "no DaemonSet looks like the driver's"
            + (f"; its chart has maxUnavailable {usual}" if usual else ""),
        )


@DRIVERS.point("several-instances", Severity.WARNING, Stage.PLAN)
def one_instance_runs(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Several pods of the driver run on one node.

    An upgrade that got stuck, or two releases of its chart. The kubelet asks the
    instance that registered last, and each writes the slices of the node anew.
    """
    if why := question.case.lack_of("Pod"):
        yield Skipped("several-instances", why)
        return
    found: dict[tuple[str, frozenset[str]], list[str]] = {}
    for pod in pods_of(question.snapshot, question.driver):
        kinds = frozenset(each.name for each in pod.containers)
        # One that has claims is no driver; one that goes is about to be replaced.
        is_over = pod.has_ended or pod.meta.deletion_timestamp
        if pod.node_name and not is_over and not pod.claims:
            found.setdefault((pod.node_name, kinds), []).append(pod.meta.name)
    for (node, _), pods in found.items():
        if len(pods) > 1 and not question.surges:
            yield Finding(
                "several-instances",
                Severity.WARNING,
                f"{listed(pods, _FEW)} run on it",
                f"Node/{node}",
                fix="keep one: finish the upgrade that is under way, or remove the "
                "other release of the chart",
                evidence={"pods": pods},
            )


@DRIVERS.point("partitions-lost", Severity.WARNING, Stage.NODES)
def partitions_stay(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A restart of the driver destroys partitions that it has not made.

    With NVIDIA's gate DynamicMIG, devices draw on shared counters, and a driver that
    starts destroys the MIG instances that are not in its checkpoint: those that
    somebody made by hand, and all of them if the checkpoint is lost.
    """
    drawing = sorted({each.id.pool for each in question.devices if each.consumes})
    if question.history.divides and drawing:
        yield Finding(
            "partitions-lost",
            Severity.WARNING,
            f"{listed(drawing, _FEW)}: MIG instances that the driver does not know are "
            "destroyed when it starts",
            f"driver {question.driver}",
            fix="keep its checkpoint; first end jobs on partitions made by hand",
            evidence={"pools": drawing},
        )


def _percent(amount: str) -> int:
    number = amount.removesuffix("%")
    is_percent = amount.endswith("%") and number.isascii() and number.isdigit()
    return int(number[:4]) if is_percent else 0


def _patch(daemon: Daemon, *, surge: bool) -> str:
    """Return a command that makes the waves of a DaemonSet those of one node."""
    more = '"maxSurge":0,' if surge else ""
    patch = (
        '{"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{'
        f'{more}"maxUnavailable":1}}}}}}}}'
    )
    return (
        f"kubectl patch daemonset {quote(daemon.name)} -n {quote(daemon.namespace)} "
        f"--type merge -p '{patch}'"
    )
