"""DeviceTaintRules put an admin's taint on what they select."""

import pytest

from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.solver.tracker import tainted_slices
from tests.builders import DRIVER, NO_EXECUTE, POOL, device, slice_

OURS = Taint("admin", "", "NoSchedule", rule="rule")


@pytest.mark.parametrize(
    ("driver", "pool", "name", "tainted"),
    [
        (None, None, None, ["gpu-0", "gpu-1"]),
        (DRIVER, None, None, ["gpu-0", "gpu-1"]),
        (DRIVER, POOL, "gpu-1", ["gpu-1"]),
        (None, None, "gpu-0", ["gpu-0"]),
        (None, "elsewhere", None, []),
        ("other.example.com", None, "gpu-0", []),
    ],
)
def test_a_rule_taints_what_all_of_its_fields_match(
    driver: str | None, pool: str | None, name: str | None, tainted: list[str]
) -> None:
    rule = DeviceTaintRule("rule", OURS, driver=driver, pool=pool, device=name)

    (found,) = tainted_slices([slice_(device("gpu-0"), device("gpu-1"))], [rule])

    assert [d.name for d in found.devices if d.taints == (OURS,)] == tainted


def test_a_rule_without_a_selector_taints_everything() -> None:
    rule = DeviceTaintRule("rule", OURS, selects=False)

    (found,) = tainted_slices([slice_(device())], [rule])

    assert found.devices[0].taints == (OURS,)


def test_the_taints_of_the_driver_come_first() -> None:
    rule = DeviceTaintRule("rule", OURS)

    (found,) = tainted_slices([slice_(device(taints=[NO_EXECUTE]))], [rule, rule])

    assert found.devices[0].taints == (NO_EXECUTE, OURS, OURS)


def test_what_no_rule_concerns_stays_the_same_object() -> None:
    mine = slice_(device())

    assert tainted_slices([mine], [DeviceTaintRule("r", OURS, device="x")]) == (mine,)
    assert tainted_slices([mine], []) == (mine,)


def test_taints_come_in_the_order_of_their_rules() -> None:
    rules = [
        DeviceTaintRule("wide", OURS),
        DeviceTaintRule("narrow", NO_EXECUTE, driver=DRIVER, pool=POOL),
        DeviceTaintRule("pool", OURS, pool=POOL),
    ]
    [found] = tainted_slices([slice_(device())], rules)
    assert found.devices[0].taints == (OURS, NO_EXECUTE, OURS)
