"""From the options of a command to the cluster and what it asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.cli.options import usage
from dractl.cli.terminal import Terminal
from dractl.demo import PATH
from dractl.model.cluster import NEWEST, OLDEST
from dractl.solver.placement import Subject, pending
from dractl.sources.documents import Loaded
from dractl.sources.files import load_documents

_NAMESPACED: Final = frozenset({"Pod", "ResourceClaim", "ResourceClaimTemplate"})


@dataclass(frozen=True)
class Question:
    """A cluster, and the pods and claims to place in it.

    `unreadable` tells whether a file that the user named has an object that could not
    be read, so that not everything asked for got an answer.
    """

    snapshot: Snapshot
    subjects: Sequence[Subject]
    unreadable: bool = False


def read(  # noqa: PLR0913 - what options say, one by one
    *,
    files: Sequence[str],
    snapshot: str | None,
    demo: bool,
    namespace: str | None,
    kubernetes: str | None,
    gates: Mapping[str, bool],
) -> Question:
    """Read the cluster and the files, and pick what is to be placed.

    Raises DractlError for options that contradict each other, for files that cannot be
    read, and where there is no cluster to place anything in.
    """
    if [*files, snapshot].count("-") > 1:
        raise usage("stdin can be read only once, so - may appear only once")
    base = _cluster(snapshot, demo=demo)
    given = _load(files)
    documents = [(_placed(each, namespace), where) for each, where in given.documents]
    cluster = Snapshot.from_sourced(
        [*base.documents, *documents],
        kubernetes=kubernetes,
        feature_gates=gates,
        problems=[*base.problems, *given.problems],
    )
    if not (demo or snapshot is not None or cluster.slices):
        raise usage(
            "there is no cluster to allocate in: no --snapshot, no --demo"
            + (", and no ResourceSlice in the files" if files else ""),
            hint="try --demo, or save the state of a cluster with kubectl get -o yaml "
            "and name it with --snapshot",
        )
    if not files:
        return Question(cluster, pending(cluster, namespace))
    asked = Snapshot.from_sourced(documents)
    return Question(
        cluster,
        _asked_for(asked, pending(cluster)),
        unreadable=bool(given.problems or asked.problems),
    )


def read_cluster(
    *,
    snapshot: str | None,
    demo: bool,
    kubernetes: str | None,
    gates: Mapping[str, bool],
) -> Snapshot:
    """Read the cluster that a command without FILEs asks about.

    Raises DractlError for options that contradict each other, for files that cannot be
    read, and where no cluster is named.
    """
    if not demo and snapshot is None:
        raise usage(
            "there is no cluster to look at: no --snapshot, no --demo",
            hint="try --demo, or save the state of a cluster with kubectl get -o yaml "
            "and name it with --snapshot",
        )
    base = _cluster(snapshot, demo=demo)
    return Snapshot.from_sourced(
        base.documents,
        kubernetes=kubernetes,
        feature_gates=gates,
        problems=base.problems,
    )


def warn_of(snapshot: Snapshot, screen: Terminal) -> None:
    """Say what the answer lacks: a release that is known, objects that are readable."""
    release = snapshot.profile.version
    if not OLDEST <= release <= NEWEST:
        nearest = OLDEST if release < OLDEST else NEWEST
        screen.warn(f"Kubernetes {release} is unknown here; it is judged as {nearest}")
    for problem in snapshot.problems:
        screen.warn(f"left out: {problem}")


def check_scope(namespace: str | None, *, all_namespaces: bool) -> None:
    """Raise DractlError for -n together with -A."""
    if namespace is not None and all_namespaces:
        raise usage("--namespace and --all-namespaces exclude each other")


def _cluster(snapshot: str | None, *, demo: bool) -> Loaded:
    if demo and snapshot is not None:
        raise usage("--demo and --snapshot exclude each other")
    return _load([str(PATH)] if demo else [] if snapshot is None else [snapshot])


def _load(paths: Iterable[str]) -> Loaded:
    """Read the paths in their order."""
    found = Loaded([], [])
    for path in paths:
        found.extend(load_documents(path))
    return found


def _placed(document: object, namespace: str | None) -> object:
    """Return the document in the namespace of the options if it names none itself.

    Raises DractlError if it names another one, as `kubectl apply` does.
    """
    if namespace is None or not isinstance(document, Mapping):
        return document
    if isinstance(items := document.get("items"), list):
        return {**document, "items": [_placed(each, namespace) for each in items]}
    metadata = document.get("metadata")
    if document.get("kind") not in _NAMESPACED or not isinstance(metadata, Mapping):
        return document
    stated = metadata.get("namespace") or namespace
    if stated != namespace:
        named = f"{document.get('kind')} {metadata.get('name')!r}"
        raise usage(f"{named} is in {stated!r}, but --namespace says {namespace!r}")
    return {**document, "metadata": {**metadata, "namespace": namespace}}


def _asked_for(asked: Snapshot, waiting: Iterable[Subject]) -> list[Subject]:
    """Return those that wait because of what stands in the files."""
    pods = set(asked.pod_by_key)
    claims = set(asked.claim_by_key)
    return [
        subject
        for subject in waiting
        if (subject.pod is not None and subject.pod.meta.key in pods)
        or any(claim.meta.key in claims for claim in subject.claims)
    ]
