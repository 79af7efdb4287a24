"""What the options of `dractl validate` ask for."""

from collections.abc import Iterable, Sequence
from typing import Final

from dractl.cli import manuals
from dractl.cli.findings import UNREADABLE
from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.model.cluster import Profile
from dractl.rules.check import RULES
from dractl.rules.registry import Entry, Severity
from dractl.rules.world import World
from dractl.sources.files import manifests_of

_NOUN: Final = "rule"
_UNREADABLE: Final = Entry(
    UNREADABLE,
    Severity.ERROR,
    """A file, or a document in it, cannot be read.

    It is missing, may not be opened, or is no YAML and no JSON. Nothing else is said of
    it, and the exit status is 3.""",
)
"""No rule finds it, but reports have it among their findings."""


def explained(code: str, columns: int | None = None) -> str:
    """Return the manual of a rule, or the list of all; raise DractlError."""
    return manuals.explained(code, _table(), _NOUN, columns=columns)


def codes(texts: Iterable[str]) -> list[str]:
    """Return the codes of rules to leave out; raise DractlError."""
    return manuals.codes("--ignore", texts, _table(), _NOUN)


def _table() -> dict[str, Entry]:
    return {**RULES, UNREADABLE: _UNREADABLE}


def files(paths: Sequence[str], *, recursive: bool) -> list[str]:
    """Return the files that the paths mean, each once; raise DractlError."""
    if not paths:
        raise usage(
            "there is nothing to validate: no PATH",
            hint="name files or folders, or - for stdin",
        )
    found = [each for path in paths for each in manifests_of(path, recursive=recursive)]
    return list(dict.fromkeys(found))


def known(source: Source, screen: Terminal) -> tuple[Profile, World]:
    """Return the release to judge by, and what a cluster shows.

    Checking files is safe anywhere, so a live cluster is read only if options name it.
    """
    if source.is_live and not source.names_live:
        return Profile.of(source.kubernetes, source.gates), World()
    # It brings the solver along, which only a cluster needs.
    from dractl.cli.reading import Wish, read_cluster, warn_of

    wish = Wish("validate", all_namespaces=True)
    cluster = read_cluster(source, wish, screen).snapshot
    warn_of(cluster, screen, "validate")
    return cluster.profile, World.of(cluster, ())
