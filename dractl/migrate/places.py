"""Ways to a place in a document, whatever is in it."""

from collections.abc import Iterator, Mapping

from dractl.migrate.inputs import Steps


def at(document: object, steps: Steps) -> object:
    """Return what stands at a place; None if nothing does."""
    for step in steps:
        if isinstance(document, Mapping):
            document = document.get(step)
        elif isinstance(document, list | tuple) and isinstance(step, int):
            document = document[step] if -1 < step < len(document) else None
        else:
            return None
    return document


def around(document: object, steps: Steps) -> Iterator[tuple[Steps, object]]:
    """Yield what is around a place, with its own place, the nearest first."""
    for length in range(len(steps) - 1, -1, -1):
        yield steps[:length], at(document, steps[:length])
