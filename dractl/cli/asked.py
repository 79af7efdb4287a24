"""What the options of `dractl validate` ask for."""

from collections.abc import Iterable, Sequence

from dractl.catalogue.nearest import nearest
from dractl.cli.findings import UNREADABLE
from dractl.cli.options import usage
from dractl.cli.reports import listing, manual
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.model.cluster import Profile
from dractl.rules.check import RULES
from dractl.rules.world import World
from dractl.sources.files import manifests_of


def explained(code: str) -> str:
    """Return the manual of a rule, or the list of all."""
    if code == "all":
        return listing()
    return manual(_known(code))


def codes(texts: Iterable[str]) -> list[str]:
    """Return the codes that are listed, each text with one or several."""
    named = [each.strip() for text in texts for each in text.split(",")]
    return [_known(each) for each in named if each]


def _known(code: str) -> str:
    if code in RULES or code == UNREADABLE:
        return code
    near = nearest(code, RULES)
    raise usage(
        f"there is no rule {code[:60]!r}",
        hint=f"did you mean {near[0]}?" if near else "--explain all lists the rules",
    )


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
