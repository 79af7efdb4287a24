"""`dractl render`."""
# ruff: noqa: ARG001, PLR0913 - typer reads the signature, and Orders the values

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args

import typer

from dractl.cli.command import command
from dractl.cli.options import (
    GatesOption,
    namespace_option,
    verbatim,
)
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.orders import Orders

EXAMPLES: Final = verbatim("""
Examples:
  # two H100 on one PCIe root, or else four L4
  dractl render claim --vendor nvidia \\
    '2 model=H100 memory>=79Gi same=pcieRoot, else 4 model=L4'

  # the same from options
  dractl render claim --vendor nvidia --count 2 --where model=H100 \\
    --where 'memory>=79Gi' --same pcieRoot --or '4: model=L4'

  # a Deployment whose pods get a GPU and a NIC on the same PCIe root each
  dractl render pod --as deployment --name train --same pcieRoot \\
    'gpu: 1 gpu.nvidia.com; nic: 1 dra.net rdma=true'

  # a class, also for pods that ask for nvidia.com/gpu
  dractl render class --vendor nvidia --extended-resource nvidia.com/gpu

  # what an older cluster understands
  dractl render claim --vendor amd --for-kubernetes 1.33

  # keep pods off a device; who may do what; how much; what kubeadm needs
  dractl render taint-rule gpu.nvidia.com/node-1 example.com/hot:NoExecute
  dractl render rbac --restrict-class big.example.com --only-namespace team-a
  dractl render quota '8 gpu.nvidia.com' --namespace team-a
  dractl render kubeadm --for-kubernetes 1.36 --feature DRADeviceTaintRules

  # a cluster that does not exist: nodes with eight H100, others with four L4
  dractl render fleet --nodes 20 --seed 7 \\
    '8 gpu.nvidia.com productName=H100 memory=81559Mi,
     else 4 gpu.nvidia.com productName=L4 memory=23034Mi; 8 dra.net rdma=true'

  # pods that tell what every node has, for dractl discover --from-pods
  dractl render discover-job --image registry.example/dractl -n dractl

Exit status: 0 done, 1 the release cannot do it, 2 wrong usage, 3 a file cannot
be read.
""")

Kind = Literal[
    "class",
    "claim",
    "template",
    "pod",
    "slice",
    "taint-rule",
    "rbac",
    "quota",
    "kubeadm",
    "discover-job",
    "fleet",
]
KindArgument = Annotated[
    Kind,
    typer.Argument(
        metavar="KIND",
        show_default=False,
        show_choices=False,
        help=f"What to make: {', '.join(get_args(Kind))}.",
    ),
]
WishArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WISH",
        show_default=False,
        help="[NAME:] COUNT|all [CLASS] CONDITION..., else ...; several with ';'.",
    ),
]


def _many(*names: str, metavar: str, text: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=text)


