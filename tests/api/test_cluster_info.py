"""What a source says of the cluster itself."""

from collections.abc import Mapping

import pytest

from dractl.api.cluster_info import written
from dractl.api.snapshot import Snapshot
from dractl.model.cluster_info import Cause, ClusterInfo, Gap

EVENTS = Gap("Event", "events", "", Cause.FORBIDDEN, None, "needs list events")
OTHERS = Gap("Pod", "pods", "", Cause.LEFT_OUT, "training")


def read(info: ClusterInfo, **options: object) -> Snapshot:
    gates = options.get("gates")
    release = options.get("kubernetes")
    assert isinstance(gates, Mapping | None)
    assert isinstance(release, str | None)
    return Snapshot.from_documents(
        [written(info)], kubernetes=release, feature_gates=gates
    )


@pytest.mark.parametrize(
    "info",
    [
        ClusterInfo(),
        ClusterInfo("v1.36.2"),
        ClusterInfo("1.35", {"DRADeviceTaints": True}, (EVENTS, OTHERS)),
        ClusterInfo("1.36", read=frozenset({"Pod", "Job.batch"})),
        ClusterInfo("1.36", served=frozenset({"v1", "v1beta2"})),
        ClusterInfo("1.36", served=frozenset()),
    ],
)
def test_what_is_written_is_read_again(info: ClusterInfo) -> None:
    assert read(info).info == info


def test_the_release_of_the_server_is_judged_by() -> None:
    assert str(read(ClusterInfo("v1.34.1")).profile.version) == "1.34"


def test_gates_of_the_server_are_on_top_of_the_defaults_and_below_the_users() -> None:
    info = ClusterInfo("1.36", {"DRADeviceTaintRules": True, "DRADeviceTaints": False})
    profile = read(info, gates={"DRADeviceTaints": True}).profile
    assert profile.enabled("DRADeviceTaintRules")
    assert profile.enabled("DRADeviceTaints")


def test_gates_of_the_server_do_not_count_for_another_release() -> None:
    info = ClusterInfo("1.36", {"DRADeviceTaintRules": True})
    assert not read(info, kubernetes="1.35").profile.enabled("DRADeviceTaintRules")


def test_a_gate_that_is_unknown_here_is_passed_over() -> None:
    info = ClusterInfo("1.36", {"DRAOfTomorrow": True})
    assert not read(info).problems


@pytest.mark.parametrize("metadata", [True, "x", {"name": [1]}, {"uid": 7}])
def test_odd_metadata_is_a_problem(metadata: object) -> None:
    document = {**written(ClusterInfo("v1.36.2")), "metadata": metadata}
    (problem,) = Snapshot.from_documents([document]).problems
    assert problem.path.startswith("metadata")


def test_a_cause_that_is_unknown_here_is_a_problem() -> None:
    document = written(ClusterInfo("1.36", None, (EVENTS,)))
    document["unread"] = [{"kind": "Event", "cause": "moon"}]
    (problem,) = Snapshot.from_documents([document]).problems
    assert problem.path == "unread[0].cause"


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (EVENTS, "events may not be read"),
        (OTHERS, "pods outside of namespace training were left out"),
        (
            Gap("ResourceSlice", "resourceslices", "", Cause.NOT_SERVED),
            "this cluster does not serve resourceslices",
        ),
    ],
)
def test_a_gap_is_said_in_words(gap: Gap, said: str) -> None:
    assert str(gap) == said
