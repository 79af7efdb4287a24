"""What the options of `dractl validate` ask for."""

from collections.abc import Iterable, Mapping, Sequence

from dractl.catalogue.nearest import nearest
from dractl.cli.findings import UNREADABLE
from dractl.cli.options import usage
from dractl.cli.reports import listing, manual
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


def known(
    *,
    snapshot: str | None,
    demo: bool,
    kubernetes: str | None,
    gates: Mapping[str, bool],
    screen: Terminal,
) -> tuple[Profile, World]:
    """Return the release to judge by, and what a snapshot shows."""
    if snapshot is None and not demo:
        return Profile.of(kubernetes, gates), World()
    # It brings the solver along, which only a snapshot needs.
    from dractl.cli.reading import read_cluster, warn_of

    cluster = read_cluster(
        snapshot=snapshot, demo=demo, kubernetes=kubernetes, gates=gates
    )
    warn_of(cluster, screen)
    return cluster.profile, World.of(cluster, ())
