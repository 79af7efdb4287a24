"""Random clusters whose claims are named by pods, for laws of explanations."""

from collections.abc import Iterator, Sequence
from functools import cache

from dractl.api.snapshot import Snapshot
from dractl.diagnose.answer import Explanation, PodReport
from dractl.diagnose.explain import explain
from dractl.diagnose.world import World
from dractl.solver.placement import Placement
from dractl.solver.subjects import subject_of
from tests.solver.generate import Wire, case

RELEASE = "1.36"


@cache
def documents(seed: int) -> tuple[Wire, ...]:
    """Return a cluster with two pods for all claims, and two for each of them."""
    given = case(seed)
    names = [each["metadata"]["name"] for each in given.claims]
    wanted = [names, *([each] for each in names if len(names) > 1)]
    pods = [
        pod(f"pod-{number}-{twin}", claims)
        for number, claims in enumerate(wanted)
        for twin in "ab"
    ]
    return (*given.documents(), *pods)


def pod(name: str, claims: Sequence[str]) -> Wire:
    """Return a stored pod that names claims."""
    entries = [{"name": each, "resourceClaimName": each} for each in claims]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}"},
        "spec": {"containers": [], "resourceClaims": entries},
        "status": {"phase": "Pending"},
    }


def snapshot(seed: int, of: Sequence[Wire] | None = None) -> Snapshot:
    """Return the cluster of that number, or another one with its gates."""
    return Snapshot.from_documents(
        documents(seed) if of is None else of,
        kubernetes=RELEASE,
        feature_gates=case(seed).gates,
    )


@cache
def explained(seed: int) -> Explanation:
    """Return the answer about the cluster of that number."""
    return explain(snapshot(seed))


def judged(seed: int) -> Iterator[tuple[PodReport, Placement]]:
    """Yield each pod's report with what the scheduler would do with it."""
    given = snapshot(seed)
    placer = World(given).placer
    for report in explained(seed).pods:
        subject = subject_of(report.pod, given)
        if subject.problem is None:
            yield report, placer.probe(subject)


def answers(seed: int, of: Sequence[Wire]) -> dict[str, Wire]:
    """Return what is told of each pod of a cluster, as data, by its name."""
    pods = explain(snapshot(seed, of)).document["pods"]
    assert isinstance(pods, list)
    return {each["name"]: each for each in pods}
