"""Objects that come to a cluster while a command watches it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.apiserver import ApiServer


@contextmanager
def adding_later(server: ApiServer, resource: str) -> Iterator[Callable[..., None]]:
    """Give a function that adds objects once the watch of a resource runs."""
    threads: list[threading.Thread] = []

    def start(*documents: dict[str, Any]) -> None:
        threads.append(
            threading.Thread(target=_add, args=(server, resource, documents))
        )
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join()


def _add(
    server: ApiServer, resource: str, documents: tuple[dict[str, Any], ...]
) -> None:
    pause = threading.Event()
    while not any(
        "watch" in each.query and each.path.endswith(f"/{resource}")
        for each in list(server.requests)
    ):
        pause.wait(0.05)
    server.add(list(documents))
