"""`dractl doctor`: whether a cluster is ready for DRA. The group of its commands."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli import upgrade
from dractl.cli.command import command
from dractl.cli.options import (
    ReportOption,
    explain_option,
    namespace_option,
    usage,
    verbatim,
)
from dractl.cli.source import REACHING, Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

EXAMPLES: Final = verbatim("""
Examples:
  # is the cluster of the current context ready, and if not, what to do
  dractl doctor

  # try it on the sample cluster
  dractl doctor --demo

  # with what the components are configured with, where no server tells it
  dractl doctor -f kubeadm.yaml -f /etc/kubernetes/manifests

  # with what kubelets tell of their gates and drivers, live or saved; read
  # --explain gate-differs and driver-not-registered before giving the right
  dractl doctor --component-metrics
  kubectl get --raw /api/v1/nodes/n1/proxy/metrics > n1.metrics
  dractl doctor -f n1.metrics

  # some checks only, or all but some; what a check looks for
  dractl doctor --only gate-off,gate-differs
  dractl doctor --skip class-selects-nothing
  dractl doctor --explain gate-off
  dractl doctor --explain all

  # for CI: also warnings fail
  dractl doctor --fail-on warning -o junit > doctor.xml

  # try the whole way of a device: a claim and a pod, which are deleted again
  dractl doctor --smoke-test --class gpu.example.com -n default

What is only to know is told with -v, or where --only names the check.

It only reads, but for --smoke-test. What it could not look at is told, and
does not count as passed. --explain-permissions prints the role that it takes,
after --smoke-test that of the test, after --component-metrics that with metrics:
who may get nodes/proxy may also run commands in pods, so it is off by default.

Exit status: 0 no finding is as severe as --fail-on says; 1 one is; 2 wrong
usage; 3 the cluster cannot be read, or only in part and nothing else is wrong;
130 interrupted.
""")

FilesOption = Annotated[
    list[str] | None,
    typer.Option(
        "-f",
        "--filename",
        metavar="PATH",
        help="Configuration of kubeadm, kubelets, static pods; or saved metrics of a "
        "component. May be repeated.",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CODE,...", help="Only these checks."),
]
SkipOption = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="CODE,...", help="All checks but these."),
]
ExplainOption = Annotated[str | None, explain_option("check")]
FailOption = Annotated[
    Literal["error", "warning", "info", "never"],
    typer.Option("--fail-on", help="From which severity on the exit status is 1."),
]
MetricsOption = Annotated[
    bool,
    typer.Option(
        "--component-metrics",
        help="Ask kubelets and the control plane's pods for their metrics as well. "
        "Takes get on nodes/proxy and pods/proxy.",
        is_eager=True,
    ),
]
SmokeOption = Annotated[
    bool,
    typer.Option(
        "--smoke-test",
        help="Instead: run a pod with one device, and delete it again. Asks first.",
        is_eager=True,
    ),
]
ClassOption = Annotated[
    str | None,
    typer.Option("--class", metavar="NAME", help="The class to try (--smoke-test)."),
]
NamespaceOption = Annotated[
    str | None, namespace_option("Where to try it (--smoke-test).")
]
ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image", help="What the pod runs: something that stays (--smoke-test)."
    ),
]
WaitOption = Annotated[
    str | None,
    typer.Option("--wait", metavar="TIME", help="How long to wait: 2m (--smoke-test)."),
]
YesOption = Annotated[
    bool, typer.Option("-y", "--yes", help="Try it without asking (--smoke-test).")
]
DryRunOption = Annotated[
    Literal["none", "client", "server"],
    typer.Option("--dry-run", help="Only show what would be made, or let the API try."),
]

app = typer.Typer()
app.command("upgrade", epilog=upgrade.EXAMPLES + REACHING)(upgrade.upgrade)


@app.callback(invoke_without_command=True)
@command
def doctor(  # noqa: PLR0913 - one parameter per option
    *,
    context: typer.Context,
    files: FilesOption = None,
    only: OnlyOption = None,
    skip: SkipOption = None,
    explain: ExplainOption = None,
    fail_on: FailOption = "error",
    component_metrics: MetricsOption = False,
    smoke_test: SmokeOption = False,
    device_class: ClassOption = None,
    namespace: NamespaceOption = None,
    image: ImageOption = None,
    wait: WaitOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = "none",
    source: Source,
    output_format: ReportOption = "table",
    screen: Terminal,
) -> int:
    """Check whether a cluster is ready for DRA, and what to do."""
    if context.invoked_subcommand is not None:
        return ExitStatus.YES
    given = {
        "--class": device_class,
        "-n": namespace,
        "--image": image,
        "--wait": wait,
        "--yes": yes or None,
        "--dry-run": None if dry_run == "none" else dry_run,
    }
    if smoke_test and component_metrics:
        raise usage("--component-metrics does not go with --smoke-test")
    if smoke_test:
        from dractl.cli import smoking

        order = smoking.ordered(given, output_format)
        return smoking.smoke_test(order, source, screen)
    if stated := [option for option, value in given.items() if value is not None]:
        raise usage(f"{stated[0]} goes with --smoke-test")
    from dractl.cli import doctoring

    if explain is not None:
        screen.write(doctoring.explained(explain, screen.columns))
        return ExitStatus.YES
    asked = doctoring.ordered(
        files or (), only or (), skip or (), asks_components=component_metrics
    )
    answer = doctoring.examined(asked, source, screen)
    screen.write(
        doctoring.shown(answer, output_format, fail_on, screen, is_chosen=bool(only))
    )
    return doctoring.status(answer, fail_on)
