"""Many small cases of one test, without the cost of as many tests."""

import inspect
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import TypeVar

import pytest

T = TypeVar("T")


def batched(
    cases: Iterable[T], ids: Callable[[T], object] = str
) -> Callable[[Callable[[T], None]], Callable[[pytest.Subtests], None]]:
    """Let a test try each of the cases; those that fail are told by their ids.

    For cases that take a few milliseconds, which is what pytest needs for a test, and
    more with workers. What a generator makes is made when the test runs.
    """

    def decorate(test: Callable[[T], None]) -> Callable[[pytest.Subtests], None]:
        def run(subtests: pytest.Subtests) -> None:
            tried = list(cases)
            assert tried, "there are no cases"
            for case in tried:
                with subtests.test(str(ids(case))):
                    test(case)

        signature = inspect.signature(run)
        update_wrapper(run, test)
        vars(run)["__signature__"] = signature
        return run

    return decorate
