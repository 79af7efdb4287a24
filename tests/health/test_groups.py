"""Which devices are told together."""

from dractl.health.answer import Level, Sign, State
from dractl.health.groups import grouped
from dractl.model.devices import DeviceId
from tests.health.cluster import DRIVER


def state(
    name: str, message: str, since: str | None = None, driver: str = DRIVER
) -> State:
    sign = Sign("driver-taint", Level.UNHEALTHY, message, since)
    return State(DeviceId(driver, "p", name), Level.UNHEALTHY, (sign,), ("n1",))


def test_of_one_driver_what_says_the_same_is_together() -> None:
    found = grouped(
        [
            *(state("a", "hot"), state("b", "old"), state("c", "hot")),
            state("d", "hot", driver="other.example.com"),
        ]
    )
    subjects = [[str(each.subject) for each in group.states] for group in found]
    assert subjects == [
        [f"{DRIVER}/p/a", f"{DRIVER}/p/c"],
        [f"{DRIVER}/p/b"],
        ["other.example.com/p/d"],
    ]
    assert (found[0].pools, found[0].nodes) == (("p",), ("n1",))


def test_of_several_times_the_first_counts() -> None:
    (group,) = grouped(
        [
            state("a", "hot"),
            state("b", "hot", "2026-11-02T00:00:00Z"),
            state("c", "hot", "2026-11-01T00:00:00Z"),
        ]
    )
    assert group.signs[0].since == "2026-11-01T00:00:00Z"
