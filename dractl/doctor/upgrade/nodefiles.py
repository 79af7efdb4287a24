"""What the files of the node on which dractl runs tell of a driver: --root."""

from collections.abc import Iterator
from shlex import quote
from typing import Final

from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import DriverQuestion
from dractl.doctor.upgrade.registry import DRIVERS, Stage
from dractl.model.nodestate import NodeState
from dractl.rules.registry import Severity

_FEW: Final = 5


@DRIVERS.point("checkpoint-broken", Severity.ERROR, Stage.PLAN)
def checkpoints_are_whole(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A file in which prepared claims are noted cannot be read on this node.

    The kubelet notes them in /var/lib/kubelet/dra_manager_state, and drivers as
    NVIDIA's in checkpoint.json in their folder below /var/lib/kubelet/plugins. A driver
    that cannot read its file does not start ("checkpoint is corrupted"), so that after
    an upgrade the node has no devices. It can be seen on the node only: run dractl
    there, with --root / or with where its files are.
    """
    state = question.node
    if state is None:
        yield Skipped(
            "checkpoint-broken",
            "sockets and checkpoints are files on nodes: run it there with --root",
        )
        return
    if state == NodeState():
        yield Skipped(
            "checkpoint-broken",
            "below --root are no files of the kubelet or of the driver",
        )
    for each in state.unread:
        yield Skipped("checkpoint-broken", each)
    for checkpoint in state.checkpoints:
        if checkpoint.flaw:
            yield Finding(
                "checkpoint-broken",
                Severity.ERROR,
                checkpoint.flaw,
                checkpoint.path,
                fix="drain the claims of this node, and take the file away, before the "
                "driver is started again",
            )


@DRIVERS.point("claims-forgotten", Severity.WARNING, Stage.NODES)
def prepared_claims_are_there(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A claim is prepared on this node, and the cluster does not have it any more.

    Nobody asks the driver to unprepare it: it keeps what it has set up, such as
    partitions, and a new version may stumble over it.
    """
    if question.node is None:
        return
    if why := question.case.lack_of("ResourceClaim"):
        yield Skipped("claims-forgotten", why)
        return
    known = {each.meta.uid for each in question.snapshot.claims}
    lost = [str(each) for each in question.node.claims if each.uid not in known]
    if lost:
        yield Finding(
            "claims-forgotten",
            Severity.WARNING,
            f"{counted(len(lost), 'claim')} prepared here that the cluster does not "
            f"have: {listed(lost, _FEW)}",
            f"driver {question.driver}",
            fix="see in the driver's log whether it unprepares them; its restart may "
            "do it",
            evidence={"claims": lost},
        )


@DRIVERS.point("claims-prepared", Severity.INFO, Stage.NODES)
def claims_are_prepared(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """Claims are prepared on this node: the new version has to read of them.

    That is what the driver's checkpoint and the kubelet's state say; claims-in-use goes
    by the API.
    """
    claims = () if question.node is None else question.node.claims
    if claims:
        yield Finding(
            "claims-prepared",
            Severity.INFO,
            f"{counted(len(claims), 'claim')} prepared here: "
            f"{listed(map(str, claims), _FEW)}",
            f"driver {question.driver}",
            evidence={"claims": [str(each) for each in claims]},
        )


@DRIVERS.point("socket-left", Severity.WARNING, Stage.NODES)
def sockets_have_pods(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A socket of the driver is left on this node by a pod that is gone.

    With rolling updates, sockets have the UID of their pod in their names, and the pod
    removes them when it ends. One that was killed leaves them; the kubelet tries to
    reach them, and may ask the wrong one.
    """
    if question.node is None or not question.node.is_rolling:
        return
    if why := question.case.lack_of("Pod"):
        yield Skipped("socket-left", why)
        return
    known = {each.meta.uid for each in question.snapshot.pods}
    left = [
        each.path
        for each in question.node.sockets
        if each.pod and each.pod not in known
    ]
    if left:
        yield Finding(
            "socket-left",
            Severity.WARNING,
            f"{listed(left, _FEW)}: the cluster has no pod of that UID",
            f"driver {question.driver}",
            fix="remove it on this node",
            commands=tuple(f"rm {quote(each)}" for each in left[:_FEW]),
            evidence={"sockets": left},
        )
