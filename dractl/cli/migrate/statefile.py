"""The file of a migration: read, and written before and after every step."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from dractl.cli.migrate.options import Given, Wanted
from dractl.cli.output import as_json
from dractl.errors import DractlError
from dractl.live.connection import NO_JSON, Connection
from dractl.migrate import progress_file
from dractl.migrate.progress import Course, Mark, Migration, Record
from dractl.sources.saving import save
from dractl.taints.moments import written_moment


def read(path: str) -> Migration | None:
    """Return the migration in a file; None: there is no such file.

    Raises DractlError for a file that cannot be read, or is no such file.
    """
    file = Path(path)
    try:
        if not file.exists():
            return None
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise DractlError(
            "unreadable",
            f"cannot be read: {error.strerror or error}",
            where=path,
            hint="check the path and its permissions",
        ) from error
    except NO_JSON:
        content = None
    return progress_file.migration(content, path)


def known(path: str) -> Migration:
    """Return the migration in a file; raise DractlError if there is none."""
    found = read(path)
    if found is None:
        raise DractlError(
            "not-found",
            "there is no such file, so no migration has begun",
            where=path,
            hint="dractl migrate apply begins one; --state names another file",
        )
    return found


def wishes(given: Given, wanted: Wanted) -> str:
    """Return what tells the options of a plan from others, "" if there are none."""
    if (given, wanted) == (Given(), Wanted()):
        return ""
    return progress_file.digest([asdict(given), asdict(wanted)])


def check_server(migration: Migration, connection: Connection, path: str) -> None:
    """Raise DractlError where a file is about another cluster."""
    if migration.origin.server != connection.server:
        raise DractlError(
            "other-cluster",
            f"is about {migration.origin.server}, not about {connection.server}",
            where=path,
            hint="choose that cluster with --context, or another file with --state",
        )


@dataclass
class Keeper:
    """A migration with its file: what is recorded stands in it at once."""

    path: str
    migration: Migration

    def save(self) -> None:
        """Write the file anew, as a whole."""
        content = progress_file.document(self.migration)
        save(self.path, as_json(content), may_create=True)

    def course(self, name: str) -> Course:
        """Return a stage as it is now."""
        return self.migration.named(name)

    def record(
        self, name: str, number: int, mark: Mark, former: Mapping[str, object]
    ) -> None:
        """Keep how far a step is, and what it takes to undo it."""
        record = Record(mark, dict(former), moment())
        self.migration = self.migration.recorded(name, number, record)
        self.save()

    def verify(self, name: str, *, is_so: bool) -> None:
        """Keep whether a stage is as it should be."""
        self.migration = self.migration.verified(name, moment() if is_so else "")
        self.save()


def moment() -> str:
    """Return now, as files have it."""
    return written_moment(datetime.now(UTC))
