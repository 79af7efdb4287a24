"""`dractl validate`."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli.options import (
    DemoOption,
    GatesOption,
    NoColorOption,
    QuietOption,
    ReleaseOption,
    SnapshotOption,
    VerboseOption,
    feature_gates,
    terminal,
    usage,
    verbatim,
)
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.findings import Report
    from dractl.model.cluster import Profile

EXAMPLES: Final = verbatim("""
Examples:
  # what the API server would refuse in these files, and what you would regret
  dractl validate claims/ -R

  # with a cluster to compare names and devices with, saved with kubectl get
  dractl validate claim.yaml --snapshot cluster.yaml

  # what a chart renders, for an older cluster
  helm template my-chart | dractl validate - --kubernetes-version 1.34

  # in CI: annotations on the pull request; fail on warnings, too
  dractl validate manifests/ -R -o github --fail-on warning

  # what is that rule about; which are there
  dractl validate --explain cel-unguarded
  dractl validate --explain all

An object that must stay as it is says so in its annotation
dractl.dev/ignore: CODE,CODE.

Exit status: 0 nothing to mend, 1 an error (or what --fail-on says), 2 wrong
usage, 3 a file cannot be read, in whole or in part.
""")

Level = Literal["info", "warning", "error"]
PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        show_default=False,
        help="Files, folders or patterns; - for stdin.",
    ),
]
FileOption = Annotated[
    list[str] | None,
    typer.Option("-f", "--filename", metavar="PATH", help="The same as PATH."),
]
RecursiveOption = Annotated[
    bool, typer.Option("-R", "--recursive", help="Look into folders of folders, too.")
]
FormatOption = Annotated[
    Literal["text", "json", "yaml", "github", "sarif", "junit", "tap", "markdown"],
    typer.Option("-o", "--output", help="How to print the findings."),
]
ExplainOption = Annotated[
    str | None,
    typer.Option(
        "--explain", metavar="CODE", help="Print a rule's manual, or all for a list."
    ),
]
MinSeverityOption = Annotated[
    Level | None,
    typer.Option(
        "--min-severity",
        show_default=False,
        help="Leave out what is less severe. Default: warning.",
    ),
]
FailOnOption = Annotated[
    Literal["info", "warning", "error", "never"],
    typer.Option("--fail-on", help="The least severe finding with exit status 1."),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="CODE", help="Leave out these rules."),
]
ExitZeroOption = Annotated[
    bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")
]


def validate(  # noqa: PLR0913 - one parameter per option
    context: typer.Context,
    paths: PathsArgument = None,
    *,
    filenames: FileOption = None,
    recursive: RecursiveOption = False,
    snapshot: SnapshotOption = None,
    demo: DemoOption = False,
    min_severity: MinSeverityOption = None,
    fail_on: FailOnOption = "error",
    ignore: IgnoreOption = None,
    exit_zero: ExitZeroOption = False,
    explain: ExplainOption = None,
    kubernetes_version: ReleaseOption = None,
    gates: GatesOption = None,
    output_format: FormatOption = "text",
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Say what is wrong with manifests, without a cluster.

    Errors are what the API server of that release would refuse. Warnings are what it
    accepts and you would regret: lost fields, names that nothing has, expressions that
    fail or select nothing.
    """
    screen = terminal(context, verbose=verbose, quiet=quiet, no_color=no_color)
    from dractl.cli import asked, reports

    if explain is not None:
        screen.write(asked.explained(explain))
        return ExitStatus.YES
    named = [*(paths or ()), *(filenames or ())]
    if [*named, snapshot].count("-") > 1:
        raise usage("stdin can be read only once, so - may appear only once")
    ignored = asked.codes(ignore or ())
    files = asked.files(named, recursive=recursive)
    profile, world = asked.known(
        snapshot=snapshot,
        demo=demo,
        kubernetes=kubernetes_version,
        gates=feature_gates(gates) if gates else {},
        screen=screen,
    )
    from dractl.cli.validation import validated

    least = _least(min_severity, fail_on)
    report = validated(files, profile, world, with_info=least == "info")
    report.restricted(least, ignored)
    screen.write(_rendered(report, files, profile, output_format, fail_on))
    screen.note(reports.summary(report, len(files), profile))
    return _status(report, "never" if exit_zero else fail_on)


def _least(min_severity: Level | None, fail_on: str) -> str:
    if min_severity is not None:
        return min_severity
    return "info" if fail_on == "info" else "warning"


def _rendered(
    report: "Report",
    files: Sequence[str],
    profile: "Profile",
    output_format: str,
    fail_on: str,
) -> str:
    from dractl.cli import output, reports

    if output_format == "text":
        return reports.text(report)
    if output_format in {"json", "yaml"}:
        data = reports.document(report, len(files), profile)
        return (output.as_json if output_format == "json" else output.as_yaml)(data)
    from dractl.cli import ci_reports, summaries

    writers: dict[str, Callable[[Report], str]] = {
        "github": ci_reports.github,
        "junit": partial(ci_reports.junit, fail_on=fail_on),
        "markdown": summaries.markdown,
        "sarif": ci_reports.sarif,
        "tap": partial(summaries.tap, fail_on=fail_on),
    }
    return writers[output_format](report)


def _status(report: "Report", fail_on: str) -> ExitStatus:
    from dractl.cli.findings import RANKS

    if report.unreadable:
        return ExitStatus.ENVIRONMENT
    least = RANKS.get(fail_on, len(RANKS))
    if any(RANKS[each.severity] >= least for each in report.findings):
        return ExitStatus.NO
    return ExitStatus.YES
