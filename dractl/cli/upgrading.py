"""What `dractl doctor upgrade` does: from its options to the answer and its status."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from dractl.api.lists import flattened
from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.catalogue.nearest import guess
from dractl.cli import examinations, manuals, upgrades
from dractl.cli.clock import moment_for
from dractl.cli.given import Documents, read_given
from dractl.cli.options import check_stdin, usage
from dractl.cli.reading import Cluster, Wish, documents_of, warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.doctor.case import Case, Given
from dractl.doctor.registry import CHECKS
from dractl.doctor.upgrade.answer import Upgrade, Verdict
from dractl.doctor.upgrade.document import document
from dractl.doctor.upgrade.question import DriverQuestion, ReleaseQuestion
from dractl.doctor.upgrade.registry import DRIVERS, RELEASES
from dractl.doctor.upgrade.run import driver_upgrade, release_upgrade
from dractl.doctor.upgrade.settings import WEBHOOK
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import NEWEST, KubernetesVersion
from dractl.model.nodestate import NodeState
from dractl.rules.registry import Entry, Severity
from dractl.sources.files import manifests_of
from dractl.vendors.history import HISTORIES, version

_KINDS: Final = frozenset({"DaemonSet", WEBHOOK})
_SUITE: Final = examinations.Suite(Severity.ERROR, "dractl doctor upgrade")


class Order(NamedTuple):
    """What is asked: a driver with versions ("": not stated), or a release.

    `root` is where the files of a node are.
    """

    driver: str
    current: str
    target: str
    kubernetes: KubernetesVersion | None
    root: Path | None = None


class Files(NamedTuple):
    """The files to look at as well."""

    paths: Sequence[str]
    recursive: bool


def ordered(
    driver: str | None,
    versions: tuple[str | None, str | None],
    kubernetes: str | None,
    root: str | None = None,
) -> Order:
    """Return what is asked; raise DractlError where the options make no sense."""
    if (driver is None) is (kubernetes is None):
        raise usage(
            "say what is to be upgraded: either --driver NAME or --kubernetes X.Y",
            hint="dractl doctor upgrade --help has examples",
        )
    current, target = (each or "" for each in versions)
    if kubernetes is not None:
        if current or target:
            raise usage("--from and --to are versions of a driver: --driver NAME")
        if root is not None:
            raise usage("--root has the files of a driver: --driver NAME")
        release = KubernetesVersion.parse(kubernetes)
        if release.major != NEWEST.major:
            raise usage(f"--kubernetes: there is no Kubernetes {release}")
        return Order("", "", "", release)
    for option, text in (("--from", current), ("--to", target)):
        if text and version(text) is None:
            raise usage(f"{option}: {text[:40]!r} is not a version, such as 0.4.1")
    if root is not None and not Path(root).is_dir():
        raise DractlError("no-such-root", f"--root: {root} is no folder")
    place = None if root is None else Path(root)
    return Order(driver or "", current, target, None, place)


def explained(code: str, columns: int | None = None) -> str:
    """Return the manual of a code, or the list of all; raise DractlError."""
    own: dict[str, Entry] = {**DRIVERS.rows, **RELEASES.rows}
    return manuals.explained(code, {**own, **CHECKS}, "code", own, columns=columns)


def answered(order: Order, files: Files, source: Source, screen: Terminal) -> Upgrade:
    """Read the cluster and the files, and return the answer; raise DractlError."""
    check_stdin(*files.paths, source.snapshot)
    found = _given(files, screen)
    question = _question(order, found.given, source, screen)
    if isinstance(question, ReleaseQuestion):
        answer = release_upgrade(question)
    else:
        answer = driver_upgrade(question)
    return replace(answer, problems=(*found.problems, *answer.problems))


def _question(
    order: Order, given: tuple[Given, ...], source: Source, screen: Terminal
) -> DriverQuestion | ReleaseQuestion:
    """Read the cluster, and return what is asked of it; raise DractlError."""
    wish = Wish("doctor upgrade", all_namespaces=True, fresh=True)
    found = documents_of(source, wish, screen)
    documents = [*flattened(found.documents)]
    snapshot = Snapshot.from_sourced(
        documents,
        kubernetes=source.kubernetes,
        feature_gates=source.gates,
        problems=found.problems,
    )
    warn_of(snapshot, screen)
    cluster = Cluster(snapshot, found.namespace, found.live)
    case = Case(snapshot, moment_for(cluster, screen), given)
    kept = tuple(_kept(documents))
    if order.kubernetes is not None:
        return ReleaseQuestion(case, kept, given, order.kubernetes)
    _check_known(order.driver, snapshot)
    versions = (order.driver, order.target, order.current)
    return DriverQuestion(case, kept, given, *versions, _node(order))


def _node(order: Order) -> NodeState | None:
    """Return what the files of a node tell; None: nobody asked."""
    if order.root is None:
        return None
    from dractl.hardware.nodestate import node_state

    return node_state(order.root, order.driver)


def shown(answer: Upgrade, output_format: str, screen: Terminal) -> str:
    """Return the answer in a format."""
    return examinations.shown(
        answer,
        output_format,
        partial(document, answer),
        partial(upgrades.text, answer, screen, whole=output_format == "wide"),
        _SUITE,
    )


def status(answer: Upgrade) -> ExitStatus:
    """Return the exit status; that of what could not be read all of is no success."""
    if answer.verdict is not Verdict.GO:
        return ExitStatus.NO
    return ExitStatus.ENVIRONMENT if answer.is_partial else ExitStatus.YES


def _given(files: Files, screen: Terminal) -> Documents:
    """Read the files; what is found in them stands with the path of its file."""
    listed = [
        file
        for path in files.paths
        for file in manifests_of(path, recursive=files.recursive)
    ]
    given: list[Given] = []
    problems: list[Problem] = []
    for file in dict.fromkeys(listed):
        found = read_given([file], screen)
        given += (each._replace(where=file) for each in found.given)
        problems += found.problems
        for each in found.metrics:
            screen.warn(f"left out: {each.where}: metrics say nothing of an upgrade")
    return Documents(tuple(given), tuple(problems))


def _kept(documents: Sequence[tuple[object, str]]) -> Iterator[Given]:
    """Yield what is looked at as it was read, and not as a snapshot has it."""
    for value, where in documents:
        if not isinstance(value, dict):
            continue
        is_ours = str(value.get("apiVersion")).startswith(f"{GROUP}/")
        if is_ours or value.get("kind") in _KINDS:
            yield Given(where, value)


def _check_known(driver: str, snapshot: Snapshot) -> None:
    """Raise DractlError for a driver that neither is in the cluster nor known.

    One that publishes nothing any more is there if claims have its devices.
    """
    there = {each.driver for each in snapshot.slices}
    there |= {
        result.device.driver
        for claim in snapshot.claims
        for result in (claim.allocation.results if claim.allocation else ())
    }
    if driver in there or driver in HISTORIES:
        return
    raise usage(
        f"no driver {driver[:60]!r} publishes devices here",
        hint=guess(driver, [*there, *HISTORIES], "dractl top drivers lists them"),
    )
