from dractl.capacity.groups import Counts
from dractl.capacity.history import Moment, courses


def counts(total: int, used: int, partly: int = 0) -> Counts:
    return Counts(total, total - used - partly, partly, used)


MOMENTS = (
    Moment("mon", (("a", counts(4, 1)), ("b", counts(2, 0)))),
    Moment("tue", (("a", counts(4, 2, 1)),)),
    Moment("wed", (("a", counts(8, 3)), ("c", counts(1, 1)))),
)


def test_groups_come_in_the_order_in_which_they_come_up() -> None:
    assert [each.name for each in courses(MOMENTS)] == ["a", "b", "c"]


def test_shared_devices_count_as_in_use() -> None:
    assert courses(MOMENTS)[0].used == (1, 3, 3)


def test_the_peak_is_the_first_of_equals() -> None:
    assert [each.peak for each in courses(MOMENTS)] == [1, 0, 2]


def test_a_group_that_is_not_there_has_nothing() -> None:
    assert courses(MOMENTS)[1].counts[1:] == (Counts(), Counts())


def test_no_moments() -> None:
    assert courses(()) == ()
