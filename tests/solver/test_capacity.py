"""How much a share takes: requests, policies, rounding, what is left."""

import pytest

from dractl.model.devices import Capacity, Device, DeviceId, RequestPolicy
from dractl.model.quantity import NANO, Quantity
from dractl.solver.capacity import fits, least, share, shares_left
from tests.builders import device, quantities


def quantity(text: str | None) -> Quantity | None:
    return None if text is None else Quantity.parse(text)


def policy(
    default: str | None = None,
    *,
    values: str = "",
    low: str | None = None,
    high: str | None = None,
    step: str | None = None,
) -> RequestPolicy:
    return RequestPolicy(
        default=quantity(default),
        valid_values=tuple(map(Quantity.parse, values.split())),
        minimum=quantity(low),
        maximum=quantity(high),
        step=quantity(step),
        has_range=any(each is not None for each in (low, high, step)),
    )


def sharable(value: str, rule: RequestPolicy | None) -> Device:
    capacity = {"memory": Capacity(Quantity.parse(value), rule)}
    return Device(DeviceId("d", "p", "x"), capacity=capacity)


@pytest.mark.parametrize(
    ("rule", "requested", "taken"),
    [
        pytest.param(None, None, "80Gi", id="nothing said: the whole"),
        pytest.param(None, "3500m", "3500m", id="as requested"),
        pytest.param(None, "0", "0", id="nothing requested"),
        pytest.param(policy("1Gi"), None, "1Gi", id="the default"),
        pytest.param(policy("1Gi"), "2Gi", "2Gi", id="a default is no limit"),
        pytest.param(policy(low="2Gi"), "1Gi", "2Gi", id="raised to the minimum"),
        pytest.param(policy(low="2Gi"), "3Gi", "3Gi", id="no step: as requested"),
        pytest.param(policy(low="0", step="1Gi"), "1", "1Gi", id="next step"),
        pytest.param(policy(low="10", step="10"), "10500m", "20", id="rounded up"),
        pytest.param(policy(low="1", step="2"), "1500m", "3", id="steps from minimum"),
        pytest.param(policy(low="0", step="1k"), "1500", "2000", id="binary notation"),
        pytest.param(policy(low="1", high="8"), "8", "8", id="at the maximum"),
        pytest.param(policy(low="1", high="8"), "9", None, id="beyond the maximum"),
        pytest.param(policy("9", low="1", high="8"), "9", "9", id="default is valid"),
        pytest.param(policy("9", low="1", high="8"), None, "9", id="default, unasked"),
        pytest.param(policy(high="8"), "9", None, id="a maximum alone"),
        pytest.param(policy(values="1Gi 4Gi"), "2Gi", "4Gi", id="next valid value"),
        pytest.param(policy(values="1Gi 4Gi"), "1Gi", "1Gi", id="a valid value"),
        pytest.param(policy(values="1Gi 4Gi"), "5Gi", None, id="beyond the values"),
        pytest.param(
            policy(values="1 4"), None, None, id="the whole is no valid value"
        ),
    ],
)
def test_a_share_takes(
    rule: RequestPolicy | None, requested: str | None, taken: str | None
) -> None:
    asked = None if requested is None else quantities({"memory": requested})

    found = share(sharable("80Gi", rule), asked)

    assert (found and str(found["memory"])) == taken


def test_a_capacity_that_the_device_lacks_cannot_be_had() -> None:
    assert share(device(memory="1Gi"), quantities({"cores": "1"})) is None


def test_every_capacity_is_taken_even_where_only_one_is_asked_for() -> None:
    both = device(capacity={"memory": "8", "cores": "4"})

    found = share(both, quantities({"cores": "1"}))

    assert found == quantities({"memory": "8", "cores": "1"})


@pytest.mark.parametrize(
    ("earlier", "now", "fitting"),
    [(0, 0, True), (3, 0, True), (2, 1, True), (2, 2, False), (4, 0, False)],
)
def test_a_share_fits_beside_what_is_used(
    earlier: int, now: int, *, fitting: bool
) -> None:
    used = ({"memory": earlier * NANO}, {"memory": now * NANO})

    assert fits(device(memory="4"), quantities({"memory": "1"}), *used) is fitting


@pytest.mark.parametrize(
    ("size", "used", "left"),
    [("1", 0, 4), ("3", 0, 1), ("1", 4, 0), ("2", 1, 1), ("5", 0, 0), ("0", 4, None)],
)
def test_so_many_shares_of_a_size_are_left(
    size: str, used: int, left: int | None
) -> None:
    taken = quantities({"memory": size})

    assert shares_left(device(memory="4"), taken, {"memory": used * NANO}) == left


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, Quantity(1)),
        (policy("1Gi"), Quantity(1)),
        (policy("1Gi", high="8Gi"), Quantity(1)),
        (policy("2Gi", low="1Gi"), quantity("1Gi")),
        (policy("1Gi", low="2Gi"), quantity("1Gi")),
        (policy("4Gi", values="2Gi 4Gi"), quantity("2Gi")),
    ],
)
def test_the_least_share(rule: RequestPolicy | None, expected: Quantity) -> None:
    assert least(sharable("80Gi", rule)) == {"memory": expected}


def test_the_least_share_of_nothing_is_nothing() -> None:
    assert least(sharable("0", None)) == {"memory": Quantity(0)}
