import io
import json

import pytest

from dractl.api.snapshot import Snapshot
from dractl.cli import device_reports
from dractl.cli.terminal import Terminal
from dractl.cli.text import width
from dractl.demo import PATH
from dractl.diagnose.answer import DeviceReport
from dractl.diagnose.device import explain_device
from dractl.diagnose.world import World
from dractl.model.devices import Taint
from tests.builders import device

HELD = {
    "claim": {"namespace": "ml", "name": "c"},
    "consumers": ["pod a", "pod b"],
    "owners": ["Job train"],
}


def shown(report: DeviceReport, columns: int | None = 80) -> list[str]:
    screen = Terminal(io.StringIO(), io.StringIO(), columns=columns, colour=False)
    return device_reports.table([report], screen).splitlines()


def test_a_device_of_which_nothing_is_known_has_no_gaps() -> None:
    assert shown(DeviceReport(device("gpu-0"), "", ())) == [
        "device gpu.example.com/pool/gpu-0",
        "  slice     <none>",
        "  nodes     <none>",
        "  held by   nobody",
        "  taints    <none>",
        "  classes   <none>",
        "  suits     no claim that waits",
    ]


def test_all_that_is_known_of_a_device_has_its_line() -> None:
    gpu = device(
        attributes={"model": "H100", "fast": True},
        taints=[
            Taint("a", "b", "NoSchedule", "2026-01-02T03:04:05Z", "rule"),
            Taint("c", "", "NoExecute"),
        ],
    )
    report = DeviceReport(
        gpu,
        "slice-0",
        ("n1", "n2"),
        (HELD,),
        (
            {"counterSet": "s", "counter": "memory", "needed": "4Gi", "left": "1Gi",
             "suffices": False, "drawnBy": ["d/p/x"]},
            {"counterSet": "s", "counter": "slices", "needed": "1", "left": "3",
             "suffices": True, "drawnBy": ["d/p/x"]},
        ),
        ({"name": "memory", "value": "80Gi", "used": "20Gi"},),
        ("gpu",),
        ("claim ml/c request r",),
        ("it is new",),
    )  # fmt: skip

    assert shown(report) == [
        "device gpu.example.com/pool/gpu-0",
        "  slice     slice-0",
        "  nodes     n1, n2",
        "  held by   claim ml/c (pod a, pod b; Job train)",
        "  taints    a=b:NoSchedule (DeviceTaintRule rule, since 2026-01-02T03:04:05Z)",
        "            c:NoExecute (set by the driver)",
        "  counters  s, drawn on by d/p/x",
        "            - memory: needs 4Gi, 1Gi left (too little)",
        "            - slices: needs 1, 3 left",
        "  capacity  memory 80Gi, 20Gi given",
        "  attribute gpu.example.com/fast = true",
        "            gpu.example.com/model = H100",
        "  classes   gpu",
        "  suits     claim ml/c request r",
        "  note      it is new",
    ]


def test_a_claim_that_is_reserved_for_nobody_is_said_to_be_so() -> None:
    idle = {**HELD, "consumers": [], "owners": []}

    told = shown(DeviceReport(device(), "", (), (idle,)))

    assert "  held by   claim ml/c (reserved for nobody)" in told


def test_of_very_many_entries_the_first_are_shown() -> None:
    nodes = tuple(f"n{number}" for number in range(30))

    told = " ".join(" ".join(shown(DeviceReport(device(), "", nodes))).split())

    assert "and 14 more held by" in told


def test_several_devices_are_set_apart_by_an_empty_line() -> None:
    one = DeviceReport(device("a"), "", ())
    screen = Terminal(io.StringIO(), io.StringIO(), columns=80, colour=False)

    paragraphs = device_reports.table([one, one], screen).split("\n\n")

    assert [each.partition("\n")[0] for each in paragraphs] == [
        "device gpu.example.com/pool/a",
        "device gpu.example.com/pool/a",
    ]


def test_names_are_paths() -> None:
    reports = [DeviceReport(device(name), "", ()) for name in ("a", "b\x1b")]

    assert device_reports.names(reports) == (
        "gpu.example.com/pool/a\ngpu.example.com/pool/b\\x1b\n"
    )


@pytest.mark.parametrize("text", ["\x1b[31m", "a\u202eb", "a\nb", "a\x9bb"])
def test_what_a_terminal_would_obey_is_spelled_out(text: str) -> None:
    gpu = device(
        text, attributes={text: text}, taints=[Taint(text, text, text, text, text)]
    )
    holder = {
        "claim": {"namespace": text, "name": text},
        "consumers": [text],
        "owners": [text],
    }
    counter = {"counterSet": text, "counter": text, "needed": "1", "left": "0",
               "suffices": False, "drawnBy": [text]}  # fmt: skip
    capacity = {"name": text, "value": "1", "used": None}
    report = DeviceReport(
        gpu,
        text,
        (text,),
        (holder,),
        (counter,),
        (capacity,),
        (text,),
        (text,),
        (text,),
    )

    assert all(each.isprintable() for each in shown(report))


@pytest.mark.parametrize("columns", [80, None], ids=["terminal", "pipe"])
def test_no_line_about_a_device_of_the_sample_cluster_is_wider_than_80_cells(
    columns: int | None,
) -> None:
    items = json.loads(PATH.read_text("utf-8"))["items"]
    world = World(Snapshot.from_documents(items))
    reports = [explain_device(world, str(each)) for each in world.device_by_id]

    lines = [line for each in reports for line in shown(each, columns)]

    assert [line for line in lines if width(line) > 80] == []
    assert len(reports) > 80
