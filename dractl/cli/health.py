"""`dractl health`."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli import output
from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    AnswerOption,
    DriverOption,
    EndOption,
    NamespaceOption,
    SeenByOption,
    usage,
    verbatim,
    watch_option,
)
from dractl.cli.shown import Shown, answered
from dractl.cli.source import Source, ending
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dractl.api.snapshot import Snapshot
    from dractl.health.answer import Health
    from dractl.health.scope import Scope

EXAMPLES: Final = verbatim("""
Examples:
  # devices of the sample cluster that are not well, and their pods
  dractl health --demo

  # those that pods of one namespace have; all devices
  dractl health -n training
  dractl health -A

  # of one node, of one driver
  dractl health node gpu-7
  dractl health -A --driver gpu.nvidia.com --node gpu-7

  # all that is said of a device, or of the devices of a claim
  dractl health device gpu.nvidia.com/h100-2/gpu-7 --demo
  dractl health claim training/train-0-gpu

  # what drivers write of them into claims: addresses, data of their own
  dractl health -A -o wide

  # until nothing is unhealthy any more, or for ten minutes
  dractl health -A --watch --timeout 10m

Unhealthy: a driver, a kubelet or a taint says so, or the device or its node
is gone while somebody has it. Degraded: taken out of service by a taint, or
not as it should be while its pods run. Unknown: who should know does not say.
Where nobody reports at all, that is told too, and why: it is not "healthy".

Exit status: 0 nothing is unhealthy, also where nobody knows; 1 something is
(--fail-on degraded: or degraded; never: not even then); 2 wrong usage, or
nothing has the NAME; 3 the cluster or a file cannot be read, or nothing is
unhealthy as far as it could be.
""")

_NEVER: Final = "never"
_ASKED_ABOUT: Final = ("ResourceSlice", "ResourceClaim", "Pod")

WhatArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TYPE NAME",
        show_default=False,
        help="What to tell of, also as TYPE/NAME: device (DRIVER/POOL/DEVICE), claim, "
        "node. Default: all devices that are not well.",
    ),
]
WatchOption = Annotated[bool, watch_option("nothing is unhealthy")]
FailOption = Annotated[
    Literal["unhealthy", "degraded", "never"],
    typer.Option("--fail-on", help="From which level on the exit status is 1."),
]


@command
def health(  # noqa: PLR0913 - one parameter per option
    what: WhatArgument = None,
    *,
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    driver: DriverOption = None,
    node: SeenByOption = None,
    fail_on: FailOption = "unhealthy",
    watch: WatchOption = False,
    timeout: EndOption = None,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """Say which devices are not well, and which pods have them.

    It goes by what drivers write into claims and slices, what kubelets report of pods,
    taints, and the nodes on which devices are.
    """
    from dractl.cli.healthquestion import named, scope_of
    from dractl.cli.reading import Wish, read_cluster, warn_of

    if what:
        named(what)
    if watch and fail_on == _NEVER:
        raise usage("--watch ends once nothing fails: not with --fail-on never")
    if watch and not source.is_live:
        raise usage("--watch follows devices of a live cluster")
    if timeout is not None and not watch:
        raise usage("--timeout goes with --watch")
    seconds = ending(timeout)
    found = read_cluster(source, Wish("health", namespace, all_namespaces), screen)
    warn_of(found.snapshot, screen)
    scope = scope_of(
        what or (), found.snapshot, namespace=found.namespace, driver=driver, node=node
    )
    shown = partial(
        _shown, scope, fail_on=fail_on, output_format=output_format, screen=screen
    )
    live = found.live if watch else None
    return answered(found.snapshot, live, source, shown, screen=screen, seconds=seconds)


def _shown(
    scope: "Scope",
    cluster: "Snapshot",
    fail_on: str,
    output_format: str,
    screen: Terminal,
) -> Shown:
    from dractl.health.assess import health as assessed

    found = assessed(cluster, scope)
    notes = tuple(_notes(found, cluster, scope))
    text = _text(found, cluster, scope, output_format, screen)
    return Shown(text, _status(found, cluster, scope, fail_on), notes)


def _text(
    found: "Health",
    cluster: "Snapshot",
    scope: "Scope",
    output_format: str,
    screen: Terminal,
) -> str:
    from dractl.cli import healthiness
    from dractl.health.document import document_of
    from dractl.health.unchecked import unchecked

    if output_format in {"json", "yaml"}:
        document = document_of(
            found, scope.namespace, unchecked(cluster), cluster.problems
        )
        return output.as_data(document, output_format)
    if output_format == "name":
        return healthiness.names(found)
    if output_format == "wide":
        return healthiness.wide(found, screen)
    is_named = scope.is_named or scope.node is not None
    return healthiness.table(found, screen, is_named=is_named)


def _notes(found: "Health", cluster: "Snapshot", scope: "Scope") -> "Iterator[str]":
    from dractl.cli import healthiness
    from dractl.cli.emptiness import only_namespace
    from dractl.health.unchecked import unchecked

    for each in unchecked(cluster):
        yield f"not checked: {each}"
    for notice in found.notices:
        yield notice.message
    yield from healthiness.silences(found)
    if scope.namespace is not None:
        looked_at = f"devices that namespace {scope.namespace} has were looked at"
        yield only_namespace(cluster, scope.namespace, looked_at)
    yield healthiness.summary(found)


def _status(
    found: "Health", cluster: "Snapshot", scope: "Scope", fail_on: str
) -> ExitStatus:
    from dractl.health.answer import Level

    failing = {
        _NEVER: (),
        Level.UNHEALTHY: (Level.UNHEALTHY,),
        Level.DEGRADED: (Level.UNHEALTHY, Level.DEGRADED),
    }[fail_on]
    if any(found.counts[each] for each in failing):
        return ExitStatus.NO
    gaps = [each for each in map(cluster.info.gap, _ASKED_ABOUT) if each is not None]
    # "Nothing is unhealthy" would be too much to say of what was not seen.
    is_whole = all(scope.is_within(each.only) for each in gaps) and not cluster.problems
    return ExitStatus.YES if is_whole else ExitStatus.ENVIRONMENT
