"""`dractl validate`."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli.command import command
from dractl.cli.options import (
    PathsOption,
    RecursiveOption,
    check_stdin,
    explain_option,
    usage,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.findings import Report
    from dractl.model.cluster import Profile
    from dractl.rules.world import World

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

  # mend what is certain in the files, with their comments; report the rest
  dractl validate manifests/ -R --fix

  # live with today's findings, and fail on new ones only
  dractl validate manifests/ -R --write-baseline baseline.json
  dractl validate manifests/ -R --baseline baseline.json

  # what is that rule about; which are there
  dractl validate --explain cel-unguarded
  dractl validate --explain all

An object that must stay as it is says so in its annotation
dractl.dev/ignore: CODE,CODE; a file says so in a comment of that form.

--fix changes what is reported and has one certain value: amounts (6 GiB),
quotes and operators in CEL, guards for values that may be missing. What is
ignored or in the baseline stays. A baseline knows findings by file, object,
path and code, so it survives edits elsewhere in the file.

Exit status: 0 nothing to mend, 1 an error (or what --fail-on says), 2 wrong
usage, 3 a file cannot be read or written, in whole or in part. After --fix it
is that of what is left; --write-baseline gives 0 or 3.
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
FormatOption = Annotated[
    Literal["text", "json", "yaml", "github", "sarif", "junit", "tap", "markdown"],
    typer.Option("-o", "--output", help="How to print the findings."),
]
ExplainOption = Annotated[str | None, explain_option("rule")]
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
FixOption = Annotated[
    bool, typer.Option("--fix", help="Mend what is certain in the files themselves.")
]
BaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline", metavar="PATH", help="Leave out the findings this file lists."
    ),
]
WriteBaselineOption = Annotated[
    str | None,
    typer.Option(
        "--write-baseline",
        metavar="PATH",
        help="List the findings in this file instead of printing them.",
    ),
]


@command
def validate(  # noqa: PLR0913 - one parameter per option
    paths: PathsArgument = None,
    *,
    filenames: PathsOption = None,
    recursive: RecursiveOption = False,
    source: Source,
    min_severity: MinSeverityOption = None,
    fail_on: FailOnOption = "error",
    ignore: IgnoreOption = None,
    exit_zero: ExitZeroOption = False,
    fix: FixOption = False,
    baseline: BaselineOption = None,
    write_baseline: WriteBaselineOption = None,
    explain: ExplainOption = None,
    output_format: FormatOption = "text",
    screen: Terminal,
) -> int:
    """Say what is wrong with manifests, without a cluster.

    Errors are what the API server of that release would refuse. Warnings are what it
    accepts and you would regret: lost fields, names that nothing has, expressions that
    fail or select nothing.
    """
    from dractl.cli import asked, reports

    if explain is not None:
        screen.write(asked.explained(explain, screen.columns))
        return ExitStatus.YES
    named = [*(paths or ()), *(filenames or ())]
    check_stdin(*named, source.snapshot, baseline)
    _check_targets(named, baseline, write_baseline, fix=fix)
    ignored = asked.codes(ignore or ())
    files = asked.files(named, recursive=recursive)
    profile, world = asked.known(source, screen)
    least = _least(min_severity, fail_on)
    look = partial(_restricted, files, profile, world, least, ignored)
    report, failed = _looked(look, baseline, screen, fix=fix)
    if write_baseline is not None:
        return _listed(report, write_baseline, screen, failed=failed)
    screen.write(_rendered(report, files, profile, output_format, fail_on))
    screen.note(reports.summary(report, len(files), profile))
    status = _status(report, "never" if exit_zero else fail_on)
    return ExitStatus.ENVIRONMENT if failed else status


def _check_targets(
    named: Sequence[str], baseline: str | None, write_baseline: str | None, *, fix: bool
) -> None:
    if fix and "-" in named:
        raise usage(
            "--fix changes files, and - is none",
            hint="write what you pipe to a file, and name that",
        )
    if write_baseline is None:
        return
    if baseline is not None:
        raise usage(
            "--baseline and --write-baseline exclude each other",
            hint="--write-baseline alone lists all that is found now",
        )
    if write_baseline == "-":
        raise usage("--write-baseline writes a file, and - is none")


def _restricted(
    files: Sequence[str],
    profile: "Profile",
    world: "World",
    least: str,
    ignored: Sequence[str],
) -> "Report":
    from dractl.cli.validation import validated

    report = validated(files, profile, world, with_info=least == "info")
    report.restricted(least, ignored)
    return report


def _looked(
    look: "Callable[[], Report]", baseline: str | None, screen: "Terminal", *, fix: bool
) -> "tuple[Report, bool]":
    """Return what is found beyond the baseline, and whether a fix failed."""
    if not fix and baseline is None:
        return look(), False
    from dractl.cli import baselines, fixing
    from dractl.cli.text import counted

    known = baselines.Known() if baseline is None else baselines.read(baseline)
    removed = 0

    def beyond() -> "Report":
        nonlocal removed
        found = look()
        removed = baselines.without(found, known)
        return found

    report, failed = fixing.fixed(beyond, screen) if fix else (beyond(), False)
    if baseline is not None:
        screen.note(f"{baseline}: lists {counted(removed, 'finding')}, left out here")
    return report, failed


def _listed(
    report: "Report", path: str, screen: "Terminal", *, failed: bool
) -> ExitStatus:
    """Write a baseline; what cannot be read is no part of it, and is told."""
    from dractl.cli import baselines, reports
    from dractl.cli.text import counted

    number = baselines.written(report, path)
    screen.note(f"{path}: {counted(number, 'finding')} listed")
    report.findings = baselines.unreadable(report)
    screen.write(reports.text(report))
    return ExitStatus.ENVIRONMENT if failed or report.unreadable else ExitStatus.YES


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
        return output.as_data(data, output_format)
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
