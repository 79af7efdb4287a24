"""`dractl top` of several clusters, and of several snapshots of one."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.capacity.document import document
from dractl.capacity.exposition import exposition
from dractl.capacity.groups import grouped
from dractl.capacity.history import Moment, courses
from dractl.capacity.look import Look
from dractl.capacity.planning_document import history_document
from dractl.cli import fitting, topping
from dractl.cli.clock import moment_of
from dractl.cli.emptiness import DEVICES, nothing
from dractl.cli.options import usage
from dractl.cli.reading import Wish, read_cluster, warn_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.cli.topanswers import TopQuestion
from dractl.cli.topviews import VIEWS, Table
from dractl.errors import DractlError, ExitStatus
from dractl.live.at_once import at_once
from dractl.live.kubeconfig import names
from dractl.taints.moments import written_moment

_ALL: Final = "all"
_GLOB: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class _Context:
    """What became of one cluster: what it has, or why it could not be read."""

    name: str
    look: Look | None
    error: DractlError | None = None


# -- several clusters


def everywhere(
    question: TopQuestion, source: Source, wish: Wish, screen: Terminal
) -> ExitStatus:
    """Print one answer about several clusters; those that fail are left out."""
    found = at_once(
        [
            partial(_read, question, name, source, wish, screen)
            for name in _named(question.planning.contexts or "", source)
        ]
    )
    for each in found:
        if each.error is not None:
            screen.warn(f"context {each.name} is left out: {each.error}")
        for problem in each.look.snapshot.problems if each.look is not None else ():
            screen.warn(f"context {each.name}: left out: {problem}")
    screen.write(_together(question, found, screen))
    whole = all(
        each.look is not None and not each.look.snapshot.problems for each in found
    )
    return ExitStatus.YES if whole else ExitStatus.ENVIRONMENT


def _named(text: str, source: Source) -> list[str]:
    if text != _ALL:
        found = dict.fromkeys(each.strip() for each in text.split(","))
        if "" in found:
            raise usage("--contexts: write NAME,NAME or all")
        return list(found)
    known = names(source.target, os.environ, Path.home(), "contexts")
    if not known:
        raise DractlError("no-context", "the kubeconfig has no context")
    return known


def _read(
    question: TopQuestion, name: str, source: Source, wish: Wish, screen: Terminal
) -> _Context:
    here = replace(source, target=replace(source.target, context=name))
    try:
        cluster = read_cluster(here, wish, screen)
    except DractlError as error:
        return _Context(name, None, error)
    return _Context(name, Look(cluster.snapshot, question.only))


def _together(
    question: TopQuestion, found: Sequence[_Context], screen: Terminal
) -> str:
    style = question.style
    read = [(each.name, each.look) for each in found if each.look is not None]
    if style.output_format == "prometheus":
        return exposition([((("context", name),), look) for name, look in read])
    if style.output_format in {"json", "yaml"}:
        by = topping.grouping(question.view)
        return style.data(
            {
                "apiVersion": "dractl/v1",
                "kind": "TopResult",
                "view": "contexts",
                "contexts": [
                    {
                        "context": each.name,
                        "error": None if each.error is None else str(each.error),
                        "result": None
                        if each.look is None
                        else document(each.look, question.name, by),
                    }
                    for each in found
                ],
            }
        )
    view = question.view or VIEWS["models"]
    if style.output_format == "name":
        return "".join(
            f"{name}/{line}\n"
            for name, look in read
            for line in topping.as_names(look, view).splitlines()
        )
    wide, now = style.output_format != "table", datetime.now(UTC)
    tables = [(name, view.table(look, wide, now)) for name, look in read]
    if style.output_format != "csv":
        for (name, look), (_, table) in zip(read, tables, strict=True):
            if not table.rows:
                why = nothing(view.noun, look, question.only, screen.program)
                screen.note(f"context {name}: {why}")
        tables = [each for each in tables if each[1].rows]
    if not tables:
        return ""
    first = tables[0][1]
    table = Table(
        ("CONTEXT", *first.head),
        tuple((name, *row) for name, each in tables for row in each.rows),
        ("CONTEXT", *first.spare),
    )
    return style.printed(table, screen)


# -- several snapshots


def over_time(
    question: TopQuestion, source: Source, wish: Wish, screen: Terminal
) -> ExitStatus:
    """Print how use went from snapshot to snapshot, the oldest first.

    Those that mention no time come first, in the order in which they are named.
    """
    style, view = question.style, question.view
    if style.output_format in {"name", "prometheus"}:
        raise usage("--history prints a table, csv, JSON or YAML")
    by = view.by if view is not None and view.by else "class"
    read = []
    is_whole = True
    for path in _paths(question.planning.history):
        cluster = read_cluster(replace(source, snapshot=path), wish, screen)
        warn_of(cluster.snapshot, screen, wish.command)
        is_whole = is_whole and not cluster.snapshot.problems
        read.append((path, cluster.snapshot))
    moments = list(_moments(question, read, by))
    found = courses(moments)
    if style.output_format in {"json", "yaml"}:
        made = {
            "apiVersion": "dractl/v1",
            "kind": "TopResult",
            "view": "history",
            "by": by,
            **history_document(moments, found),
        }
        screen.write(style.data(made))
    else:
        if style.output_format == "csv":
            table = fitting.history_rows(moments, found)
        else:
            wide = style.output_format == "wide"
            table = fitting.history_table(moments, found, wide=wide)
        if table.rows or style.output_format == "csv":
            screen.write(style.printed(table, screen))
        else:
            screen.note(f"no {DEVICES} in any of them")
        screen.note(
            f"{counted(len(moments), 'snapshot')}, from {moments[0].name} to "
            f"{moments[-1].name}"
        )
    return ExitStatus.YES if is_whole else ExitStatus.ENVIRONMENT


def _paths(texts: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        if not _GLOB.intersection(text) or Path(text).exists():
            found[text] = None
            continue
        matches = sorted(glob.glob(text))  # noqa: PTH207 - paths may be absolute
        if not matches:
            raise DractlError("no-snapshots", f"no file is called {text[:120]!r}")
        found |= dict.fromkeys(matches)
    return list(found)


def _moments(
    question: TopQuestion, read: Sequence[tuple[str, Snapshot]], by: str
) -> Iterator[Moment]:
    timed = [(moment_of(snapshot), path, snapshot) for path, snapshot in read]
    timed.sort(key=lambda each: 0 if each[0] is None else each[0].timestamp())
    labels = [written_moment(at) if at else path for at, path, _ in timed]
    for place, (_, path, snapshot) in enumerate(timed):
        label = labels[place]
        if labels.count(label) > 1:
            label = f"{label} ({path})"
        groups = grouped(Look(snapshot, question.only).fleet, by)
        yield Moment(label, tuple((each.name, each.counts) for each in groups))
