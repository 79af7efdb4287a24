"""`dractl taint`."""

from typing import Annotated, Any, Final, Literal

import typer

from dractl.cli.command import command_with
from dractl.cli.options import AnswerOption, namespace_option, verbatim
from dractl.cli.source import Source, ending
from dractl.cli.taintorders import Named, Remarked, TaintOrders, Way
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # keep new pods off a device; evict its pods as well, for two hours
  dractl taint gpu.nvidia.com/node-1/gpu-0 example.com/hot:NoSchedule
  dractl taint gpu.nvidia.com/node-1/gpu-0 example.com/hot:NoExecute \\
    --overwrite --for 2h --owner alice --reason 'fan replacement'

  # a pool, a driver, the devices of a node, of a claim, of a class
  dractl taint gpu.nvidia.com/node-1 example.com/maint:NoExecute
  dractl taint --node node-1 example.com/maint:NoExecute --wait --timeout 10m
  dractl taint --claim training/big --class h100 example.com/audit:None

  # what it would do: says dractl, the server, the server's controller
  dractl taint --node node-1 example.com/maint:NoExecute --dry-run=client
  dractl taint --node node-1 example.com/maint:NoExecute --dry-run=server
  dractl taint --node node-1 example.com/maint:NoExecute --preview

  # take it back: by key, or by key and effect
  dractl taint gpu.nvidia.com/node-1/gpu-0 example.com/hot-
  dractl taint --node node-1 example.com/maint:NoExecute-

  # what is tainted, by whom, until when; clear what is past its time
  dractl taint --list
  dractl taint --expired --remove

A rule holds one taint of a key for some devices; another value or effect replaces
it with --overwrite. Only rules of dractl, and those for exactly the named devices,
are taken back. Before anything changes, the pods on the devices are shown, with
those that go, and dractl asks. An eviction asks no PodDisruptionBudget. --for only
notes the time: nothing ends by itself.

Exit status: 0 done, or nothing to do; 1 not done: you said no, a rule says
something else or was changed meanwhile, no rule is meant, or --timeout was over;
2 wrong usage; 3 the cluster cannot be read or refuses, or no controller answers;
130 interrupted.
""")


def _texts(name: str, text: str, metavar: str = "NAME") -> Any:
    return typer.Option(name, metavar=metavar, help=text)


WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="DEVICE|TAINT",
        show_default=False,
        help="DRIVER[/POOL[/DEVICE]], and KEY[=VALUE]:EFFECT to add a taint, "
        "KEY[=VALUE][:EFFECT]- to take it back. Effects: NoSchedule, NoExecute, None.",
    ),
]
NodeOption = Annotated[
    list[str] | None, _texts("--node", "The devices of this node; may be repeated.")
]
ClaimOption = Annotated[
    list[str] | None,
    _texts("--claim", "The devices of a claim.", "[NAMESPACE/]NAME"),
]
OfClassOption = Annotated[
    str | None, _texts("--class", "Of those named, what the class selects.")
]
SelectorOption = Annotated[
    str | None,
    _texts("--selector", "Of those named, what the expression selects.", "CEL"),
]
AllOption = Annotated[bool, typer.Option("--all", help="All devices, of all drivers.")]
ListOption = Annotated[
    bool, typer.Option("--list", help="Show taints, of all devices or of those named.")
]
ExpiredOption = Annotated[
    bool, typer.Option("--expired", help="Show the rules of dractl past their time.")
]
RemoveOption = Annotated[
    bool, typer.Option("--remove", help="With --expired: remove these rules.")
]
OverwriteOption = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace another value or effect of the key."),
]
OwnerOption = Annotated[str | None, _texts("--owner", "Note whose taint it is.")]
ReasonOption = Annotated[str | None, _texts("--reason", "Note why it is.", "TEXT")]
ForOption = Annotated[
    str | None, _texts("--for", "Note for how long it is meant: 2h, 3d.", "TIME")
]
PreviewOption = Annotated[
    bool,
    typer.Option(
        "--preview", help="Let the server say whom it would evict; change nothing."
    ),
]
WaitOption = Annotated[
    bool, typer.Option("--wait", help="Follow the evictions to their end.")
]
TimeoutOption = Annotated[
    str | None,
    _texts("--timeout", "How long to wait, as 10m. Default: no end.", "TIME"),
]
YesOption = Annotated[
    bool, typer.Option("-y", "--yes", help="Change it without asking.")
]
DryRunOption = Annotated[
    Literal["none", "client", "server"],
    typer.Option("--dry-run", help="Change nothing: only say so, or let the API try."),
]
ManagerOption = Annotated[
    str, _texts("--field-manager", "The name under which fields are managed.")
]
ForceOption = Annotated[
    bool,
    typer.Option("--force-conflicts", help="Take over fields that others manage."),
]
NamespaceOption = Annotated[str | None, namespace_option("Of claims that name none.")]


def _named(  # noqa: PLR0913 - one parameter per option
    *,
    words: WordsArgument = None,
    node: NodeOption = None,
    claim: ClaimOption = None,
    device_class: OfClassOption = None,
    selector: SelectorOption = None,
    everything: AllOption = False,
) -> Named:
    """Return the devices and taints that are named."""
    return Named(
        words=tuple(words or ()),
        nodes=tuple(node or ()),
        claims=tuple(claim or ()),
        device_class=device_class,
        expression=selector,
        everything=everything,
    )


def _remarked(
    *,
    overwrite: OverwriteOption = False,
    owner: OwnerOption = None,
    reason: ReasonOption = None,
    lasting: ForOption = None,
) -> Remarked:
    """Return what is to be noted of a taint."""
    return Remarked(
        owner=owner or "",
        reason=reason or "",
        lasting=lasting,
        overwrites=overwrite,
    )


def _way(  # noqa: PLR0913 - one parameter per option
    *,
    preview: PreviewOption = False,
    wait: WaitOption = False,
    timeout: TimeoutOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = "none",
    field_manager: ManagerOption = "dractl",
    force_conflicts: ForceOption = False,
) -> Way:
    """Return how the change is to be made."""
    return Way(
        dry_run=dry_run,
        manager=field_manager,
        forces=force_conflicts,
        is_confirmed=yes,
        previews=preview,
        waits=wait,
        seconds=ending(timeout),
    )


@command_with(_named, _remarked, _way)
def taint(  # noqa: PLR0913 - one parameter per option
    *,
    named: Named,
    lists: ListOption = False,
    expired: ExpiredOption = False,
    remove: RemoveOption = False,
    remarked: Remarked,
    way: Way,
    source: Source,
    namespace: NamespaceOption = None,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """Taint devices with DeviceTaintRules, and say whom it evicts.

    It says beforehand which pods have the devices, which of them tolerate the taint,
    and which go when. KEY- takes a taint back; --list shows what there is.
    """
    from dractl.cli.taintchanges import change
    from dractl.cli.tainting import show_list

    orders = TaintOrders(
        named=named,
        remarked=remarked,
        way=way,
        lists=lists,
        finds_expired=expired,
        removes=remove,
        namespace=namespace,
        output_format=output_format,
    )
    orders.check(source)
    answer = change if orders.changes else show_list
    return answer(orders, source, screen)
