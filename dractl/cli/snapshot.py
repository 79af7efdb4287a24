"""`dractl snapshot`."""

from collections.abc import Iterable
from typing import Annotated, Final

import typer

from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    NamespaceOption,
    usage,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus
from dractl.model.cluster_info import Cause, Gap

EXAMPLES: Final = verbatim("""
Examples:
  # everything that other commands need, in one file
  dractl snapshot -f cluster.json.gz
  dractl explain --snapshot cluster.json.gz

  # for somebody else: the names of the cluster are replaced
  dractl snapshot --redact -f for-the-issue.json

  # one namespace, of another context
  dractl snapshot --context prod -n training -f training.json

  # clean and redact what kubectl has saved
  dractl snapshot --snapshot saved/ --redact -f clean.json

A snapshot has no Secrets, no values of environment variables, no commands and
arguments, no annotations that repeat whole objects, and no names of pull
secrets. Of managedFields, it has who wrote in which version of the API; of
ConfigMaps, the parts that configure device plugins, autoscalers and queues.
Parameters of drivers (opaque configuration) stay, but for what is called like a
password. Whether everything could be read stands in the file: a command that
reads it says what it could not check, as it would live.

With -n, pods, events, quotas and templates are those of the namespace; claims of
others are kept if they hold devices, since these are not free.

Exit status: 0 done, 2 wrong usage, 3 the cluster cannot be read or the file not
be written.
""")

FileOption = Annotated[
    str | None,
    typer.Option(
        "-f",
        "--filename",
        metavar="FILE",
        help="Write to this file; gzipped if it ends in .gz. Default: stdout.",
    ),
]
RedactOption = Annotated[
    bool,
    typer.Option(
        "--redact", help="Replace the names of the cluster, the same way everywhere."
    ),
]


@command
def snapshot(  # noqa: PLR0913 - one parameter per option
    *,
    filename: FileOption = None,
    redact: RedactOption = False,
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    screen: Terminal,
) -> int:
    """Save the state of a cluster in a file for other commands.

    Nothing secret is in it. The same state gives the same bytes.
    """
    if source.kubernetes or source.gates:
        raise usage("a snapshot is of what there is: give these options to its reader")
    from dractl.cli.captures import captured, write
    from dractl.cli.configurations import with_configurations
    from dractl.cli.reading import Wish, documents_of

    wish = Wish(
        "snapshot",
        namespace,
        all_namespaces,
        fresh=True,
        strictly=namespace is not None,
    )
    found = documents_of(source, wish, screen)
    capture = captured(with_configurations(found, (), screen), namespace)
    if redact:
        capture = capture.redacted()
    write(capture, filename, screen)
    for problem in found.problems:
        screen.warn(f"left out: {problem}")
    for each in capture.kept:
        screen.warn(f"not redacted: {each.what}, since {each.why}")
    _tell_gaps(capture.gaps, screen)
    place = "" if filename in {None, "-"} else f" in {filename}"
    screen.note(f"{len(capture.lines)} objects{place}")
    return ExitStatus.ENVIRONMENT if found.problems else ExitStatus.YES


def _tell_gaps(gaps: Iterable[Gap], screen: Terminal) -> None:
    """Warn of what could not be read; of what few may read, say it in one line."""
    from dractl.live.kinds import NEEDS

    kinds = NEEDS["snapshot"].kinds
    optional = {(each.kind, each.group) for each in kinds if each.optional}
    without = []
    for gap in gaps:
        if gap.cause is Cause.FORBIDDEN and (gap.kind, gap.group) in optional:
            without.append(gap.resource)
        elif gap.needs:
            screen.warn(f"{gap} ({gap.needs})")
    if without:
        screen.note(f"without {', '.join(without)}, which may not be read")
