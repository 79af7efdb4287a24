"""`dractl top`."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    ClassOption,
    DriverOption,
    NamespaceOption,
    SeenByOption,
    usage,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

EXAMPLES: Final = verbatim("""
Examples:
  # the sample cluster at a glance: what is free, what is wrong, where
  dractl top --demo

  # node by node, the fullest first; those of one rack, as csv
  dractl top nodes --sort used
  dractl top nodes -l topology.kubernetes.io/zone=a,rack!=7 -o csv

  # every device: who has it, or why nobody can; all amounts with -o wide
  dractl top devices --driver gpu.nvidia.com --node node-1 -o wide

  # claims with class, device, node, pod and age; of one namespace
  dractl top claims -n training

  # by what devices publish, or by the workloads that have them
  dractl top --by architecture
  dractl top --by owner

  # a picture of it
  dractl top --svg > capacity.svg

  # which partitions counters still allow, and how much of quotas is used
  dractl top partitions
  dractl top quotas

A device is free, partly in use (shared, with room), in use, tainted, or
unusable: for its pool, its node, or for want of counters, which others of its
pool have. Partitions overlap, so of those that are free not all can be had at
once; AT-ONCE in -o wide tells how many.

Exit status: 0 done, 2 wrong usage, 3 the cluster cannot be read, in whole or
in part.
""")

ViewName = Literal[
    "nodes", "classes", "drivers", "namespaces", "models", "pools", "devices",
    "claims", "partitions", "quotas",
]  # fmt: skip
ViewArgument = Annotated[
    ViewName | None,
    typer.Argument(
        metavar="VIEW",
        show_default=False,
        help="What to list: nodes, classes, drivers, namespaces, models, pools, "
        "devices, claims, partitions, quotas. Default: an overview.",
    ),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Group devices by an attribute or a capacity, or by owner.",
    ),
]
LabelsOption = Annotated[
    str | None,
    typer.Option(
        "-l", "--selector", metavar="LABELS", help="Only nodes with these labels."
    ),
]
SortOption = Annotated[
    str | None,
    typer.Option(
        "--sort", metavar="COLUMN", help="Sort by a column; numbers largest first."
    ),
]
NoHeadersOption = Annotated[
    bool, typer.Option("--no-headers", help="Leave out the line with the columns.")
]
SvgOption = Annotated[
    bool, typer.Option("--svg", help="Draw groups of devices, as a picture in SVG.")
]
FormatOption = Annotated[
    Literal["table", "wide", "json", "yaml", "name", "csv"],
    typer.Option("-o", "--output", help="How to print the answer."),
]


@command
def top(  # noqa: PLR0913 - one parameter per option
    what: ViewArgument = None,
    *,
    by: ByOption = None,
    device_class: ClassOption = None,
    driver: DriverOption = None,
    node: SeenByOption = None,
    labels: LabelsOption = None,
    sort: SortOption = None,
    no_headers: NoHeadersOption = False,
    svg: SvgOption = False,
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Show what devices there are, who has them, and what is free.

    By node, class, driver, model or attribute, with what keeps the rest from being had.
    Without -n, claims of all namespaces are looked at.
    """
    from dractl.capacity.look import Look, Only
    from dractl.cli import topping
    from dractl.cli.clock import moment_for
    from dractl.cli.labels import label_selector
    from dractl.cli.narrowing import check_names
    from dractl.cli.reading import Wish, read_cluster, warn_of
    from dractl.cli.topviews import VIEWS, by_attribute

    if by is not None and what is not None:
        raise usage("--by is a view of its own: leave out the other one")
    only = Only(
        device_class or "",
        driver or "",
        node or "",
        namespace or "",
        () if labels is None else label_selector(labels),
    )
    wish = Wish("top", namespace, all_namespaces or namespace is None)
    cluster = read_cluster(source, wish, screen)
    snapshot = cluster.snapshot
    warn_of(snapshot, screen, "top")
    check_names(snapshot, device_class=device_class, driver=driver, node=node)
    look = Look(snapshot, only)
    name = what or ("groups" if by is not None else topping.OVERVIEW)
    view = by_attribute(by) if by is not None else VIEWS.get(name)
    if svg:
        from dractl.cli.plots import plotted

        screen.write(plotted(look, name, view, output_format))
    elif output_format in {"json", "yaml"}:
        screen.write(topping.as_data(look, name, view, output_format))
    elif output_format == "name":
        screen.write(topping.as_names(look, view or VIEWS["nodes"]))
    elif view is None and output_format == "table" and sort is None:
        screen.write(topping.overview(look, screen))
    else:
        shown = view or VIEWS["nodes"]
        screen.write(
            topping.listing(
                look,
                shown,
                moment_for(cluster, screen) if shown.has_ages else None,
                screen,
                output_format=output_format,
                sort=sort,
                has_head=not no_headers,
            )
        )
    return ExitStatus.ENVIRONMENT if snapshot.problems else ExitStatus.YES
