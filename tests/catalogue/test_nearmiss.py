"""What devices have instead, and what to write instead."""

import pytest
from hypothesis import given, settings

from dractl.catalogue.funnel import Stage, run
from dractl.catalogue.index import Catalogue
from dractl.catalogue.nearmiss import NearMiss, near_miss
from dractl.catalogue.repair import renamed, replacements
from dractl.cel.environment import STORED
from dractl.cel.selector import compile_cached
from dractl.model.attributes import SemVer
from dractl.model.devices import Device
from tests.builders import DRIVER, device
from tests.catalogue.generated import devices, expressions

A = f'device.attributes["{DRIVER}"]'
C = f'device.capacity["{DRIVER}"]'
DEVICES = [
    device(
        f"gpu-{number}",
        attributes={
            "model": model,
            "numa": number % 2,
            "rdma": False,
            "v": SemVer.parse("1.2.3"),
        },
        memory=memory,
    )
    for number, (model, memory) in enumerate(
        [("A100", "40Gi"), ("A100", "40Gi"), ("A100", "20Gi"), ("L4", "24Gi")]
    )
]
OTHERS = [device("nic-0", driver="nic", attributes={"link": "up"})]
CATALOGUE = Catalogue.of(DEVICES + OTHERS)


def missed(text: str, found: list[Device] = DEVICES) -> tuple[Stage, NearMiss]:
    stage = run([("request", compile_cached(text, STORED))], found).fatal
    assert stage is not None
    miss = near_miss(stage.node, stage.removed, CATALOGUE)
    assert miss is not None
    return stage, miss


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'{A}.model == "a100"', "values of model: A100 (3), L4 (1)"),
        (f'{A}.model == "l-4"', "values of model: L4 (1), A100 (3)"),
        (f'{A}.model in ["H100"]', "values of model: A100 (3), L4 (1)"),
        (f'{A}.model == "x" || {A}.model == "y"', "values of model: A100 (3), L4 (1)"),
        (f'{A}.model.matches("^H")', "values of model: A100 (3), L4 (1)"),
        (f"{A}.numa >= 2", "the largest numa is 1"),
        (f"3 <= {A}.numa", "the largest numa is 1"),
        (f"{A}.numa < 0", "the smallest numa is 0"),
        (f'{C}.memory.compareTo(quantity("80Gi")) >= 0', "the largest memory is 40Gi"),
        (
            f'quantity("80Gi").isLessThan({C}.memory)',
            "the largest memory is 40Gi",
        ),
        (f'{A}.v.isGreaterThan(semver("2.0.0"))', "the largest v is 1.2.3"),
        (f'{A}.v == semver("2.0.0")', "v is 1.2.3 on all 4"),
        (f'{A}.v == "1.2.3"', "v is a version, not a string: 1.2.3 (4)"),
        (f"{A}.rdma", "rdma is false on all 4"),
        (f"{A}.?rdma.orValue(false)", "rdma is false on all 4"),
        (f"cel.bind(a, {A}, a.rdma)", "rdma is false on all 4"),
        (f"!has({A}.model)", "values of model: A100 (3), L4 (1)"),
        (f'{A}.model.size() > 4 && "x" == "x"', "values of model: A100 (3), L4 (1)"),
        (f'{A}.modle == "x"', "no device has the attribute modle; model exists on 4"),
        (
            'has(device.attributes["example.com"].model)',
            (
                f"no device has the attribute example.com/model; {DRIVER}/model "
                "exists on 4"
            ),
        ),
        (
            f"has({A}.memory)",
            (
                f"no device has the attribute {DRIVER}/memory; "
                f"the capacity {DRIVER}/memory exists on 4"
            ),
        ),
        (f"{C}.qqq.isInteger()", f"no device has the capacity {DRIVER}/qqq"),
        (
            'device.attributes["nic"].link == "up"',
            "none of these 4 has the attribute nic/link; 1 other has it",
        ),
        ('device.driver == "gpu"', f"the driver is {DRIVER} on all 4"),
    ],
)
def test_what_the_devices_have_instead(text: str, sentence: str) -> None:
    assert missed(text)[1].sentence() == sentence


def test_devices_without_a_value_are_counted() -> None:
    miss = missed(f"{A}.numa > 5", DEVICES + OTHERS)[1]
    assert miss.sentence() == "the largest numa is 1; 1 lacks it"


def test_drivers_are_listed_nearest_first() -> None:
    miss = missed('device.driver == "nic.example.com"', DEVICES + OTHERS)[1]
    assert miss.sentence() == f"drivers: nic (1), {DRIVER} (4)"


def test_a_clause_of_two_values_has_no_near_miss() -> None:
    node = compile_cached(f"{A}.model == {A}.v", STORED).root
    assert near_miss(node, DEVICES, CATALOGUE) is None


@pytest.mark.parametrize(
    ("text", "better"),
    [
        (f'{A}.model == "a100"', [f'{A}.model == "A100"']),
        (f'{A}.modle == "A100"', [f'{A}.model == "A100"']),
        (
            f'{A}.modle == "a100"',
            [f'{A}.model == "A100"'],
        ),
        (f"has({A}.memory)", [f"has({C}.memory)"]),
        (
            f"{A}.memory >= 80",
            [
                f'{C}.memory.compareTo(quantity("80")) >= 0',
                f'{C}.memory.compareTo(quantity("40Gi")) >= 0',
            ],
        ),
        (
            f'{C}.memory.isGreaterThan(quantity("80Gi"))',
            [f'{C}.memory.compareTo(quantity("40Gi")) >= 0'],
        ),
        (f'{A}.v == "1.2.3"', [f'{A}.v.compareTo(semver("1.2.3")) == 0']),
        (f'{A}.v in ["1.2.3"]', [f'{A}.v.compareTo(semver("1.2.3")) == 0']),
        (f"{A}.rdma", []),
        (f"{A}.qqq == 1", []),
    ],
)
def test_what_to_write_instead(text: str, better: list[str]) -> None:
    assert list(replacements(*missed(text))) == better


def test_every_read_of_a_name_is_renamed() -> None:
    text = f'  has({A}.memory) && {A}.?memory.orValue(0) == {A}["memory"]'
    selector = compile_cached(text, STORED)
    subject = missed(f"has({A}.memory)")[1].subject
    entry = CATALOGUE.entry("capacity", f"{DRIVER}/memory")
    assert entry is not None
    assert renamed(text, selector.root, subject, entry) == (
        f"has({C}.memory) && {C}.?memory.orValue(0) == {C}.memory"
    )


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(devices, expressions)
def test_what_is_offered_helps_some_device(found: list[Device], text: str) -> None:
    catalogue = Catalogue.of(found)
    for stage in run([("r", compile_cached(text, STORED))], found).stages:
        miss = near_miss(stage.node, stage.removed, catalogue)
        if miss is None or not stage.removed:
            continue
        assert miss.sentence()
        for better in replacements(stage, miss):
            selector = compile_cached(better, STORED)
            assert run([("better", selector)], stage.removed).passing
