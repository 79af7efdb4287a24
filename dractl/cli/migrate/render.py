"""`dractl migrate render`."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dractl.cli.command import command_with
from dractl.cli.migrate.options import Given, Wanted, given_of, wanted_of
from dractl.cli.options import usage, verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.migrate.rendering import Rendering

EXAMPLES: Final = verbatim("""
Examples:
  # what would change in the manifests of a folder
  dractl migrate render manifests/ -R

  # change them; write the changed ones elsewhere; as part of a pipe
  dractl migrate render manifests/ -R --in-place
  dractl migrate render manifests/ -R -o new/
  helm template my-chart | dractl migrate render - -o - | kubectl apply -f -

  # pods stay as they are, and DeviceClasses serve the names that they ask for
  dractl migrate render manifests/ --route extended-resource -o classes/

  # of a cluster, whose manifests are not at hand
  dractl migrate render -A -o new/

  # the way back to device plugins
  dractl migrate render manifests/ --reverse

Comments, order and style of the files stay. New objects of a workload come
behind it, DeviceClasses and shared claims into dra-objects.yaml beside the
first file that changes. A file of that name which render has not written is
never replaced, and with -o DIR no file with another text, unless --force is
given. git apply -p0 and patch -p0 take the difference. Give the configuration of
the device plugins, or a cluster, as for plan.

Exit status: 0 nothing would change, or it is written; 1 there is a difference, or
not all that asks for devices could be rendered; 2 wrong usage; 3 a file or the
cluster cannot be read or written, in whole or in part.
""")

InPlaceOption = Annotated[
    bool, typer.Option("--in-place", help="Change the files instead of printing.")
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR|-",
        show_default=False,
        help="Write what changes below this folder; - prints all as YAML.",
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace files that render has not written.")
]
ReverseOption = Annotated[
    bool, typer.Option("--reverse", help="From claims back to extended resources.")
]


@command_with(given_of, wanted_of)
def render(  # noqa: PLR0913 - one parameter per option
    *,
    given: Given,
    wanted: Wanted,
    in_place: InPlaceOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    reverse: ReverseOption = False,
    source: Source,
    screen: Terminal,
) -> int:
    """Rewrite manifests from device plugins to DRA.

    Pods get claims in place of extended resources, with templates for these and with
    DeviceClasses; requirements on node labels become selectors; quotas get the keys of
    claims. Each object is checked for the release before it is written.
    """
    if in_place and output is not None:
        raise usage("--in-place and -o exclude each other")
    if in_place and "-" in given.paths:
        raise usage("--in-place changes files, and - is none")
    if in_place and not given.paths:
        raise usage("--in-place changes files: name them", "-o DIR writes new ones")
    from dractl.cli.migrate import rendering

    made = rendering.rendering(given, wanted, source, screen, back=reverse)
    is_whole = not made.gathered.failures
    if in_place:
        is_whole &= _change(made, screen, force=force)
    elif output == "-":
        screen.write(rendering.stream(made))
    elif output is not None:
        _write(made, output, screen, force=force)
    else:
        screen.write(rendering.differences(made, force=force))
    rendering.tell(made, screen)
    if not is_whole:
        return ExitStatus.ENVIRONMENT
    is_shown = not in_place and output is None and rendering.is_changed(made)
    return ExitStatus.NO if is_shown or not made.is_complete else ExitStatus.YES


def _change(made: "Rendering", screen: Terminal, *, force: bool) -> bool:
    """Change the files; tell whether all could be written."""
    from dractl.cli.migrate import writing

    shared = writing.shared_piece(made.placed, force=force)
    pieces = [*made.placed.files, *([shared] if shared else [])]
    is_whole = writing.write_in_place(pieces, screen)
    if shared and (file := writing.unlisted(shared.path)):
        screen.note(f"{file}: add {shared.name} to its resources")
    for each in made.placed.objects:
        screen.warn(f"{each.name}: is of the cluster, and in none of the files")
    return is_whole


def _write(made: "Rendering", folder: str, screen: Terminal, *, force: bool) -> None:
    from dractl.cli.migrate import rendering, writing

    pieces = rendering.changed(made)
    for path in writing.written_below(folder, pieces, force=force):
        screen.note(f"{path}: written")
    for each in made.placed.files:
        if each.path and made.placed.shared and (file := writing.unlisted(each.path)):
            screen.note(f"{file}: add the new files to its resources")
            break
