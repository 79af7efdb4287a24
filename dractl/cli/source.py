"""The options that say which cluster is meant, and how it is judged."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from dractl.cli.options import (
    DemoOption,
    GatesOption,
    ReleaseOption,
    SnapshotOption,
    feature_gates,
    usage,
    verbatim,
)
from dractl.live.target import Target

if TYPE_CHECKING:
    from datetime import timedelta

REACHING: Final = "\n\n" + verbatim(
    "dractl options lists further options for reaching a cluster."
)


def _option(name: str, metavar: str, text: str, *, hidden: bool = True) -> Any:
    return typer.Option(name, metavar=metavar, help=text, hidden=hidden)


KubeconfigOption = Annotated[
    str | None,
    _option("--kubeconfig", "PATH", "The kubeconfig to use.", hidden=False),
]
ContextOption = Annotated[
    str | None,
    _option("--context", "NAME", "The kubeconfig's context to use.", hidden=False),
]
TimeoutOption = Annotated[
    str | None,
    _option(
        "--request-timeout",
        "TIME",
        "How long a request may take, retries and all: 30s; 0: no end. Default: 60s.",
        hidden=False,
    ),
]
KubeClusterOption = Annotated[
    str | None, _option("--cluster", "NAME", "The kubeconfig's cluster to use.")
]
KubeUserOption = Annotated[
    str | None, _option("--user", "NAME", "The kubeconfig's user to use.")
]
ServerOption = Annotated[
    str | None, _option("--server", "URL", "The address of the API server.")
]
TokenOption = Annotated[
    str | None, _option("--token", "TOKEN", "The bearer token to use.")
]
ImpersonateOption = Annotated[str | None, _option("--as", "NAME", "Act as this user.")]
ImpersonateGroupOption = Annotated[
    list[str] | None,
    _option("--as-group", "NAME", "Act as a member of this group; may be repeated."),
]
ImpersonateUidOption = Annotated[
    str | None, _option("--as-uid", "UID", "Act as the user with this uid.")
]
InsecureOption = Annotated[
    bool,
    typer.Option(
        "--insecure-skip-tls-verify",
        help="Do not check the server's certificate. This is not secure.",
        hidden=True,
    ),
]
ServerNameOption = Annotated[
    str | None,
    _option("--tls-server-name", "NAME", "The name in the server's certificate."),
]


def _print_permissions(context: typer.Context, value: bool) -> None:
    if not value:
        return
    from dractl.cli.permissions import permissions

    # Some of its parts take a role of their own.
    parts = ("smoke_test", "component_metrics")
    chosen = [each.replace("_", "-") for each in parts if context.params.get(each)]
    part = f" {chosen[0]}" if chosen else ""
    context.obj.write(permissions(f"{command_of(context)}{part}"))
    raise typer.Exit


def command_of(context: typer.Context) -> str:
    """Return the words that name a command, after those of the program."""
    if context.parent is None:
        return ""
    # A context of a command's own type has one of typer's inner type above it.
    above = command_of(cast("typer.Context", context.parent))
    return f"{above} {context.info_name or ''}".strip()


PermissionsOption = Annotated[
    bool,
    typer.Option(
        "--explain-permissions",
        help="Print the role that this command needs, and do nothing else.",
        hidden=True,
        is_eager=True,
        callback=_print_permissions,
    ),
]


@dataclass(frozen=True, slots=True)
class Source:
    """A cluster: a file, the sample, or a live one; and what it is judged as."""

    snapshot: str | None
    demo: bool
    target: Target
    kubernetes: str | None
    gates: dict[str, bool]

    @property
    def is_live(self) -> bool:
        """Whether a live cluster is asked; the default."""
        return self.snapshot is None and not self.demo

    @property
    def names_live(self) -> bool:
        """Whether options say which live cluster is meant."""
        return self.target != Target(timeout=self.target.timeout)


def source_of(  # noqa: PLR0913 - one parameter per option
    *,
    snapshot: SnapshotOption = None,
    demo: DemoOption = False,
    kubeconfig: KubeconfigOption = None,
    kube_context: ContextOption = None,
    kube_cluster: KubeClusterOption = None,
    kube_user: KubeUserOption = None,
    server: ServerOption = None,
    token: TokenOption = None,
    impersonate: ImpersonateOption = None,
    impersonate_groups: ImpersonateGroupOption = None,
    impersonate_uid: ImpersonateUidOption = None,
    insecure: InsecureOption = False,
    tls_server_name: ServerNameOption = None,
    request_timeout: TimeoutOption = None,
    kubernetes_version: ReleaseOption = None,
    gates: GatesOption = None,
    explain_permissions: PermissionsOption = False,  # noqa: ARG001 - has a callback
) -> Source:
    """Return the cluster that the options mean."""
    target = Target(
        kubeconfig=kubeconfig,
        context=kube_context,
        cluster=kube_cluster,
        user=kube_user,
        server=server,
        token=token,
        impersonate=impersonate,
        impersonate_groups=tuple(impersonate_groups or ()),
        impersonate_uid=impersonate_uid,
        insecure=insecure,
        tls_server_name=tls_server_name,
        timeout=_timeout(request_timeout),
    )
    found = Source(snapshot, demo, target, kubernetes_version, feature_gates(gates))
    if demo and snapshot is not None:
        raise usage("--demo and --snapshot exclude each other")
    if not found.is_live and found.names_live:
        other = "--demo" if demo else "--snapshot"
        raise usage(f"{other} reads no live cluster, so it has no context or user")
    return found


def _timeout(text: str | None) -> float | None:
    if text is None:
        return Target().timeout
    return seconds("--request-timeout", text) or None


def ending(timeout: str | None) -> float | None:
    """Read how long --timeout lets something go on; None: without end."""
    return None if timeout is None else seconds("--timeout", timeout)


def seconds(option: str, text: str) -> float:
    """Read a duration as kubectl does: `30s`, `1m30s`, or a number of seconds."""
    return length_of(option, f"{text}s" if text.isdigit() else text).total_seconds()


def length_of(option: str, text: str) -> "timedelta":
    """Read a duration such as `36h` or `7d`."""
    from dractl.taints.moments import duration

    length = duration(text)
    if length is None or length.total_seconds() < 0:
        message = f"{option}: {text[:40]!r} is no duration"
        raise usage(message, hint="write it like 30s, 2h or 7d")
    return length
