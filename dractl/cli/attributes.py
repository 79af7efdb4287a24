"""`dractl attributes`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dractl.cli import output
from dractl.cli.command import command
from dractl.cli.options import (
    AnswerOption,
    ClassOption,
    DriverOption,
    SeenByOption,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.api.problems import Problem
    from dractl.catalogue.listing import Listing

EXAMPLES: Final = verbatim("""
Examples:
  # what can selectors ask of the devices in the sample cluster
  dractl attributes --demo

  # of those of one driver, of one class, of one node
  dractl attributes --snapshot cluster.yaml --driver gpu.nvidia.com
  dractl attributes --snapshot cluster.yaml --class rdma-nic --node gpu-7

  # an expression to copy for everything that is named like memory
  dractl attributes memory --demo -o wide

  # all versions that drivers publish, for a script
  dractl attributes '*version*' --snapshot cluster.json -o json

Exit status: 0 done, 1 nothing is named like NAME, 2 wrong usage, 3 a file
cannot be read, in whole or in part.
""")

NameArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        show_default=False,
        help="Only names that contain this, or fit it if it has * or ?.",
    ),
]


@command
def attributes(  # noqa: PLR0913 - one parameter per option
    name: NameArgument = None,
    *,
    source: Source,
    device_class: ClassOption = None,
    driver: DriverOption = None,
    node: SeenByOption = None,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """List what devices publish, and how to select by it.

    Every attribute and capacity with its type, the number of devices that have it,
    their values, and (-o wide, json, yaml) an expression that selects by it.
    """
    from dractl.catalogue.listing import listing
    from dractl.cli import entries
    from dractl.cli.narrowing import narrowed
    from dractl.cli.reading import Wish, read_cluster, warn_of

    wish = Wish("attributes", node=node)
    cluster = read_cluster(source, wish, screen).snapshot
    warn_of(cluster, screen, "attributes")
    scope = narrowed(cluster, device_class=device_class, driver=driver, node=node)
    devices = scope.passing(screen)
    found = listing(devices, name)
    for caution in entries.cautions(found, cluster.profile):
        screen.warn(caution)
    screen.write(_rendered(found, cluster.problems, output_format, screen))
    within = scope.described + (f" in class {device_class}" if device_class else "")
    for remark in entries.remarks(found, name, within, cluster.profile):
        screen.note(remark)
    if name is not None and devices and not found.entries:
        return ExitStatus.NO
    return ExitStatus.ENVIRONMENT if cluster.problems else ExitStatus.YES


def _rendered(
    found: "Listing",
    problems: Sequence["Problem"],
    output_format: output.AnswerFormat,
    screen: Terminal,
) -> str:
    from dractl.cli import entries

    if output_format == "name":
        return entries.names(found.entries)
    if output_format == "table":
        return entries.table(found.sections, screen)
    if output_format == "wide":
        return entries.wide(found.sections, screen)
    document = entries.document(found, problems)
    return output.as_data(document, output_format)
