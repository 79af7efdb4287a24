"""What to do for an upgrade, in order, and what will be interrupted by it."""

from collections.abc import Iterable, Iterator, Sequence
from shlex import quote
from typing import Final

from dractl.doctor.answer import Finding
from dractl.doctor.upgrade.answer import Step
from dractl.doctor.upgrade.question import DriverQuestion, ReleaseQuestion
from dractl.doctor.upgrade.registry import DRIVERS, RELEASES, Stage
from dractl.rules.registry import Severity

_MOST: Final = 9  # releases in one plan
_BEFORE: Final = "before.json"
_BACK: Final = "kubectl get resourceslices"


def for_driver(
    question: DriverQuestion, findings: Sequence[Finding]
) -> tuple[Step, ...]:
    """Return the steps: the usual ones, and those that findings ask for.

    There are none where the driver is there already: nothing is replaced then.
    """
    if question.is_there:
        return ()
    stages = {code: row.stage for code, row in DRIVERS.rows.items()}
    return _ordered(_usual_of_driver(question, findings), findings, stages)


def for_release(
    question: ReleaseQuestion, findings: Sequence[Finding]
) -> tuple[Step, ...]:
    """Return the steps: the usual ones, and those that findings ask for.

    Only the latter where the cluster is there already.
    """
    stages = {code: row.stage for code, row in RELEASES.rows.items()}
    usual = () if question.is_there else _usual_of_release(question)
    return _ordered(usual, findings, stages)


def interruptions_of_driver(question: DriverQuestion) -> tuple[str, ...]:
    """Return what users notice while a driver is upgraded."""
    if question.is_there:
        return ()
    surging = any(each.can_surge for each in question.daemons)
    pods = len(question.users)
    running = f"pods with its devices keep running: {pods}" if pods else ""
    if question.surges and surging:
        return tuple(filter(None, (running, "new pods start without a gap")))
    return tuple(
        filter(
            None,
            (
                running,
                (
                    "on each node, while its pod is replaced: new pods with devices "
                    "stay in ContainerCreating, deleted ones stay Terminating"
                ),
                (
                    "where that takes more than 30 s, the kubelet deletes the driver's "
                    "slices of the node, and nothing is scheduled onto them till it is "
                    "back"
                ),
                "a driver that is removed instead of upgraded leaves these pods "
                "Terminating once they are deleted"
                if pods
                else "",
            ),
        )
    )


def interruptions_of_release(question: ReleaseQuestion) -> tuple[str, ...]:
    """Return what users notice while a cluster is upgraded."""
    if question.is_there:
        return ()
    claims = sum(each.allocation is not None for each in question.snapshot.claims)
    held = f"; claims that hold devices now: {claims}" if claims else ""
    return (
        (
            "while API server and scheduler restart, no claim gets devices; pods "
            "that run keep theirs"
        ),
        (
            "when a kubelet starts, it deletes all slices of its node till the drivers "
            "have registered again"
        ),
        f"a node that is drained loses its pods with devices{held}",
    )


def _usual_of_driver(
    question: DriverQuestion, findings: Iterable[Finding]
) -> Iterator[tuple[Stage, Step]]:
    yield Stage.PLAN, _saved()
    has_chart = any(each.code == "chart-renamed" for each in findings)
    release, space = "RELEASE", "NAMESPACE"
    for each in question.daemons:
        release, space = each.release or release, each.namespace
    if not has_chart:
        chart = next((each.chart for each in question.daemons if each.chart), "CHART")
        # Values of the old chart, but defaults of the new one.
        version = quote(question.target) if question.target else "VERSION"
        yield (
            Stage.CHART,
            Step(
                "upgrade the chart",
                (
                    (
                        f"helm upgrade {quote(release)} REPOSITORY/{quote(chart)} "
                        f"-n {quote(space)} "
                        f"--version {version} --reset-then-reuse-values"
                    ),
                ),
            ),
        )
    yield (
        Stage.NODES,
        Step(
            "see on each node that the new pod is ready and its devices are back, "
            "before the next one",
            (
                *(
                    f"kubectl rollout status daemonset {quote(each.name)} "
                    f"-n {quote(each.namespace)}"
                    for each in question.daemons
                ),
                f"{_BACK} --field-selector spec.driver={quote(question.driver)}",
            ),
        ),
    )
    yield Stage.AFTER, _looked_after()


def _usual_of_release(question: ReleaseQuestion) -> Iterator[tuple[Stage, Step]]:
    yield Stage.PLAN, _saved()
    for release in question.way[:_MOST]:
        yield (
            Stage.CONTROL_PLANE,
            Step(
                f"upgrade the control plane to {release}: kube-apiserver first, then "
                "kube-controller-manager and kube-scheduler",
                (f"kubeadm upgrade plan v{release}.PATCH",),
            ),
        )
    yield (
        Stage.CHART,
        Step(
            "have versions of the drivers that serve both v1 and v1beta1 to kubelets, "
            "before the kubelets are upgraded"
        ),
    )
    yield (
        Stage.NODES,
        Step(
            "upgrade kubelets in small waves: drain a node, upgrade it, and see that "
            "its devices are back",
            (
                "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data",
                f"{_BACK} --field-selector spec.nodeName=NODE",
                "kubectl uncordon NODE",
            ),
        ),
    )
    yield Stage.AFTER, _looked_after()


def _saved() -> Step:
    return Step("keep what there is now", (f"dractl snapshot -f {_BEFORE}",))


def _looked_after() -> Step:
    return Step(
        f"look whether all is well; {_BEFORE} has what was there before",
        ("dractl doctor", "dractl health -A"),
    )


def _ordered(
    usual: Iterable[tuple[Stage, Step]],
    findings: Iterable[Finding],
    stages: dict[str, Stage],
) -> tuple[Step, ...]:
    """Return the steps by their stages; what findings ask for comes first in each.

    But for the first stage, where what there is now is kept before all else.
    """
    asked: dict[tuple[Stage, str, str], dict[str, None]] = {}
    for each in findings:
        if each.severity is not Severity.INFO and each.fix:
            key = (stages.get(each.code, Stage.PLAN), each.code, each.fix)
            asked.setdefault(key, {}).update(dict.fromkeys(each.commands))
    found = [
        (stage, 1, Step(fix, tuple(commands), code))
        for (stage, code, fix), commands in asked.items()
    ]
    found += [(stage, 0 if stage is Stage.PLAN else 2, step) for stage, step in usual]
    return tuple(step for *_, step in sorted(found, key=lambda each: each[:2]))
