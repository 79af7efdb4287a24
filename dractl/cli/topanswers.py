"""What `dractl top` answers of one cluster: a view, as it is or would be; fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.capacity.asked import NOTHING_TO_FIT, Asked, asked, claim_asked
from dractl.capacity.document import document
from dractl.capacity.exposition import exposition
from dractl.capacity.fits import Fits, fits
from dractl.capacity.headroom import Loss, headroom
from dractl.capacity.look import Look, Only
from dractl.capacity.moving import displaced, settled
from dractl.capacity.planning_document import fits_document, loss_document, moved
from dractl.capacity.whatif import RemoveNode, changed
from dractl.catalogue.nearest import guess
from dractl.cli import comparing, fitting, output, topping
from dractl.cli.clock import moment_for
from dractl.cli.emptiness import DEVICES, nothing
from dractl.cli.options import usage
from dractl.cli.plannings import Planning
from dractl.cli.reading import Cluster
from dractl.cli.shown import Shown
from dractl.cli.terminal import Terminal
from dractl.cli.topviews import VIEWS, Table, View, by_attribute
from dractl.cli.whatifs import WhatIf
from dractl.diagnose.standins import with_stand_ins
from dractl.errors import DractlError, ExitStatus
from dractl.solver.placement import Outcome, place
from dractl.sources.documents import SourcedDocument
from dractl.sources.files import load_documents

_CLAIM: Final = "claim/"
_HOME: Final = "default"
_MOST_COUNTED: Final = 100  # losses: each count of what fits looks at all nodes anew


@dataclass(frozen=True, slots=True)
class Style:
    """How an answer is printed; `is_drawn`: as a picture."""

    output_format: str
    sort: str | None = None
    has_head: bool = True
    is_drawn: bool = False

    def printed(self, table: Table, screen: Terminal) -> str:
        """Return a table as lines or as csv."""
        return topping.printed(
            table,
            screen,
            output_format=self.output_format,
            sort=self.sort,
            has_head=self.has_head,
        )

    def data(self, found: Mapping[str, object]) -> str:
        """Return an answer as JSON or YAML."""
        return output.as_data(found, self.output_format)


@dataclass(frozen=True)
class TopQuestion:
    """All that is asked of a cluster; it can be asked again of what has become of it.

    `what` is the view, `by` what devices are grouped by instead; None: the overview.
    """

    what: str | None
    by: str | None
    only: Only
    planning: Planning
    what_if: WhatIf
    style: Style

    def check(self) -> None:
        """Raise DractlError for questions that exclude each other."""
        planning = self.planning
        if planning.fits is not None and not planning.headroom:
            is_narrowed = self.only.device_class or self.only.driver
            if self.what is not None or self.by is not None or is_narrowed:
                raise usage(
                    "--fits is a question of its own: leave out the view, --by, "
                    "--class and --driver"
                )
        if self.style.is_drawn and not planning.is_plain:
            raise usage(
                "--svg draws groups of devices of one cluster, and nothing else"
            )

    @property
    def name(self) -> str:
        """The name of the view."""
        return self.what or ("groups" if self.by is not None else topping.OVERVIEW)

    @property
    def view(self) -> View | None:
        """The view; None: the overview."""
        return VIEWS.get(self.name) if self.by is None else by_attribute(self.by)

    def shown(self, cluster: Cluster, screen: Terminal) -> Shown:
        """Return the answer for a cluster."""
        answer = _Answer(self, cluster, screen)
        if self.planning.headroom:
            text = answer.headroom()
        elif self.planning.fits is not None:
            text = answer.fits()
        else:
            text = answer.view()
        if self.planning.watch:  # what is told then takes a look at all devices
            answer.notes.append(answer.note)
        return Shown(text, answer.status, tuple(answer.notes))

    @cached_property
    def documents(self) -> Sequence[SourcedDocument]:
        """What the file of --fits has, read once; DractlError if it cannot be."""
        loaded = load_documents(self.planning.fits or "")
        if loaded.problems:
            raise DractlError("malformed-object", str(loaded.problems[0]))
        return loaded.documents

    @property
    def named_claim(self) -> str | None:
        """The claim of the cluster that --fits names; None: it names a file."""
        text = self.planning.fits
        if text is None or not text.startswith(_CLAIM):
            return None
        return text.removeprefix(_CLAIM)


class _Answer:
    """One answer; what several parts of it need is found once."""

    def __init__(
        self, question: TopQuestion, cluster: Cluster, screen: Terminal
    ) -> None:
        self._question = question
        self._cluster = cluster
        self._screen = screen
        self._home = cluster.namespace or (
            cluster.live.connection.namespace if cluster.live else _HOME
        )
        self._changes = question.what_if.changes(self._home)
        self._before = Look(cluster.snapshot, question.only)
        self._look = self._before
        self._moved = Outcome((), 0)
        if self._changes:
            after = changed(cluster.snapshot, *self._changes)
            self._moved = place(after, displaced(cluster.snapshot, after))
            after = settled(after, self._moved.placements)
            self._look = Look(after, question.only)
        self._says_no = any(each.node is None for each in self._moved.placements)
        self.notes: list[str] = []
        """What is to be said beside the answer, once that is there."""

    @property
    def status(self) -> ExitStatus:
        """The exit status, once the answer is there."""
        if self._cluster.snapshot.problems:
            return ExitStatus.ENVIRONMENT
        return ExitStatus.NO if self._says_no else ExitStatus.YES

    @property
    def note(self) -> str:
        """A line on the answer for those who watch."""
        found = self._look.counts
        return f"{found.free} of {found.total} devices are free"

    # -- a view

    def view(self) -> str:
        question, style = self._question, self._question.style
        look, view = self._look, question.view
        if style.is_drawn:
            from dractl.cli.plots import plotted

            return plotted(look, question.name, view, style.output_format)
        match style.output_format:
            case "prometheus":
                return exposition([((), look)])
            case "json" | "yaml":
                by = topping.grouping(view)
                return self._data(document(look, question.name, by))
            case "name":
                return topping.as_names(look, view or VIEWS["nodes"])
        is_overview = view is None and style.output_format == "table"
        if is_overview and style.sort is None:
            return self._overview()
        return self._list(view or VIEWS["nodes"])

    def _overview(self) -> str:
        if not self._changes:
            return topping.overview(self._look, self._question.only, self._screen)
        groups = comparing.overview(self._look, self._before, self._screen)
        return f"{self._told()}\n{groups}"

    def _list(self, view: View) -> str:
        style = self._question.style
        now = moment_for(self._cluster, self._screen) if view.has_ages else None
        if self._changes:
            view = comparing.with_changes(view, self._before)
        is_wide = style.output_format != "table"
        found = view.table(self._look, is_wide, now)
        table = self._printed(found, view.noun)
        if not self._changes or style.output_format == "csv":
            return table
        return f"{self._told()}\n{table}"

    def _printed(self, table: Table, noun: str) -> str:
        """Return a table; instead of a head alone, say what there is none of."""
        if not table.rows and self._question.style.output_format != "csv":
            only, program = self._question.only, self._screen.program
            self.notes.append(nothing(noun, self._look, only, program))
            return ""
        return self._question.style.printed(table, self._screen)

    def _told(self) -> str:
        return comparing.told(
            self._changes,
            self._before,
            self._look,
            self._moved.placements,
            self._screen,
        )

    def _data(self, found: Mapping[str, object]) -> str:
        whole = dict(found)
        if self._changes:
            before = document(self._before, self._question.name, ())
            whole["whatIf"] = {
                "changes": [str(each) for each in self._changes],
                "summaryBefore": before["summary"],
                "displaced": [moved(each) for each in self._moved.placements],
            }
        return self._question.style.data(whole)

    def _result(self, view: str, **parts: object) -> str:
        problems = [each.as_data() for each in self._cluster.snapshot.problems]
        return self._data(
            {
                "apiVersion": "dractl/v1",
                "kind": "TopResult",
                "view": view,
                **parts,
                "problems": problems,
            }
        )

    # -- how many fit

    def _asked(self, snapshot: Snapshot) -> tuple[Snapshot, list[Asked]]:
        name = self._question.named_claim
        if name is None:
            documents = self._question.documents
            try:
                return asked(snapshot, documents, self._home)
            except DractlError as error:
                if error.code != NOTHING_TO_FIT:
                    raise
                file = self._question.planning.fits or ""
                raise replace(error, where=file) from error
        space, slash, own = name.partition("/")
        key = (space, own) if slash else (self._home, name)
        claim = self._cluster.snapshot.claim_by_key.get(key)
        if claim is None:
            known = ["/".join(each) for each in self._cluster.snapshot.claim_by_key]
            raise usage(
                f"--fits: there is no claim {'/'.join(key)!r}",
                guess("/".join(key), known, f"{self._screen.program} top claims"),
            )
        return snapshot, [claim_asked(snapshot, claim)]

    def _fits(self, snapshot: Snapshot) -> list[Fits]:
        """Return how many fit on the nodes that are looked at."""
        only = self._question.only
        if only.node or only.labels:
            snapshot = with_stand_ins(snapshot)
            nodes = Look(snapshot, only).nodes
            if not nodes:
                raise usage("--fits: no node is of those that -l and --node mean")
            snapshot = replace(snapshot, nodes=nodes)
        cluster, subjects = self._asked(snapshot)
        most = self._question.planning.most
        with self._screen.progress("placing") as progress:
            return [fits(cluster, each, most, progress=progress) for each in subjects]

    def fits(self) -> str:
        found = self._fits(self._look.snapshot)
        least = self._question.planning.least
        self._says_no |= any(each.allowed < least for each in found)
        style = self._question.style
        if style.output_format in {"json", "yaml"}:
            return self._result("fits", fits=[fits_document(each) for each in found])
        if style.output_format == "csv":
            return style.printed(fitting.fits_table(found), self._screen)
        if style.output_format not in {"table", "wide"}:
            raise usage("--fits prints a table, csv, JSON or YAML")
        before = self._fits(self._cluster.snapshot) if self._changes else []
        text = fitting.fits_text(
            found,
            before,
            self._screen,
            wide=style.output_format == "wide",
            sort=style.sort,
        )
        return f"{self._told()}\n{text}" if self._changes else text

    # -- headroom

    def headroom(self) -> str:
        look, view = self._look, self._question.view
        by = view.by if view is not None and view.by else "model"
        with self._screen.progress("losing nodes") as progress:
            losses = headroom(look.snapshot, look.fleet, by, progress)
        left = self._left(losses)
        self._says_no |= any(not each.is_covered for each in losses) or any(
            each.allowed < self._question.planning.least
            for found in left
            for each in found
        )
        style = self._question.style
        if style.output_format in {"json", "yaml"}:
            documents = [
                {
                    **loss_document(each),
                    **({"fits": list(map(fits_document, left[n]))} if left else {}),
                }
                for n, each in enumerate(losses)
            ]
            return self._result("headroom", by=by, headroom=documents)
        if style.output_format == "table" and style.sort is None and losses:
            text = fitting.losses_text(losses, by, left, self._screen)
            return f"{self._told()}\n{text}" if self._changes else text
        if style.output_format not in {"table", "wide", "csv"}:
            raise usage("--headroom prints a table, csv, JSON or YAML")
        return self._printed(fitting.losses_table(losses, by, left), DEVICES)

    def _left(self, losses: Sequence[Loss]) -> list[list[Fits]]:
        """Return what of --fits remains after each loss; nodes are looked at once."""
        if self._question.planning.fits is None:
            return []
        now = self._look.snapshot
        found: dict[str, list[Fits]] = {}
        lost = len({each.node for each in losses})
        if lost > _MOST_COUNTED:
            raise usage(
                f"--fits with --headroom counts for {_MOST_COUNTED} lost nodes at "
                f"most, these are {lost}",
                hint="leave out --fits, mean fewer nodes with -l, or look at models",
            )
        for each in losses:
            if each.node not in found:
                after = changed(now, RemoveNode(each.node))
                found[each.node] = self._fits(settled(after, each.moved))
        return [found[each.node] for each in losses]
