from dataclasses import replace

import pytest

from dractl.discovery.changes import Change, How, changes
from dractl.vendors.base import Found
from tests.discovery.builders import attributes, device, gpu, machine


def told(before: list[Found], after: list[Found]) -> list[Change]:
    return list(changes(machine(*before), machine(*after)))


def test_a_machine_that_stays_as_it_is_has_no_changes() -> None:
    assert told([gpu()], [gpu()]) == []


def test_what_is_gone_is_told_before_what_is_new() -> None:
    old, new = gpu("0000:17:00.0"), gpu("0000:18:00.0")

    assert told([old], [new]) == [Change(How.GONE, old), Change(How.NEW, new)]


def test_a_lost_gpu_is_the_same_device_that_is_published_no_more() -> None:
    lost = gpu(device=None, why_not="GPU_IS_LOST", warnings=("it is lost",))

    [change] = told([gpu()], [lost])
    assert change.how is How.CHANGED
    assert change.texts[:2] == (
        "not published: none -> GPU_IS_LOST",
        "warning: it is lost",
    )


def test_partitions_are_told_apart_by_their_names() -> None:
    parts = [
        gpu(kind="partition", parent="0000:17:00.0", device=device(f"part-{n}"))
        for n in range(3)
    ]

    assert told(parts[:2], parts[1:]) == [
        Change(How.GONE, parts[0]),
        Change(How.NEW, parts[2]),
    ]


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (gpu(numa_node=1), "NUMA node: 0 -> 1"),
        (gpu(kernel_driver="vfio-pci"), "kernel driver: none -> vfio-pci"),
        (
            gpu(device=device("gpu-17", attributes=attributes(model="A2"))),
            "attributes.model: A1 -> A2",
        ),
        (
            gpu(device=device("gpu-17", capacity={"memory": {"value": "1Gi"}})),
            "capacity: none -> 1Gi",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_other_is_told_by_its_name(after: Found, text: str) -> None:
    [change] = told([gpu()], [after])
    assert change.texts == (text,)


def test_a_warning_that_ends_is_told() -> None:
    hot = replace(gpu(), warnings=("it is hot",))

    [change] = told([hot], [gpu()])
    assert change.texts == ("no longer: it is hot",)
