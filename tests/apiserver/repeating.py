"""Work that goes on beside a test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(work: Callable[[], object], pause: float) -> Iterator[None]:
    """Do something again and again in a thread of its own, until the block ends."""
    ending = threading.Event()

    def act() -> None:
        while not ending.wait(pause):
            work()

    thread = threading.Thread(target=act, name="repeating")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
