"""`dractl doctor upgrade`: whether a driver or Kubernetes can be upgraded, and how."""

from typing import Annotated, Final

import typer

from dractl.cli.command import command
from dractl.cli.options import RecursiveOption, ReportOption, explain_option, verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

EXAMPLES: Final = verbatim("""
Examples:
  # can NVIDIA's driver be upgraded in place, to the newest or some version
  dractl doctor upgrade --driver gpu.nvidia.com
  dractl doctor upgrade --driver gpu.nvidia.com --to 0.4.1

  # what a release of Kubernetes changes for claims, slices, classes and gates
  dractl doctor upgrade --kubernetes 1.37

  # with manifests that are not in the cluster, and files of kubeadm
  dractl doctor upgrade --kubernetes 1.38 -f manifests/ -R -f kubeadm.yaml

  # on a node: with its sockets and checkpoints
  dractl doctor upgrade --driver gpu.nvidia.com --root /

  # what a code means; for CI
  dractl doctor upgrade --explain attribute-gone
  dractl doctor upgrade --kubernetes 1.37 -o junit > upgrade.xml

It only reads. Sockets and checkpoints are files on nodes: --root looks at those
of the node on which dractl runs, or at a copy of them.

Exit status: 0 it can go as it is; 1 there are steps to take before, or it must
not be done; 2 wrong usage; 3 the cluster cannot be read, or only in part and
nothing else is wrong; 130 interrupted.
""")

DriverOption = Annotated[
    str | None,
    typer.Option("--driver", metavar="NAME", help="The driver that is to be upgraded."),
]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="VERSION", help="To which version of it; else the newest known."
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="VERSION",
        help="From which version, where no DaemonSet tells it.",
    ),
]
KubernetesOption = Annotated[
    str | None,
    typer.Option(
        "--kubernetes", metavar="X.Y", help="The release to upgrade Kubernetes to."
    ),
]
RootOption = Annotated[
    str | None,
    typer.Option(
        "--root",
        metavar="PATH",
        help="Where the file system of a node is, to look at the driver's files.",
    ),
]
FilesOption = Annotated[
    list[str] | None,
    typer.Option(
        "-f",
        "--filename",
        metavar="PATH",
        help="Manifests, or configuration of kubeadm; may be repeated.",
    ),
]
ExplainOption = Annotated[str | None, explain_option("code")]


@command
def upgrade(  # noqa: PLR0913 - one parameter per option
    *,
    driver: DriverOption = None,
    to: ToOption = None,
    since: FromOption = None,
    root: RootOption = None,
    kubernetes: KubernetesOption = None,
    files: FilesOption = None,
    recursive: RecursiveOption = False,
    explain: ExplainOption = None,
    source: Source,
    output_format: ReportOption = "table",
    screen: Terminal,
) -> int:
    """Say whether a driver or Kubernetes can be upgraded, and how."""
    from dractl.cli import upgrading

    if explain is not None:
        screen.write(upgrading.explained(explain, screen.columns))
        return ExitStatus.YES
    order = upgrading.ordered(driver, (since, to), kubernetes, root)
    given = upgrading.Files(files or (), recursive)
    answer = upgrading.answered(order, given, source, screen)
    screen.write(upgrading.shown(answer, output_format, screen))
    return upgrading.status(answer)
