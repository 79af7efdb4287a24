"""What `dractl report` does: from its options to a page, and where it goes."""

from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from dractl import __version__
from dractl.api.snapshot import Snapshot
from dractl.capacity.look import Look
from dractl.cli.clock import NEVER, moment_for
from dractl.cli.options import usage
from dractl.cli.reading import Cluster, Wish, read_cluster, warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.diagnose.explain import explain
from dractl.doctor.case import Case
from dractl.doctor.run import examine
from dractl.errors import DractlError, ExitStatus
from dractl.health.assess import health
from dractl.model.cluster_info import Cause
from dractl.report.page import GENERATOR, Assets, page
from dractl.report.subject import Report
from dractl.sources.saving import save
from dractl.taints.fleet import Fleet
from dractl.taints.listing import taints_of
from dractl.taints.moments import written_moment

_STDOUT: Final = "-"
_HEAD: Final = 4096  # bytes of a file in which its maker stands
_TITLE: Final = "Devices of the cluster"
_UNREAD: Final = frozenset({Cause.FORBIDDEN, Cause.FAILED, Cause.LEFT_OUT})


class Order(NamedTuple):
    """Where the page goes, and what is on it. `title` None: one that says what it is.

    `forces` replaces files whatever they are.
    """

    filename: str
    title: str | None
    has_doctor: bool
    has_health: bool
    forces: bool


def reported(order: Order, source: Source, screen: Terminal) -> int:
    """Write the page, and return the exit status; raise DractlError if it cannot."""
    _check(order, screen)
    cluster = read_cluster(
        source, Wish("report", all_namespaces=True, fresh=True), screen
    )
    warn_of(cluster.snapshot, screen, "report")
    text = page(_report(order, cluster, source, screen), _assets())
    if order.filename == _STDOUT:
        screen.write(text)
    else:
        save(order.filename, text, may_create=True)
        screen.note(f"{len(text.encode()) / 1e6:.1f} MB in {order.filename}")
    problems = cluster.snapshot.problems
    return ExitStatus.ENVIRONMENT if problems else ExitStatus.YES


def _check(order: Order, screen: Terminal) -> None:
    """Raise DractlError where the page must not go, before any work is done."""
    if order.filename == _STDOUT:
        if screen.out.isatty():
            raise usage(
                "a page is nothing for a terminal", hint="name a file: -o report.html"
            )
        return
    path = Path(order.filename)
    if path.is_dir():
        raise DractlError(
            "is-folder",
            "is a folder",
            where=order.filename,
            hint=f"name a file in it: -o {path / 'report.html'}",
        )
    if order.forces or not path.exists():
        return
    if not _is_ours(path):
        raise DractlError(
            "not-ours",
            "is there, and is no report of dractl",
            where=order.filename,
            hint="name another file, or replace it with --force",
        )


def _is_ours(path: Path) -> bool:
    """Tell whether a file is a page of ours, or empty."""
    if not path.is_file():
        return path.is_char_device()
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False
    return not head or f'content="{GENERATOR}"'.encode() in head


def _report(order: Order, cluster: Cluster, source: Source, screen: Terminal) -> Report:
    snapshot = cluster.snapshot
    now = moment_for(cluster, screen)
    with screen.progress("explaining") as progress:
        waiting = explain(snapshot, progress=progress, running=False)
    return Report(
        order.title or _TITLE,
        _place(cluster, source),
        "" if now == NEVER else written_moment(now),
        f"dractl {__version__}",
        Look(snapshot),
        waiting,
        taints_of(Fleet(snapshot), now),
        examine(Case(snapshot, now)) if order.has_doctor else None,
        health(snapshot) if order.has_health else None,
        tuple(_missing(snapshot)),
    )


def _place(cluster: Cluster, source: Source) -> str:
    """Return where the cluster was read."""
    if cluster.live is not None:
        return f"live from {cluster.live.connection.server}"
    if source.snapshot is None:
        return "the sample cluster of dractl"
    if source.snapshot == _STDOUT:
        return "a snapshot"
    return f"snapshot {Path(source.snapshot).resolve().name}"


def _missing(snapshot: Snapshot) -> list[str]:
    gaps = [str(gap) for gap in snapshot.info.gaps if gap.cause in _UNREAD]
    # Who gets the page need not know where files are here.
    left_out = (
        each._replace(where=each.where.rpartition("/")[2]) for each in snapshot.problems
    )
    return [*gaps, *(f"left out: {each}" for each in left_out)]


def _assets() -> Assets:
    folder = resources.files("dractl.report") / "static"
    style, script = (
        folder.joinpath(name).read_text("utf-8") for name in ("report.css", "report.js")
    )
    return Assets(style, script)
