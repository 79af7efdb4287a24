"""Writes the sample clusters: `python -m tools.demo`."""

import json
from collections.abc import Iterable, Iterator

from dractl.demo import PATH, PLUGINS
from tools.demo import devices, workloads
from tools.demo.objects import Object
from tools.demo.plugins import plugins


def cluster() -> Iterator[Object]:
    """Yield every object, in the order that a reader would want."""
    yield from workloads.namespaces()
    yield from devices.nodes()
    yield from devices.classes()
    yield from devices.slices()
    for work in (*workloads.running(), *workloads.pending()):
        yield from workloads.objects(work)
    yield from workloads.lone_claims()


def text(objects: Iterable[Object]) -> str:
    """Return a file's text: one object per line, for small differences."""
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in objects)
    return f'{{"apiVersion":"v1","kind":"List","items":[\n{lines}\n]}}\n'


if __name__ == "__main__":
    PATH.write_text(text(cluster()), encoding="utf-8")
    PLUGINS.write_text(text(plugins()), encoding="utf-8")
