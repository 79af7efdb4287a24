"""What the allocations of earlier claims hold."""

import dataclasses

import pytest

from dractl.model.claims import Allocation, DeviceResult
from dractl.model.cluster import Profile
from dractl.model.devices import DeviceId
from dractl.model.quantity import NANO
from dractl.solver.rules import rules_of
from dractl.solver.usage import Usage
from tests.builders import claim, quantities

GPU = DeviceId("d", "p", "gpu")
RULES = rules_of(Profile.of("1.36"))
WHOLE = DeviceResult("r", GPU)
SHARE = DeviceResult(
    "r", GPU, share_id="id", consumed_capacity=quantities({"memory": "2"})
)
EMPTY_SHARE = DeviceResult("r", GPU, share_id="id")
ADMIN = DeviceResult("r", GPU, admin_access=True)


def usage(*results: DeviceResult, consumable: bool = True) -> Usage:
    """Return what claims hold, each with one of the results."""
    claims = [claim(allocation=Allocation((each,))) for each in results]
    rules = dataclasses.replace(RULES, consumable=consumable)
    return Usage.of([*claims, claim()], rules)


def test_a_whole_device_is_held() -> None:
    assert usage(WHOLE) == Usage(consumable=True, dedicated={GPU})


def test_a_device_under_admin_access_is_not_held() -> None:
    assert usage(ADMIN) == Usage(consumable=True)


def test_shares_add_up() -> None:
    assert usage(SHARE, SHARE) == Usage(
        consumable=True, shared={GPU}, aggregated={GPU: {"memory": 4 * NANO}}
    )


def test_a_share_holds_the_whole_device_without_consumable_capacity() -> None:
    held = usage(SHARE, consumable=False)

    assert held == Usage(consumable=False, dedicated={GPU})


@pytest.mark.parametrize(
    ("result", "newer", "stable"),
    [
        (WHOLE, True, True),
        (SHARE, True, False),
        (EMPTY_SHARE, True, False),
        (ADMIN, False, False),
    ],
)
def test_what_is_held_draws_from_counters(
    result: DeviceResult, *, newer: bool, stable: bool
) -> None:
    held = usage(result)

    assert held.draws(GPU, shares_count=True) is newer
    assert held.draws(GPU, shares_count=False) is stable
