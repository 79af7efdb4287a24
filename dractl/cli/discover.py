"""`dractl discover`."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli.command import command
from dractl.cli.options import EndOption, NamespaceOption, usage, verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # the accelerators and NICs of this machine; also CPUs, memory and the like
  dractl discover
  dractl discover --all -o wide

  # what hangs where: NUMA nodes, PCIe switches, links, the nearest NICs
  dractl discover --topology
  dractl discover --topology --svg > machine.svg

  # what drivers would publish for it, and the classes that select it
  dractl discover -o slice --node-name gpu-7
  dractl discover -o slice --driver-schema nvidia=0.4
  dractl discover -o class --vendor nvidia

  # does the cluster know what this machine has
  dractl discover --compare
  dractl discover --compare --snapshot cluster.json --node-name gpu-7

  # a host whose files are mounted in this container; until something changes
  dractl discover --root /host
  dractl discover --watch

  # all nodes at once: a pod on each, and then what they found
  dractl render discover-job --image registry.example/dractl |
    kubectl apply -f -
  dractl discover --from-pods --compare

No cluster is asked without --compare and --from-pods. Nothing is changed.

Exit status: 0 done, also where there is nothing; 1 --compare found differences,
or --watch --timeout a change; 2 wrong usage; 3 the files or the cluster cannot
be read, or --from-pods lacks nodes.
""")

RootOption = Annotated[
    str,
    typer.Option("--root", metavar="PATH", help="Where the host's file system is."),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND,...",
        help="Only such devices: gpu, partition, nic, vf, fpga, npu, qat, cpu, ...",
    ),
]
VendorOption = Annotated[
    list[str] | None,
    typer.Option("--vendor", metavar="NAME,...", help="Only devices of these vendors."),
]
DriverOption = Annotated[
    list[str] | None,
    typer.Option("--driver", metavar="NAME,...", help="Only devices of these drivers."),
]
AllOption = Annotated[
    bool, typer.Option("--all", help="Also what every machine has, such as CPUs.")
]
NodeNameOption = Annotated[
    str | None,
    typer.Option(
        "--node-name",
        metavar="NAME",
        help="The machine's name in the cluster. Default: its host name.",
    ),
]
ApiVersionOption = Annotated[
    Literal["v1", "v1beta2", "v1beta1"] | None,
    typer.Option("--api-version", help="Write this version of the API."),
]
SchemaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--driver-schema",
        metavar="VENDOR=VERSION",
        help="Publish as this version or mode of a driver does: nvidia=0.4.",
    ),
]
PartitionableOption = Annotated[
    bool,
    typer.Option("--partitionable", help="With the partitions that drivers can make."),
]
TopologyOption = Annotated[
    bool, typer.Option("--topology", help="Show what is connected to what.")
]
SvgOption = Annotated[
    bool, typer.Option("--svg", help="With --topology: as a picture, in SVG.")
]
CompareOption = Annotated[
    bool,
    typer.Option("--compare", help="Say what the cluster does not know, or wrong."),
]
WatchOption = Annotated[
    bool,
    typer.Option(
        "-w",
        "--watch",
        help="Look again and again, and tell changes, as a table or with -o json.",
    ),
]
EveryOption = Annotated[
    str | None,
    typer.Option("--every", metavar="TIME", help="How often to look (5s)."),
]
PodsOption = Annotated[
    bool,
    typer.Option("--from-pods", help="Gather what pods of render discover-job found."),
]
SelectorOption = Annotated[
    str | None,
    typer.Option(
        "-l",
        "--selector",
        metavar="LABEL=VALUE",
        help="Which pods these are (app.kubernetes.io/name=dractl-discover).",
    ),
]
FactsOption = Annotated[
    bool,
    typer.Option("--with-facts", help="Also what it was found from (json, yaml)."),
]
FormatOption = Annotated[
    Literal["table", "wide", "json", "yaml", "name", "slice", "class"],
    typer.Option("-o", "--output", help="How to print the answer."),
]


@command
def discover(  # noqa: PLR0913 - one parameter per option
    *,
    root: RootOption = "/",
    kind: KindOption = None,
    vendor: VendorOption = None,
    driver: DriverOption = None,
    everything: AllOption = False,
    node_name: NodeNameOption = None,
    api_version: ApiVersionOption = None,
    driver_schema: SchemaOption = None,
    partitionable: PartitionableOption = False,
    topology: TopologyOption = False,
    svg: SvgOption = False,
    compare: CompareOption = False,
    watch: WatchOption = False,
    every: EveryOption = None,
    timeout: EndOption = None,
    from_pods: PodsOption = False,
    selector: SelectorOption = None,
    with_facts: FactsOption = False,
    source: Source,
    namespace: NamespaceOption = None,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Show the devices of this machine, as DRA sees them.

    What drivers would publish of them, what keeps them from it, and with --compare
    what the cluster says that is not so.
    """
    from dractl.cli.discovering import View, discovered
    from dractl.cli.looks import Look, Pods

    look = Look.of(
        root=root,
        node=node_name,
        kinds=kind,
        vendors=vendor,
        drivers=driver,
        everything=everything,
        schemas=driver_schema,
        partitionable=partitionable,
        source=source,
    )
    pods = Pods.of(namespace, selector, is_asked=from_pods)
    view = View(output_format, api_version, topology, compare, pods, with_facts, svg)
    view.check(look, source)
    if source.kubernetes and not compare:
        # Loading it takes time that a look at a machine can spare.
        from dractl.cli.release import warn_of_release

        warn_of_release(look.wishes.profile, screen)
    if watch:
        from dractl.cli.lookouts import watched

        return watched(look, view, every, timeout, screen)
    if every or timeout:
        raise usage("--every and --timeout go with --watch")
    return discovered(look, view, source, screen)
