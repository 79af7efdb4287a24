"""`dractl top`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli.command import command_with
from dractl.cli.fieldselector import FieldsOption, Narrowed, narrowed
from dractl.cli.options import (
    AllNamespacesOption,
    ClassOption,
    DriverOption,
    NamespaceOption,
    SeenByOption,
    usage,
    verbatim,
)
from dractl.cli.plannings import Planning, planning_of
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.whatifs import WhatIf, what_if_of

if TYPE_CHECKING:
    from dractl.cli.reading import Wish
    from dractl.cli.topanswers import TopQuestion

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
  dractl top devices --field-selector spec.driver=gpu.nvidia.com

  # by what devices publish, or by the workloads that have them
  dractl top --by architecture
  dractl top --by owner

  # a picture of it
  dractl top --svg > capacity.svg

  # which partitions counters still allow, and how much of quotas is used
  dractl top partitions
  dractl top quotas

  # how many more of it fit, what stops the next one; with two nodes more
  dractl top --fits pod.yaml
  dractl top --fits deployment.yaml --add-nodes 2 --like node-1 --at-least 10

  # what if a node were gone, or a device broken; what losing a node leaves
  dractl top nodes --remove node-1 --taint gpu.nvidia.com/node-2/gpu-0
  dractl top --headroom --fits pod.yaml

  # over several snapshots, over all clusters of a kubeconfig, for Prometheus
  dractl top --history 'captures/*.json'
  dractl top models --contexts all
  dractl top --format prometheus > gpus.prom.tmp && mv gpus.prom.tmp gpus.prom

A device is free, partly in use (shared, with room), in use, tainted, or
unusable: for its pool, its node, or for want of counters, which others of its
pool have. Partitions overlap, so of those that are free not all can be had at
once; AT-ONCE in -o wide tells how many.

Exit status: 0 done; 1 fewer than --at-least fit, or what loses its node or its
devices by a change has no place elsewhere; 2 wrong usage; 3 a cluster cannot be
read, in whole or in part.
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
        show_choices=False,
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
    Literal["table", "wide", "json", "yaml", "name", "csv", "prometheus"],
    typer.Option("-o", "--output", "--format", help="How to print the answer."),
]


@command_with(planning_of, what_if_of)
def top(  # noqa: PLR0913 - one parameter per option
    what: ViewArgument = None,
    *,
    by: ByOption = None,
    device_class: ClassOption = None,
    driver: DriverOption = None,
    node: SeenByOption = None,
    labels: LabelsOption = None,
    fields: FieldsOption = None,
    planning: Planning,
    what_if: WhatIf,
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

    By node, class, driver, model or attribute, with what keeps the rest from being had;
    how many more of a claim or a pod fit; and all of that after a change of the cluster
    that is only thought of. Without -n, claims of all namespaces are looked at.
    """
    from dractl.capacity.look import Only
    from dractl.cli.labels import label_selector
    from dractl.cli.reading import Wish
    from dractl.cli.topanswers import Style, TopQuestion

    if by is not None and what is not None:
        raise usage("--by is a view of its own: leave out the other one")
    planning.check(source, changes=what_if.is_asked)
    driver, node, namespace = narrowed(fields, Narrowed(driver, node, namespace))
    only = Only(
        device_class or "",
        driver or "",
        node or "",
        namespace or "",
        () if labels is None else label_selector(labels),
    )
    style = Style(output_format, sort, has_head=not no_headers, is_drawn=svg)
    question = TopQuestion(what, by, only, planning, what_if, style)
    question.check()
    wish = Wish("top", namespace, all_namespaces or namespace is None)
    return _answered(question, source, wish, screen)


def _answered(
    question: "TopQuestion", source: Source, wish: "Wish", screen: Terminal
) -> int:
    """Print the answer, or each new one; return the exit status."""
    from dractl.cli.narrowing import check_names
    from dractl.cli.reading import read_cluster, warn_of

    planning, only = question.planning, question.only
    if planning.contexts is not None:
        from dractl.cli.topseveral import everywhere  # brings the HTTP client along

        return everywhere(question, source, wish, screen)
    if planning.history:
        from dractl.cli.topseveral import over_time

        return over_time(question, source, wish, screen)
    cluster = read_cluster(source, wish, screen)
    warn_of(cluster.snapshot, screen, "top")
    check_names(
        cluster.snapshot,
        device_class=only.device_class or None,
        driver=only.driver or None,
        node=only.node or None,
    )
    first = question.shown(cluster, screen)
    screen.write(first.text)
    for each in first.notes:
        screen.note(each)
    if planning.watch and cluster.live is not None:
        from dractl.cli.following import follow

        return follow(
            cluster.live,
            source,
            first,
            lambda latest: question.shown(replace(cluster, snapshot=latest), screen),
            screen=screen,
            seconds=planning.seconds,
            is_endless=True,
        )
    return first.status
