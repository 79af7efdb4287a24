"""The options that the commands of a migration share."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer

from dractl.cli.options import (
    AllNamespacesOption,
    PathsOption,
    RecursiveOption,
    namespace_option,
    usage,
)


def _text(name: str, text: str, metavar: str = "NAME") -> Any:
    return typer.Option(name, metavar=metavar, show_default=False, help=text)


PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        show_default=False,
        help="Files, folders or patterns; - for stdin. Default: the cluster.",
    ),
]
NamespaceOption = Annotated[
    str | None,
    namespace_option("Only this namespace; also that of files which name none."),
]
RouteOption = Annotated[
    Literal["claims", "extended-resource"],
    typer.Option(
        "--route",
        help="Rewrite pods to claims, or keep them and let a class serve the old name.",
    ),
]
SharesOption = Annotated[
    Literal["capacity", "claim"],
    typer.Option(
        "--shares",
        help="Shares of a device: capacity that requests take, or one claim for all.",
    ),
]
ResourceOption = Annotated[
    list[str] | None,
    _text("--resource", "Only this extended resource; may be repeated."),
]
AlignOption = Annotated[
    str | None,
    _text(
        "--align",
        "All devices of a request share this attribute: pcieRoot.",
        "ATTRIBUTE",
    ),
]
MappingOption = Annotated[
    str | None,
    _text("--mapping", "Also what this file says of extended resources.", "PATH"),
]
SchemaOption = Annotated[
    list[str] | None,
    _text(
        "--driver-schema",
        "The version of a vendor's driver that comes: nvidia=0.4.",
        "VENDOR=VERSION",
    ),
]
PoolOption = Annotated[
    str | None,
    _text("--pool-label", "Nodes change pool by pool, by this label.", "KEY"),
]
WaveOption = Annotated[
    int | None,
    typer.Option(
        "--wave-size",
        metavar="N",
        min=1,
        show_default=False,
        help="How many nodes change at once.",
    ),
]


@dataclass(frozen=True, slots=True)
class Given:
    """Which files and which part of a cluster the options name."""

    paths: tuple[str, ...] = ()
    recursive: bool = False
    namespace: str | None = None
    all_namespaces: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wished of a migration, as the options say it; see migrate.inputs.Order.

    `mapping` is the path of a file that teaches resources, None for none.
    """

    route: str = "claims"
    shares: str = "capacity"
    resources: tuple[str, ...] = ()
    align: str = ""
    mapping: str | None = None
    schemas: tuple[str, ...] = ()
    pool_label: str = ""
    wave_size: int | None = None


def given_of(
    paths: PathsArgument = None,
    *,
    filenames: PathsOption = None,
    recursive: RecursiveOption = False,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
) -> Given:
    """Return which files and which part of a cluster are meant."""
    if namespace is not None and all_namespaces:
        raise usage("--namespace and --all-namespaces exclude each other")
    named = (*(paths or ()), *(filenames or ()))
    return Given(named, recursive, namespace, all_namespaces)


def wanted_of(  # noqa: PLR0913 - one parameter per option
    *,
    route: RouteOption = "claims",
    shares: SharesOption = "capacity",
    resources: ResourceOption = None,
    align: AlignOption = None,
    mapping: MappingOption = None,
    schemas: SchemaOption = None,
    pool_label: PoolOption = None,
    wave_size: WaveOption = None,
) -> Wanted:
    """Return what is wished."""
    return Wanted(
        route,
        shares,
        tuple(resources or ()),
        align or "",
        mapping,
        tuple(schemas or ()),
        pool_label or "",
        wave_size,
    )
