"""What a migration is planned for: the documents of files, and those of a cluster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from dractl.api.lists import is_list, items_of
from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.cli.configurations import with_configurations
from dractl.cli.migrate.charts import first_advice
from dractl.cli.migrate.options import Given, Wanted
from dractl.cli.migrate.orders import order_of, taught
from dractl.cli.options import check_stdin
from dractl.cli.reading import Documents, Live, Wish, documents_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.demo import PLUGINS
from dractl.errors import DractlError
from dractl.migrate.inputs import Input, Order, Steps, Wire
from dractl.sources.embedded import texts
from dractl.sources.files import STANDARD_INPUT, manifests_of
from dractl.sources.manifests import Manifest, manifests

_OF_CLUSTERS: Final = frozenset({"DeviceClass", "Namespace", "Node", "ResourceSlice"})
"""Kinds of files that a cluster takes, whether or not it has them yet."""
_OF_SAVED: Final = frozenset({"Node", "ResourceSlice"})
"""Kinds that make files a cluster."""
_DEEPEST: Final = 16  # Lists in Lists


@dataclass(frozen=True, eq=False, slots=True)
class Origin:
    """Where an input stands in a file: in which document, and at which steps in it.

    The steps lead into a List. `implied` are fields that the item leaves to the List.
    """

    manifest: Manifest
    number: int
    steps: Steps = ()
    implied: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Gathered:
    """All that was read.

    `origins` says of the inputs of files, by number, where they are. `failures` are
    files and objects that could not be read. `live` is the cluster that was read, None
    for a file or none at all. `order` is what the options wish, for the release of the
    snapshot.
    """

    manifests: tuple[Manifest, ...]
    inputs: tuple[Input, ...]
    origins: Mapping[int, Origin]
    snapshot: Snapshot
    order: Order
    failures: tuple[Problem, ...] = ()
    live: Live | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is left out: what could not be read, and what was malformed."""
        return tuple(dict.fromkeys((*self.failures, *self.snapshot.problems)))


def gathered(  # noqa: PLR0913 - what is read, from where, and for whom
    given: Given,
    wanted: Wanted,
    source: Source,
    screen: Terminal,
    *,
    command: str = "migrate plan",
    fresh: bool = False,
) -> Gathered:
    """Read the files that are given, and the cluster that the options mean.

    Files alone need no cluster, so a live one is read only if options name it, or if
    there are no files. `command` is whose needs count, `fresh` asks a live cluster for
    the state of this moment. Raises DractlError where nothing can be read, and for
    options that contradict each other.
    """
    check_stdin(*given.paths, source.snapshot, wanted.mapping)
    plugins = taught(wanted.mapping)
    read, problems = _files(given)
    documents = [pair for each in read for pair in _documents(each)]
    if given.paths and not documents:
        raise _nothing(problems, command)
    found = Documents((), (), given.namespace)
    if not given.paths or not source.is_live or source.names_live:
        wish = Wish(command, given.namespace, given.all_namespaces, fresh=fresh)
        found = documents_of(_sampled(source), wish, screen)
    cluster = [*with_configurations(found, plugins, screen)]
    own = _of_files(documents)
    snapshot = _snapshot(cluster, own, found.problems, source)
    return Gathered(
        tuple(read),
        (*own, *_of_cluster(cluster, len(own))),
        {each.number: origin for each, (_, origin) in zip(own, documents, strict=True)},
        snapshot,
        replace(
            order_of(wanted, plugins, snapshot.profile),
            namespace=_home(given, found),
            scope=(given.namespace if given.paths else found.namespace) or "",
        ),
        (*problems, *found.problems),
        found.live,
    )


def _home(given: Given, found: Documents) -> str:
    """Return the namespace of files that name none, or the only one of a cluster."""
    if given.paths and found.live is not None:
        return given.namespace or found.live.connection.namespace
    return found.namespace or ""


def _sampled(source: Source) -> Source:
    """Return the source with the sample cluster that has device plugins."""
    if not source.demo:
        return source
    return replace(source, demo=False, snapshot=str(PLUGINS))


# -- files


def _files(given: Given) -> tuple[list[Manifest], list[Problem]]:
    """Read the files, each once; also return what could not be read of them."""
    read: list[Manifest] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for path in given.paths:
        try:
            files = manifests_of(path, recursive=given.recursive)
        except DractlError as error:
            problems.append(_problem(error))
            continue
        for file in files:
            if (place := _real(file)) in seen:
                continue
            seen.add(place)
            try:
                read += manifests((file,), recursive=False)
            except DractlError as error:
                problems.append(_problem(error))
    problems += [each for file in read for each in file.problems]
    return read, problems


def _real(file: str) -> str:
    """Return where a file is, whatever links lead there."""
    return file if file == STANDARD_INPUT else str(Path(file).resolve())


def _problem(error: DractlError) -> Problem:
    return Problem("", "", "", "", error.message, error.where)


def _nothing(problems: Sequence[Problem], command: str) -> DractlError:
    if not problems:
        return DractlError(
            "empty",
            "the files hold no documents",
            hint="give manifests in YAML or JSON",
        )
    first = problems[0]
    return DractlError(
        "malformed",
        first.message,
        where=first.where,
        hint=first_advice(problems, command) or "mend that place, or name other files",
    )


def _documents(manifest: Manifest) -> Iterator[tuple[Wire, Origin]]:
    """Yield the objects of a file, those of Lists one by one."""
    for number, document in enumerate(manifest.documents):
        yield from _items(document, Origin(manifest, number))


def _items(document: object, origin: Origin) -> Iterator[tuple[Wire, Origin]]:
    if is_list(document) and len(origin.steps) < _DEEPEST:
        stated = document.get("items")
        for index, (item, own) in enumerate(
            zip(items_of(document), stated or (), strict=True)  # type: ignore[call-overload]
        ):
            missing = item.keys() - own.keys() if isinstance(item, Mapping) else ()
            steps = (*origin.steps, "items", index)
            inner = replace(origin, steps=steps, implied=tuple(sorted(missing)))
            yield from _items(item, inner)
    elif isinstance(document, Mapping):
        yield document, origin


def _of_files(documents: Iterable[tuple[Wire, Origin]]) -> list[Input]:
    return [
        Input(
            document,
            origin.manifest.place(origin.number, origin.steps),
            number,
            is_file=True,
            texts=texts(document),
            locate=partial(_place, origin),
        )
        for number, (document, origin) in enumerate(documents)
    ]


def _place(origin: Origin, steps: Steps) -> str:
    return origin.manifest.place(origin.number, (*origin.steps, *steps))


# -- the cluster


def _of_cluster(documents: Iterable[tuple[object, str]], first: int) -> Iterator[Input]:
    mappings = ((each, where) for each, where in documents if isinstance(each, Mapping))
    for number, (document, where) in enumerate(mappings, first):
        # Where the package is installed says nothing.
        place = where.replace(str(PLUGINS), PLUGINS.name)
        yield Input(document, place, number, is_file=False, texts=texts(document))


def _snapshot(
    cluster: Sequence[tuple[object, str]],
    own: Sequence[Input],
    problems: Sequence[Problem],
    source: Source,
) -> Snapshot:
    """Return the cluster; files alone may be one, saved with kubectl."""
    is_saved = not cluster and any(each.kind in _OF_SAVED for each in own)
    added = [
        (each.document, each.where)
        for each in own
        if is_saved or each.kind in _OF_CLUSTERS
    ]
    return Snapshot.from_sourced(
        [*cluster, *added],
        kubernetes=source.kubernetes,
        feature_gates=source.gates,
        problems=problems,
    )
