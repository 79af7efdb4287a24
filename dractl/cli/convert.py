"""`dractl convert`."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli.command import command
from dractl.cli.options import (
    RecursiveOption,
    usage,
    verbatim,
)
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # to today's version; comments and order stay
  dractl convert claim.yaml

  # all manifests of a folder and its folders, where they are
  dractl convert -R manifests/ --in-place

  # for a server of release 1.33; what it cannot express is named
  dractl convert claim.yaml --to 1.33

  # a test for a pipeline: fails if something is not of today's version
  dractl convert -R manifests/ --check

  # what would change, and what a chart renders
  dractl convert claim.yaml --to v1beta1 --diff
  helm template ./chart | dractl convert - > today.yaml

What older clusters and articles contain (ResourceClass, resourceClassName,
parametersRef, source in pods, ...) becomes what is used today, with an
explanation on stderr, or is refused with the reason.

Exit status: 0 converted, or nothing to do, 1 something cannot be expressed in
the target (the rest is converted), or would change (--check, --diff), 2 wrong
usage, 3 a file cannot be read or written, in whole or in part.
""")

PathsArgument = Annotated[
    list[str],
    typer.Argument(metavar="PATH", help="Files, folders, or - for stdin."),
]
ToOption = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="VERSION",
        help="v1, v1beta2, v1beta1, or a release: the newest that it has.",
    ),
]
InPlaceOption = Annotated[
    bool, typer.Option("--in-place", help="Change the files instead of printing.")
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Name what would change; fail if any.")
]
DiffOption = Annotated[
    bool, typer.Option("--diff", help="Show what would change; fail if any.")
]
DefaultsOption = Annotated[
    bool, typer.Option("--defaults", help="Write out what a server would set.")
]
ManifestOption = Annotated[
    Literal["yaml", "json"],
    typer.Option("-o", "--output", help="YAML with its comments, or one List."),
]


@command
def convert(  # noqa: PLR0913 - one parameter per option
    paths: PathsArgument,
    *,
    to: ToOption = "v1",
    in_place: InPlaceOption = False,
    check: CheckOption = False,
    diff: DiffOption = False,
    recursive: RecursiveOption = False,
    defaults: DefaultsOption = False,
    output_format: ManifestOption = "yaml",
    screen: Terminal,
) -> int:
    """Rewrite manifests for another version of the API.

    Comments stay. Objects in Lists and inside other documents are rewritten too.
    Documents in which nothing is to be done come out byte by byte as they were.
    """
    if in_place + check + diff > 1:
        raise usage("--in-place, --check and --diff exclude each other")
    if output_format == "json" and (in_place or check or diff):
        raise usage("-o json prints, so it excludes --in-place, --check and --diff")
    from dractl.cli import conversions
    from dractl.conversion.target import Target

    target = Target.parse(to)
    work = conversions.convert_files(
        paths, target, recursive=recursive, defaults=defaults, in_place=in_place
    )
    if in_place:
        conversions.write(work, screen)
    elif check:
        screen.write(conversions.changes(work))
    elif diff:
        screen.write(conversions.differences(work))
    elif output_format == "json":
        screen.write(conversions.as_list(work))
    else:
        screen.write(conversions.as_manifest(work))
    conversions.report(work, screen)
    return conversions.status(work, fails_on_change=check or diff)