Vendor = Literal[
    "nvidia",
    "nvidia-compute-domain",
    "amd",
    "intel",
    "gaudi",
    "qat",
    "neuron",
    "tpu",
    "rebellions",
    "ascend",
    "dranet",
    "sriov",
    "cpu",
    "memory",
    "example",
]
VendorOption = Annotated[
    Vendor | None,
    typer.Option(
        "--vendor",
        metavar="VENDOR",
        show_choices=False,
        help=f"Use the names of its driver: {', '.join(get_args(Vendor))}.",
    ),
]
DriverNameOption = Annotated[
    str | None,
    typer.Option("--driver", metavar="NAME", help="The driver whose names are meant."),
]
ClassNameOption = Annotated[
    str | None,
    typer.Option("--class", metavar="NAME", help="The DeviceClass to ask for."),
]
RequestOption = Annotated[
    list[str] | None,
    _many("--request", metavar="WISH", text="One more request: 'nic: 1 dra.net'."),
]
CountOption = Annotated[
    int | None, typer.Option("--count", metavar="N", help="How many devices.")
]
AllOption = Annotated[
    bool, typer.Option("--all", help="All devices that match, on one node.")
]
WhereOption = Annotated[
    list[str] | None,
    _many(
        "--where", metavar="CONDITION", text="Such as memory>=40Gi, model=H100|H200."
    ),
]
OrOption = Annotated[
    list[str] | None,
    _many(
        "--or",
        metavar="COUNT: CONDITION...",
        text="An alternative, if the others cannot be had.",
    ),
]
SameOption = Annotated[
    list[str] | None,
    _many("--same", metavar="ATTRIBUTE", text="Equal on all devices: pcieRoot."),
]
DistinctOption = Annotated[
    list[str] | None,
    _many("--distinct", metavar="ATTRIBUTE", text="Different on all devices."),
]
TolerateOption = Annotated[
    list[str] | None,
    _many("--tolerate", metavar="KEY[=VALUE][:EFFECT]", text="A taint to put up with."),
]
CapacityOption = Annotated[
    list[str] | None,
    _many("--capacity", metavar="NAME=AMOUNT", text="How much of a shared device."),
]
ConfigOption = Annotated[
    list[str] | None,
    _many(
        "--config",
        metavar="[driver=NAME,]@FILE",
        text="Settings for a driver, from a file or as JSON.",
    ),
]
AsOption = Annotated[
    Literal["pod", "deployment", "job"],
    typer.Option("--as", help="What uses the claim (pod)."),
]
ReleaseChoice = Annotated[
    str | None,
    typer.Option(
        "--for-kubernetes",
        "--kubernetes-version",
        metavar="X.Y",
        help="Write for this release. Default: the newest.",
    ),
]
VersionChoice = Annotated[
    Literal["v1", "v1beta2", "v1beta1", "v1alpha3"] | None,
    typer.Option("--api-version", help="Write this version of the API."),
]
RoleOption = Annotated[
    Literal["user", "admin", "driver"] | None,
    typer.Option("--role", help="The role to make (rbac)."),
]
RestrictOption = Annotated[
    list[str] | None,
    _many(
        "--restrict-class",
        metavar="CLASS",
        text="A class to keep to some namespaces (rbac).",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    _many(
        "--only-namespace", metavar="NAME", text="A namespace that may use it (rbac)."
    ),
]
FeatureOption = Annotated[
    list[str] | None,
    _many("--feature", metavar="GATE", text="A feature gate to turn on (kubeadm)."),
]
TaintOption = Annotated[
    list[str] | None,
    _many(
        "--taint", metavar="KEY[=VALUE]:EFFECT", text="A taint of the devices (slice)."
    ),
]


def _text(name: str, text: str, metavar: str = "NAME") -> Any:
    return typer.Option(name, metavar=metavar, help=text)


AdminAccessOption = Annotated[
    bool,
    typer.Option("--admin-access", help="Devices that others use, for monitoring."),
]
NameOption = Annotated[str | None, _text("--name", "The name of the object.")]
ItsNamespaceOption = Annotated[str | None, namespace_option("Its namespace.")]
ImageOption = Annotated[
    str | None, _text("--image", "What the container runs (pod, discover-job).")
]
RuntimeClassOption = Annotated[
    str | None,
    _text("--runtime-class", "One that gives pods NVML: nvidia (discover-job)."),
]
AsRootOption = Annotated[
    bool,
    typer.Option(
        "--run-as-root",
        help="To see the kubelet's plugins; root reads all of the host's /sys, and of "
        "its /dev what is no device (discover-job).",
    ),
]
WithCdiOption = Annotated[
    bool,
    typer.Option(
        "--with-cdi",
        help="To see files of CDI; nodes get /etc/cdi and /var/run/cdi if they lack "
        "them (discover-job).",
    ),
]
NodesOption = Annotated[
    int | None, typer.Option("--nodes", metavar="N", help="How many nodes (fleet).")
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", help="Which of all such fleets (fleet)."),
]
ExtendedResourceOption = Annotated[
    str | None,
    _text("--extended-resource", "What pods may ask for instead (class)."),
]
NodeOption = Annotated[
    str | None, _text("--node", "Of the devices (slice); the only one (discover-job).")
]
PoolOption = Annotated[str | None, _text("--pool", "The pool they are in (slice).")]
ServiceAccountOption = Annotated[
    str | None,
    _text("--service-account", "The account of the driver (rbac).", "NAMESPACE/NAME"),
]
ClaimsOption = Annotated[
    int | None,
    typer.Option("--claims", metavar="N", help="How many claims (quota)."),
]
ClusterOption = Annotated[
    str | None,
    _text("--snapshot", "Write for the release of this cluster.", "PATH"),
]
FormatOption = Annotated[
    Literal["yaml", "json"],
    typer.Option("-o", "--output", help="How to print it."),
]


@command
def render(
    context: typer.Context,
    kind: KindArgument,
    wish: WishArgument = None,
    *,
    vendor: VendorOption = None,
    driver: DriverNameOption = None,
    device_class: ClassNameOption = None,
    request: RequestOption = None,
    count: CountOption = None,
    every: AllOption = False,
    where: WhereOption = None,
    alternatives: OrOption = None,
    same: SameOption = None,
    distinct: DistinctOption = None,
    tolerate: TolerateOption = None,
    capacity: CapacityOption = None,
    config: ConfigOption = None,
    admin_access: AdminAccessOption = False,
    name: NameOption = None,
    namespace: ItsNamespaceOption = None,
    workload: AsOption = "pod",
    image: ImageOption = None,
    extended_resource: ExtendedResourceOption = None,
    node: NodeOption = None,
    pool: PoolOption = None,
    taint: TaintOption = None,
    role: RoleOption = None,
    service_account: ServiceAccountOption = None,
    restrict_class: RestrictOption = None,
    only_namespace: OnlyOption = None,
    claims: ClaimsOption = None,
    feature: FeatureOption = None,
    runtime_class: RuntimeClassOption = None,
    is_root: AsRootOption = False,
    has_cdi: WithCdiOption = False,
    nodes: NodesOption = None,
    seed: SeedOption = None,
    release: ReleaseChoice = None,
    api_version: VersionChoice = None,
    gates: GatesOption = None,
    snapshot: ClusterOption = None,
    output_format: FormatOption = "yaml",
    screen: Terminal,
) -> int:
    """Write a manifest from options that read like what is wanted.

    What comes out is what the API server of the release accepts; what it would drop or
    refuse is refused here, with the feature gate that it needs.
    """
    from dractl.cli.rendering import printed, rendered

    orders = _ordered(context.params, snapshot, release)
    made = rendered(orders)
    for piece in printed(made, orders):
        screen.write(piece)
    for note in made.notes:
        screen.note(note)
    return ExitStatus.YES


def _ordered(
    values: Mapping[str, Any], snapshot: str | None, release: str | None
) -> "Orders":
    """Read the orders, for the release of the snapshot where there is one."""
    from dractl.cli.orders import Orders

    orders = Orders.of(values)
    if snapshot is None:
        return orders
    from dractl.sources.files import load_snapshot

    return orders.for_cluster(load_snapshot(snapshot, kubernetes=release).profile)
