"""What the selectors of DeviceTaintRules select."""

import pytest

from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule

GPU = DeviceId("gpu.example.com", "node-1", "gpu-0")


@pytest.mark.parametrize(
    ("selector", "selects"),
    [
        (DeviceSelector(), True),
        (DeviceSelector("gpu.example.com"), True),
        (DeviceSelector("gpu.example.com", "node-1"), True),
        (DeviceSelector(None, None, "gpu-0"), True),
        (DeviceSelector(*GPU), True),
        (DeviceSelector("nic.example.com"), False),
        (DeviceSelector("gpu.example.com", "node-2"), False),
        (DeviceSelector("gpu.example.com", "node-1", "gpu-1"), False),
    ],
    ids=str,
)
def test_all_parts_that_are_set_must_be_equal(
    selector: DeviceSelector, *, selects: bool
) -> None:
    assert selector.selects(GPU) is selects


@pytest.mark.parametrize(
    ("one", "other", "covers", "meets"),
    [
        (DeviceSelector("d"), DeviceSelector("d", "p"), True, True),
        (DeviceSelector("d", "p"), DeviceSelector("d"), False, True),
        (DeviceSelector("d", "p"), DeviceSelector(None, None, "x"), False, True),
        (DeviceSelector("d", "p"), DeviceSelector("d", "q"), False, False),
    ],
    ids=["wider", "narrower", "crosswise", "apart"],
)
def test_selectors_cover_or_meet_each_other(
    one: DeviceSelector, other: DeviceSelector, *, covers: bool, meets: bool
) -> None:
    assert (one.covers(other), one.meets(other)) == (covers, meets)


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (DeviceSelector(), "all devices"),
        (DeviceSelector("d"), "d"),
        (DeviceSelector("d", "p", "x"), "d/p/x"),
        (DeviceSelector(None, "p"), "*/p"),
    ],
)
def test_a_selector_reads_as_users_type_it(selector: DeviceSelector, text: str) -> None:
    assert str(selector) == text


def test_a_rule_without_a_selector_has_none() -> None:
    taint = Taint("k", "", "NoExecute")
    assert DeviceTaintRule("r", taint, selects=False).selector is None
    assert DeviceTaintRule("r", taint, driver="d").selector == DeviceSelector("d")
