import threading
import time

import pytest

from dractl.live.at_once import at_once


def test_results_come_in_the_order_of_the_tasks() -> None:
    first_may_end = threading.Event()

    def first() -> int:
        assert first_may_end.wait(5)
        return 1

    def second() -> int:
        first_may_end.set()
        return 2

    assert at_once([first, second]) == [1, 2]


def test_there_may_be_more_tasks_than_threads() -> None:
    assert at_once([lambda n=n: n for n in range(50)]) == list(range(50))  # type: ignore[misc]  # lambdas with defaults


def test_no_tasks_have_no_results() -> None:
    assert at_once([]) == []


def test_what_a_task_raises_is_raised_at_once() -> None:
    ending = threading.Event()

    def fails() -> bool:
        raise ValueError("wrong")

    started = time.monotonic()
    with pytest.raises(ValueError, match="wrong"):
        at_once([lambda: ending.wait(5), fails])

    assert time.monotonic() - started < 2
    ending.set()


def test_an_interrupt_does_not_wait_for_tasks() -> None:
    ending = threading.Event()

    def look() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        at_once([lambda: ending.wait(5)], look)

    ending.set()


def test_a_look_is_taken_meanwhile() -> None:
    looked: list[bool] = []
    may_end = threading.Event()

    def look() -> None:
        looked.append(True)
        if len(looked) > 1:
            may_end.set()

    assert at_once([lambda: may_end.wait(5)], look) == [True]
