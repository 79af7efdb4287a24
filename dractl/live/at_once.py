"""Several requests at once, which an interrupt does not have to wait for."""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

_WORKERS: Final = 6
_LOOK: Final = 0.1  # seconds between two looks at the progress

T = TypeVar("T")
_Todo = queue.SimpleQueue[tuple[int, Callable[[], T]]]
_Done = queue.SimpleQueue[tuple[int, T | BaseException]]


def at_once(
    tasks: Sequence[Callable[[], T]], look: Callable[[], None] | None = None
) -> list[T]:
    """Return what the tasks return, in their order; raise the first exception of any.

    `look` is called now and then meanwhile. The threads are daemons: those of
    concurrent.futures would keep an interrupted process alive until a server answers.
    """
    todo: _Todo[T] = queue.SimpleQueue()
    done: _Done[T] = queue.SimpleQueue()
    for numbered in enumerate(tasks):
        todo.put(numbered)
    for _ in range(min(_WORKERS, len(tasks))):
        threading.Thread(target=_work, args=(todo, done), daemon=True).start()
    found: dict[int, T] = {}
    while len(found) < len(tasks):
        if look is not None:
            look()
        try:
            number, result = done.get(timeout=_LOOK)
        except queue.Empty:
            continue
        if isinstance(result, BaseException):
            raise result
        found[number] = result
    return [found[number] for number in range(len(tasks))]


def _work(todo: _Todo[T], done: _Done[T]) -> None:
    while True:
        try:
            number, task = todo.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((number, task()))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            done.put((number, error))
