"""Objects that come to a cluster while a command watches it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.apiserver import ApiServer


@contextmanager
def adding_later(server: ApiServer, resource: str) -> Iterator[Callable[..., None]]:
    """Give a function that adds objects once the watch of a resource runs."""
    over = threading.Event()
    threads: list[threading.Thread] = []

    def is_watched() -> bool:
        return any(
            "watch" in each.query and each.path.endswith(f"/{resource}")
            for each in list(server.requests)
        )

    def add(documents: tuple[dict[str, Any], ...]) -> None:
        # A command that fails before it watches is not waited for.
        while not is_watched():
            if over.wait(0.05):
                return
        server.add(list(documents))

    def start(*documents: dict[str, Any]) -> None:
        threads.append(threading.Thread(target=add, args=(documents,)))
        threads[-1].start()

    try:
        yield start
    finally:
        over.set()
        for thread in threads:
            thread.join()
