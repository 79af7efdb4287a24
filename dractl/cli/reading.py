"""From the options of a command to the cluster and what it asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.api.lists import flattened
from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.cli.options import check_stdin, usage
from dractl.cli.release import warn_of_release
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.demo import PATH
from dractl.live.kinds import NEEDS
from dractl.solver.placement import Subject, pending
from dractl.sources.documents import Loaded
from dractl.sources.files import load_documents

if TYPE_CHECKING:
    from dractl.live.connection import Connection
    from dractl.live.reading import Reading

_NAMESPACED: Final = frozenset({"Pod", "ResourceClaim", "ResourceClaimTemplate"})


@dataclass(frozen=True)
class Cluster:
    """A cluster that was read. `namespace` is the one that is asked about; None: all.

    `live` is where a live one was read from; None for a file or the sample.
    """

    snapshot: Snapshot
    namespace: str | None
    live: "Live | None" = None


@dataclass(frozen=True)
class Live:
    """A live cluster that was read: the connection to it, and what was read."""

    connection: "Connection"
    reading: "Reading"


@dataclass(frozen=True)
class Question:
    """A cluster, and the pods and claims to place in it.

    `unreadable` tells whether a file that the user named has an object that could not
    be read, so that not everything asked for got an answer. `namespace` is the one in
    which it was looked for what is pending; None: in all.
    """

    snapshot: Snapshot
    subjects: Sequence[Subject]
    unreadable: bool = False
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a cluster a command wants: the kinds that it needs, in which scope.

    `node` is the one whose devices matter; `fresh` asks for the state of this moment,
    `strictly` for nothing of other namespaces.
    """

    command: str
    namespace: str | None = None
    all_namespaces: bool = False
    node: str | None = None
    fresh: bool = False
    strictly: bool = False


def read(
    files: Sequence[str], source: Source, wish: Wish, screen: Terminal
) -> Question:
    """Read the cluster and the files, and pick what is to be placed.

    A file that has ResourceSlices is a cluster of its own, unless options name one.
    Raises DractlError for options that contradict each other, for files that cannot be
    read, and where there is no cluster to place anything in.
    """
    check_stdin(*files, source.snapshot)
    given = _load(files)
    namespace = home = wish.namespace
    problems = list(given.problems)
    base: Iterable[tuple[object, str]] = ()
    if source.is_live and not source.names_live and _has_slices(given):
        check_scope(wish.namespace, all_namespaces=wish.all_namespaces)
    else:
        found = documents_of(source, wish, screen)
        namespace, base = found.namespace, found.documents
        if found.live is not None:
            home = home or found.live.connection.namespace
        problems = [*found.problems, *problems]
    placed = partial(_placed, home=home, asked=wish.namespace)
    documents = [(placed(each), where) for each, where in given.documents]
    cluster = Snapshot.from_sourced(
        chain(base, documents),
        kubernetes=source.kubernetes,
        feature_gates=source.gates,
        problems=problems,
    )
    if not files:
        return Question(cluster, pending(cluster, namespace), namespace=namespace)
    asked = Snapshot.from_sourced(documents)
    return Question(
        cluster,
        _asked_for(asked, pending(cluster)),
        unreadable=bool(given.problems or asked.problems),
    )


def read_cluster(source: Source, wish: Wish, screen: Terminal) -> Cluster:
    """Read the cluster that a command asks about.

    Raises DractlError for options that contradict each other, for files that cannot be
    read, and where no cluster can be reached.
    """
    found = documents_of(source, wish, screen)
    snapshot = Snapshot.from_sourced(
        found.documents,
        kubernetes=source.kubernetes,
        feature_gates=source.gates,
        problems=found.problems,
    )
    return Cluster(snapshot, found.namespace, found.live)


class Documents(NamedTuple):
    """The documents of a cluster, and the namespace that is asked about; None: all."""

    documents: Iterable[tuple[object, str]]
    problems: Sequence[Problem]
    namespace: str | None
    live: Live | None = None


def documents_of(source: Source, wish: Wish, screen: Terminal) -> Documents:
    """Read what a source holds, each document once; raise DractlError if it cannot."""
    check_scope(wish.namespace, all_namespaces=wish.all_namespaces)
    if not source.is_live:
        path = str(PATH) if source.snapshot is None else source.snapshot
        loaded = _load([path])
        return Documents(loaded.documents, loaded.problems, wish.namespace)
    live = reach(source, wish, screen)
    namespace = wish.namespace or live.connection.namespace
    scope = None if wish.all_namespaces else namespace
    return Documents(live.reading.documents(), (), scope, live)


def reach(source: Source, wish: Wish, screen: Terminal) -> Live:
    """Read a live cluster; raise DractlError where that fails."""
    from dractl.live.connect import connect
    from dractl.live.reading import Scope
    from dractl.live.reading import read as read_live

    connection = connect(source.target)
    screen.detail(f"reading {connection.server}")
    scope = Scope(
        wish.namespace or connection.namespace,
        narrow=NEEDS[wish.command].narrow if wish.strictly else (),
        node=wish.node,
        cached=not wish.fresh,
    )
    with screen.progress("reading") as progress:
        reading = read_live(connection, NEEDS[wish.command], scope, progress)
    return Live(connection, reading)


def _has_slices(given: Loaded) -> bool:
    return any(
        isinstance(each, Mapping) and each.get("kind") == "ResourceSlice"
        for each, _ in flattened(given.documents)
    )


def warn_of(snapshot: Snapshot, screen: Terminal, command: str = "") -> None:
    """Say what the answer lacks: a release that is known, objects that are readable.

    What a source could not read is told if the command that is named needs it.
    """
    warn_of_release(snapshot.profile, screen)
    for problem in snapshot.problems:
        screen.warn(f"left out: {problem}")
    needed = {kind.kind for kind in NEEDS[command].kinds} if command else ()
    for gap in snapshot.info.gaps:
        if gap.kind in needed:
            screen.warn(f"{gap} ({gap.needs})" if gap.needs else str(gap))


def check_scope(namespace: str | None, *, all_namespaces: bool) -> None:
    """Raise DractlError for -n together with -A."""
    if namespace is not None and all_namespaces:
        raise usage("--namespace and --all-namespaces exclude each other")


def _load(paths: Iterable[str]) -> Loaded:
    """Read the paths in their order."""
    found = Loaded([], [])
    for path in paths:
        found.extend(load_documents(path))
    return found


def _placed(document: object, *, home: str | None, asked: str | None) -> object:
    """Return the document in the home namespace if it names none itself.

    Raises DractlError if it names another one than asked for, as `kubectl apply` does.
    """
    if home is None or not isinstance(document, Mapping):
        return document
    if isinstance(items := document.get("items"), list):
        inner = [_placed(each, home=home, asked=asked) for each in items]
        return {**document, "items": inner}
    metadata = document.get("metadata")
    if document.get("kind") not in _NAMESPACED or not isinstance(metadata, Mapping):
        return document
    stated = metadata.get("namespace") or home
    if asked not in {None, stated}:
        named = f"{document.get('kind')} {metadata.get('name')!r}"
        raise usage(f"{named} is in {stated!r}, but --namespace says {asked!r}")
    return {**document, "metadata": {**metadata, "namespace": stated}}


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
