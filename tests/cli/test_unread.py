"""Changes of a cluster whose results nobody reads any more, as after `| head`."""

from pathlib import Path

from tests.apiserver import ApiServer, Fault, Kind
from tests.cli import abandoned
from tests.cli.processes import Piped, piped
from tests.cli.tainted import AVOID, GPU, OTHER, OTHER_RULE, PATH, Tainter

FABRIC = "fabric.example.com"


def left_by_its_reader(child: Piped) -> tuple[int, str]:
    """Close what a process writes to; return its exit status, and what it says."""
    child.stdout.close()
    said = child.stderr.read()
    return child.wait(20), said


def test_what_was_confirmed_is_done_to_its_end_and_reported(taint: Tainter) -> None:
    path = f"{PATH}{OTHER_RULE}"
    taint.server.faults.add(Fault(Kind.LATENCY, "PATCH", path, seconds=1))
    with taint.started(GPU, OTHER, FABRIC, AVOID, "--yes") as child:
        taint.wait_for_fault()
        status, said = left_by_its_reader(child)

    assert status == 141
    assert said.endswith("warning: nobody reads the output; 3 of 3 rules done\n")
    assert len(taint.rules()) == 3


def test_a_failure_is_reported_on_the_other_stream(taint: Tainter) -> None:
    path = f"{PATH}{OTHER_RULE}"
    taint.server.faults.add(
        Fault(Kind.LATENCY, "PATCH", path, seconds=1),
        Fault(Kind.UNAVAILABLE, "PATCH", path, times=None),
    )
    words = (GPU, OTHER, FABRIC, AVOID, "--yes", "--request-timeout", "1s")
    with taint.started(*words) as child:
        taint.wait_for_fault()
        status, said = left_by_its_reader(child)

    assert status == 141
    assert "error: " in said
    assert said.endswith("warning: nobody reads the output; 1 of 3 rules done\n")
    assert len(taint.rules()) == 1


def test_a_plan_that_nobody_reads_is_not_carried_out(taint: Tainter) -> None:
    with taint.started(GPU, OTHER, AVOID, "--yes") as child:
        status, said = left_by_its_reader(child)

    assert status == 141
    assert said.endswith("warning: nobody reads the output; nothing was changed\n")
    assert taint.rules() == {}


def test_data_that_nobody_reads_is_reported(taint: Tainter) -> None:
    with taint.started(GPU, OTHER, AVOID, "--yes", "-o", "json") as child:
        status, said = left_by_its_reader(child)

    assert status == 141
    assert said.endswith("warning: nobody reads the output; 2 of 2 rules done\n")


def test_changes_go_on_if_nobody_listens_either(taint: Tainter) -> None:
    path = f"{PATH}{OTHER_RULE}"
    taint.server.faults.add(Fault(Kind.LATENCY, "PATCH", path, seconds=1))
    with taint.started(GPU, OTHER, FABRIC, AVOID, "--yes") as child:
        taint.wait_for_fault()
        child.stdout.close()
        child.stderr.close()

    assert child.returncode == 141
    assert len(taint.rules()) == 3


def test_objects_are_deleted_to_the_last(api_server: ApiServer, tmp_path: Path) -> None:
    api_server.add(abandoned.cluster())
    config = str(api_server.kubeconfig(tmp_path / "config", namespace="default"))
    with piped("cleanup", "--kubeconfig", config, "--delete", "--yes") as child:
        status, said = left_by_its_reader(child)

    assert status == 141
    assert "warning: nobody reads the output; the work went on without\n" in said
    assert "3 deleted\n" in said
    assert api_server.objects("ResourceClaim") == []
