"""A small cluster, and what is read of it."""

from pathlib import Path

from dractl.live.kinds import NEEDS, Need
from dractl.live.reading import Reading, Scope, read
from tests.apiserver import ApiServer
from tests.live.configs import connected
from tests.solver.clusters import Wire, claim, gpu_class, gpus, node, pod, template

EVERYTHING = NEEDS["explain"]
DEVICES = NEEDS["attributes"]
CLUSTER = [
    node("n1"),
    node("n2"),
    gpu_class(),
    gpus("n1", "gpu-0", "gpu-1"),
    gpus("n2", "gpu-0"),
    template("two"),
    claim("one"),
    pod("web", "claim/one"),
]


def objects(reading: Reading, kind: str = "") -> list[Wire]:
    """Return what was read, without what the cluster says of itself."""
    _, *documents = [each.document for each in reading.documents()]
    found = [each for each in documents if isinstance(each, dict)]
    return [each for each in found if kind in {"", each["kind"]}]


def named(reading: Reading) -> list[str]:
    """Return kinds and names of what was read."""
    return sorted(
        f"{each['kind']} {each['metadata']['name']}" for each in objects(reading)
    )


NAMES = sorted(f"{each['kind']} {each['metadata']['name']}" for each in CLUSTER)


def reading_of(
    server: ApiServer,
    folder: Path,
    need: Need = EVERYTHING,
    scope: Scope = Scope("default"),  # noqa: B008 - frozen
    user: str = "admin",
) -> Reading:
    path = server.kubeconfig(folder / "config", user=user)
    with connected(path) as connection:
        return read(connection, need, scope)
