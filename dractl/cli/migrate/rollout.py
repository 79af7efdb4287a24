"""What the commands of a rollout have in common: a cluster, a question."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from dractl.cli.migrate import statefile
from dractl.cli.migrate.site import Site
from dractl.cli.migrate.statefile import Keeper
from dractl.cli.migrate.ways import Way
from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.cli.terminal import OutputClosed, Terminal
from dractl.errors import ExitStatus
from dractl.live.changing import Changes
from dractl.live.connection import Connection
from dractl.live.served import Served
from dractl.migrate.progress import Course

_MANAGER: Final = "dractl"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is asked and changed, object by object."""

    changes: Changes
    served: Served

    @property
    def connection(self) -> Connection:
        """The connection to it."""
        return self.changes.connection

    def site(self, keeper: Keeper, course: Course, way: Way, screen: Terminal) -> Site:
        """Return where the steps of a stage are done."""
        return Site(
            self.changes,
            self.served,
            keeper,
            course,
            screen,
            way.seconds,
            way.answers_yes,
        )


@contextmanager
def reached(source: Source, keeper: Keeper, *, is_dry: bool) -> Iterator[Cluster]:
    """Connect to the cluster that the options mean, which the file has to be about."""
    check_live(source)
    from dractl.live.connect import connect

    connection = connect(source.target)
    try:
        statefile.check_server(keeper.migration, connection, keeper.path)
        yield Cluster(Changes(connection, _MANAGER, is_dry), Served(connection))
    finally:
        connection.close()


def check_live(source: Source) -> None:
    """Raise DractlError where the options mean no live cluster."""
    if not source.is_live:
        other = "--demo" if source.demo else "--snapshot"
        raise usage(f"a rollout is about a live cluster, so {other} does not go here")


def show(text: str, screen: Terminal) -> None:
    """Print what is going to be done; what nobody reads is not done."""
    try:
        screen.write(text)
    except OutputClosed:
        screen.warn("nobody reads the output; nothing was changed")
        raise


def unless_refused(
    is_wanted: Callable[[], bool], screen: Terminal
) -> ExitStatus | None:
    """Return the status of a run that ends since the user says no; None: goes on."""
    if is_wanted():
        return None
    screen.note("nothing was changed")
    return ExitStatus.NO
