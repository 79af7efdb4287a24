"""`dractl cel`."""

from typing import Annotated, Final

import typer

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

EXAMPLES: Final = verbatim("""
Examples:
  # which devices of the sample cluster does an expression select, and why
  # not the others
  dractl cel --demo 'device.attributes["gpu.nvidia.com"].brand == "Nvidia"'

  # of those that a class selects, for one node
  dractl cel --demo --class rdma-nic --node h100-1 \\
    'device.attributes["dra.net"].numaNode == 0'

  # from a file, as release 1.34 reads it; what becomes of each device
  dractl cel @selector.cel --snapshot cluster.yaml \\
    --kubernetes-version 1.34 -o wide

  # a test: fails unless exactly these devices are selected
  dractl cel @selector.cel --snapshot cluster.yaml \\
    --expect 'gpu.nvidia.com/h100-1/*'

  # many tests: a list of expression, and selects (devices) or count
  dractl cel --expect-file selectors.yaml --snapshot cluster.yaml

Exit status: 0 it selects a device (or what is expected), 1 it selects none,
does not compile or may cost too much, 2 wrong usage, 3 a file cannot be read,
in whole or in part.
""")

ExpressionArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="EXPR",
        show_default=False,
        help="The expression, @FILE to read it from a file, - for stdin.",
    ),
]
ExpectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--expect",
        metavar="DRIVER/POOL/DEVICE",
        help="Fail unless exactly these devices are selected; * is allowed.",
    ),
]
ExpectFileOption = Annotated[
    str | None,
    typer.Option(
        "--expect-file",
        metavar="PATH",
        help="Try the cases of a file: expression, and selects or count.",
    ),
]


@command
def cel(  # noqa: PLR0913 - one parameter per option
    expression: ExpressionArgument = None,
    *,
    source: Source,
    device_class: ClassOption = None,
    driver: DriverOption = None,
    node: SeenByOption = None,
    expect: ExpectOption = None,
    expect_file: ExpectFileOption = None,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """Say which devices a CEL expression selects, and why not more.

    Compiles it as the API server would a new selector, and shows what each clause
    leaves, where it fails, what it costs, and what could be better.
    """
    from dractl.cli import trials
    from dractl.cli.reading import Wish, read_cluster, warn_of

    case = trials.asked(
        expression,
        expect=expect or (),
        expect_file=expect_file,
        snapshot=source.snapshot,
        device_class=device_class,
        driver=driver,
        node=node,
    )
    cluster = read_cluster(source, Wish("cel", node=node), screen).snapshot
    warn_of(cluster, screen, "cel")
    if expect_file is not None:
        return trials.try_cases(expect_file, case, cluster, output_format, screen)
    return trials.try_one(case, cluster, output_format, screen)
