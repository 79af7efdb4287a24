"""Feature gates that components tell in their metrics."""

from collections.abc import Mapping
from typing import Any

import pytest

from dractl.api.component_metrics import ComponentMetrics
from dractl.api.snapshot import Snapshot
from dractl.doctor.answer import Examination
from dractl.doctor.case import Case
from dractl.doctor.configuration import release_of, settings
from dractl.doctor.measuring import Measured, Unread
from dractl.doctor.run import examine
from dractl.model.cluster import GATES, Profile
from dractl.model.gates import SCHEDULER
from dractl.rules.registry import Severity
from tests.doctor.healthy import NOW, healthy, info, node
from tests.doctor.metered import kubelet, manager, read, scheduler

Wire = dict[str, Any]


def gates(release: str = "1.36", **other: bool) -> Mapping[str, bool]:
    """Return all gates that a component of a release tells."""
    profile = Profile.of(release)
    known = {each: profile.enabled(each) for each in GATES if profile.knows(each)}
    return {"AllAlpha": False, "AllBeta": False, **known, **other}


def examined(
    *metrics: ComponentMetrics,
    documents: list[Wire] | None = None,
    unread: tuple[Unread, ...] = (),
    code: str = "gate-differs",
) -> Examination:
    """Return what a check says of a cluster whose components tell that."""
    snapshot = Snapshot.from_documents(documents or healthy())
    return examine(Case(snapshot, NOW, measured=Measured(metrics, unread)), only=[code])


def test_components_that_tell_the_same_do_not_differ() -> None:
    answer = examined(
        read(kubelet(gates=gates())),
        read(scheduler(gates=gates()), "pod s"),
        read(manager(gates=gates()), "pod m"),
    )
    assert answer.passed == ("gate-differs",)


def test_components_whose_gates_are_measured_are_known() -> None:
    metrics = [read(each(gates=gates())) for each in (kubelet, scheduler, manager)]
    (skipped,) = examined(*metrics[:2], documents=[info()]).skipped
    assert "of kube-controller-manager are not known" in skipped.why
    assert examined(*metrics, documents=[info()]).passed == ("gate-differs",)


def test_a_kubelet_that_differs_is_an_error() -> None:
    told = gates(DRAConsumableCapacity=False)
    metrics = [read(kubelet(f"n{n}", gates=told), f"node n{n}") for n in range(9)]
    (finding,) = examined(*metrics).findings
    assert (finding.subject, finding.severity) == (
        "DRAConsumableCapacity",
        Severity.ERROR,
    )
    assert finding.evidence["off"] == [
        "kubelet (metrics of node n0, node n1, node n2 and 6 more)"
    ]


def test_an_older_kubelet_with_its_own_defaults_is_a_warning() -> None:
    told = read(kubelet(gates=gates("1.35"), release="v1.35.1"))
    findings = examined(told).findings
    assert {each.severity for each in findings} == {Severity.WARNING}
    assert "DRAConsumableCapacity" in {each.subject for each in findings}
    assert findings[0].message.endswith(", as it is by default in 1.35")
    assert findings[0].fix == "upgrade to 1.36, or set it alike in all of them"


def test_an_older_kubelet_with_a_gate_of_its_own_is_an_error() -> None:
    told = gates("1.35", DynamicResourceAllocation=False)
    findings = examined(read(kubelet(gates=told, release="v1.35.1"))).findings
    severities = {each.subject: each.severity for each in findings}
    assert severities["DynamicResourceAllocation"] is Severity.ERROR


def test_defaults_of_the_same_release_excuse_nothing() -> None:
    server = info(featureGates=dict(gates(DRAConsumableCapacity=False)))
    measured = read(kubelet(gates=gates(), release="v1.36.1"))
    findings = examined(measured, documents=[server, node("n1")]).findings
    assert [each.severity for each in findings] == [Severity.ERROR]


@pytest.mark.parametrize("code", ["gate-locked", "gate-unknown", "runtime-config"])
def test_what_metrics_tell_nobody_has_set(code: str) -> None:
    told = gates(SomeOther=True, DRASomeOther=True)
    metrics = (read(each(gates=told)) for each in (kubelet, scheduler, manager))
    assert examined(*metrics, code=code).passed == (code,)


def test_metrics_that_tell_nothing_are_told() -> None:
    odd = read(["a_total 1"], "a.metrics")
    bare = read(kubelet(gates={}), "b.metrics")
    answer = examined(odd, bare, unread=(Unread(SCHEDULER, "not reached"),))
    assert answer.findings == ()
    assert [each.why.split("; ")[0] for each in answer.skipped] == [
        "a.metrics: these metrics do not tell which component they are of",
        "b.metrics: the metrics tell no feature gates",
        "not reached",
    ]


def test_one_process_of_several_components_has_the_gates_of_all() -> None:
    lines = [*kubelet(gates=gates()), *scheduler(gates=gates()), *manager()]
    case = Case(
        Snapshot.from_documents([node("n1")]), NOW, measured=Measured((read(lines),))
    )
    assert [each.program for each in settings(case).components] == [
        "kube-controller-manager",
        "kube-scheduler",
        "kubelet",
    ]


def test_the_release_is_that_of_the_newest_component() -> None:
    metrics = [read(kubelet(release=each)) for each in ("v1.35.1", "v1.34.9", "dirty")]
    assert release_of((), metrics) == "1.35"
    assert release_of((), metrics[2:]) is None
