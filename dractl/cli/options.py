"""Options that mean the same in every command, and what their text stands for."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from dractl.cli.output import AnswerFormat, OutputFormat, ReportFormat
from dractl.cli.text import NARROW, filled
from dractl.errors import DractlError, ExitStatus

_HELP: Final = NARROW - 2  # columns of help beside its indentation


def namespace_option(text: str) -> Any:
    """Return the option for a namespace, which counts as absent if it is empty."""
    return typer.Option(
        "-n", "--namespace", metavar="NAME", help=text, callback=_if_stated
    )


def _if_stated(value: str | None) -> str | None:
    # As for kubectl: -n "$NS" of a variable that is not set names no namespace.
    return value or None


SnapshotOption = Annotated[
    str | None,
    typer.Option(
        "--snapshot",
        metavar="PATH",
        help="Read the cluster from a file, a directory, or - (stdin).",
    ),
]
DemoOption = Annotated[
    bool, typer.Option("--demo", help="Use the sample cluster that comes with dractl.")
]
ClassOption = Annotated[
    str | None,
    typer.Option("--class", metavar="NAME", help="Only what this DeviceClass selects."),
]
DriverOption = Annotated[
    str | None,
    typer.Option("--driver", metavar="NAME", help="Only devices of this driver."),
]
SeenByOption = Annotated[
    str | None,
    typer.Option("--node", metavar="NAME", help="Only devices for this node."),
]
NamespaceOption = Annotated[str | None, namespace_option("Only this namespace.")]
AllNamespacesOption = Annotated[
    bool,
    typer.Option(
        "-A", "--all-namespaces", help="All namespaces; the default of a snapshot."
    ),
]
ReleaseOption = Annotated[
    str | None,
    typer.Option(
        "--kubernetes-version",
        metavar="X.Y",
        help="Judge as this release would, say 1.36. Default: what the source says.",
    ),
]
GatesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--feature-gates",
        metavar="GATE=true|false,...",
        help="Gates that differ from the release's; also AllAlpha, AllBeta.",
    ),
]
OutputOption = Annotated[
    OutputFormat, typer.Option("-o", "--output", help="How to print the answer.")
]
AnswerOption = Annotated[
    AnswerFormat, typer.Option("-o", "--output", help="How to print the answer.")
]
ReportOption = Annotated[
    ReportFormat, typer.Option("-o", "--output", help="How to print the answer.")
]
RecursiveOption = Annotated[
    bool, typer.Option("-R", "--recursive", help="Folders inside folders too.")
]
PathsOption = Annotated[
    list[str] | None,
    typer.Option("-f", "--filename", metavar="PATH", help="The same as PATH."),
]
EndOption = Annotated[
    str | None,
    typer.Option(
        "--timeout", metavar="TIME", help="How long to watch, as 10m. Default: no end."
    ),
]
VerboseOption = Annotated[
    bool, typer.Option("-v", "--verbose", help="Say on stderr what is done.")
]
QuietOption = Annotated[
    bool,
    typer.Option("-q", "--quiet", help="Print the answer, warnings and errors only."),
]
NoColorOption = Annotated[
    bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")
]


def watch_option(end: str) -> Any:
    """Return the option that follows a live cluster; `end` is what ends it."""
    text = f"Print each new answer, until {end} (live clusters only)."
    return typer.Option("-w", "--watch", help=text)


def explain_option(noun: str) -> Any:
    """Return the option that prints what a code means; `noun` is what has the code."""
    article = "an" if noun[0] in "aeiou" else "a"
    text = f"Print {article} {noun}'s manual, or all for a list."
    return typer.Option("--explain", metavar="CODE", help=text)


def verbatim(text: str) -> str:
    """Return text for a command's help, in which lines of examples stay as they are.

    Help is indented; plain paragraphs are broken anew, so that they fit 80 columns.
    """
    parts = (
        each if "\n  " in each else "\n".join(filled(each.split(), _HELP))
        for each in text.strip().split("\n\n")
    )
    return "\n\n".join(f"\b\n{each}" for each in parts)


def feature_gates(texts: Sequence[str] | None) -> dict[str, bool]:
    """Read `A=true,B=false`; a later value of a gate wins, as in the components."""
    gates: dict[str, bool] = {}
    for item in ",".join(texts).split(",") if texts else ():
        name, _, value = item.strip().partition("=")
        if value not in {"true", "false"}:
            raise usage(
                f"--feature-gates: {item.strip()[:60]!r} is not GATE=true or GATE=false"
            )
        gates[name] = value == "true"
    return gates


def check_stdin(*paths: str | None) -> None:
    """Raise DractlError where more than one path is -, for stdin."""
    if paths.count("-") > 1:
        raise usage("stdin can be read only once, so - may appear only once")


def usage(message: str, hint: str = "") -> DractlError:
    """Return the error of options that make no sense."""
    return DractlError("usage", message, hint=hint, status=ExitStatus.USAGE)
