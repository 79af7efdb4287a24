"""How a cluster is reached and as whom: what the official client makes of it.

The client reads certificates and tokens, runs credential programs and refreshes OIDC
tokens. Its own messages may show entries of the kubeconfig, so they are never printed.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from kubernetes.client import Configuration
from kubernetes.config import ConfigException
from kubernetes.config.incluster_config import load_incluster_config
from kubernetes.config.kube_config import KubeConfigLoader

from dractl.errors import DractlError
from dractl.live.kubeconfig import Access, access
from dractl.live.target import Target
from dractl.sources.saving import save

_POD: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_BROKEN: Final = (
    ConfigException,
    AttributeError,
    KeyError,
    OSError,
    TypeError,
    ValueError,
)
"""What the client raises for entries that are not as it expects them."""
_FILES: Final = ("certificate-authority", "client-certificate", "client-key")
_SHOWN: Final = 300  # characters of what a credential program says


@dataclass(frozen=True)
class Credentials:
    """A configuration of the client; `headers` go with every request.

    `namespace` is the context's; `user` is how the user is called until the server
    says it better.
    """

    configuration: Any = field(repr=False)
    headers: tuple[tuple[str, str], ...]
    namespace: str
    user: str

    @property
    def secrets(self) -> tuple[object, ...]:
        """What the server knows the user by."""
        used = self.configuration
        return (used.api_key.get("BearerToken"), used.cert_file, used.host)


def credentials(
    target: Target, environment: Mapping[str, str], home: Path
) -> Credentials:
    """Return how to reach the cluster that the options choose.

    Raises DractlError where no cluster is named, and where the kubeconfig or the
    program that gives its credentials is broken.
    """
    chosen = access(target, environment, home)
    configuration = Configuration()
    configuration.retries = False
    if chosen is None:
        _load_pod(configuration, target, environment)
        namespace, user = _pod_namespace(), "(the pod's service account)"
    else:
        _load(chosen, configuration)
        namespace, user = chosen.namespace, chosen.user_name
    entry, cluster = ({}, {}) if chosen is None else (chosen.user, chosen.cluster)
    headers = _impersonation(target, entry)
    if not cluster.get("disable-compression"):
        headers.append(("Accept-Encoding", "gzip"))
    called = dict(headers).get("Impersonate-User", user)
    return Credentials(configuration, tuple(headers), namespace, called)


def _load(chosen: Access, configuration: Any) -> None:
    for entry in (chosen.cluster, chosen.user):
        for key in _FILES:
            if entry.get(key) and not Path(entry[key]).is_file():
                raise _broken(f"{key} names a file that is not there", entry[key])
    config = {**chosen.config}
    if token_file := chosen.user.get("tokenFile"):
        user = {"name": "dractl", "user": {"token": _text_of(Path(token_file))}}
        config["users"] = [user]
    with _overheard() as said:
        try:
            loader = KubeConfigLoader(
                config_dict=config,
                config_base_path="",
                config_persister=lambda: _keep(chosen),
            )
            loader.load_and_set(configuration)
        except _BROKEN:
            raise _broken(
                f"the entries of context {chosen.context!r} cannot be used", ""
            ) from None
    plugin = chosen.user.get("exec")
    if plugin and not (configuration.api_key or configuration.cert_file):
        command = plugin.get("command") if isinstance(plugin, dict) else plugin
        raise DractlError(
            "credentials",
            f"the program {command!r}, which the kubeconfig names for credentials, "
            f"fails: {' '.join(said)[:_SHOWN] or 'it gives none'}",
            hint="run kubectl auth whoami to see whether it works there",
        )


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise _broken("tokenFile names a file that cannot be read", str(file)) from None


def _broken(message: str, where: str) -> DractlError:
    return DractlError(
        "kubeconfig",
        message,
        where=where,
        hint="kubectl config view shows the entries, --context chooses others",
    )


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Collect what the client logs, instead of letting it go to stderr."""
    said: list[str] = []

    class _Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    listener = _Listener()
    logging.getLogger().addHandler(listener)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(listener)


def _keep(chosen: Access) -> None:
    """Write refreshed OIDC tokens to the kubeconfig, as kubectl does.

    An identity provider may give a refresh token that replaces the one in the file.
    """
    if chosen.user_file is None:
        return
    config = yaml.safe_load(chosen.user_file.read_text(encoding="utf-8"))
    for entry in config.get("users") or ():
        if entry.get("name") == chosen.user_name:
            entry["user"]["auth-provider"] = chosen.user["auth-provider"]
    save(str(chosen.user_file), yaml.safe_dump(config, sort_keys=False))


# -- in a pod


def _load_pod(
    configuration: Any, target: Target, environment: Mapping[str, str]
) -> None:
    if target.context or target.cluster or target.user:
        raise DractlError(
            "kubeconfig",
            "there is no kubeconfig that could have what the options name",
            hint="name one with --kubeconfig or in KUBECONFIG",
        )
    if "KUBERNETES_SERVICE_HOST" not in environment:
        raise DractlError(
            "no-cluster",
            "no cluster is named: there is no kubeconfig, and this is no pod",
            hint="try --demo, read a saved state with --snapshot, or name a kubeconfig "
            "with --kubeconfig or in KUBECONFIG",
        )
    try:
        load_incluster_config(client_configuration=configuration)
    except _BROKEN:
        raise DractlError(
            "no-cluster",
            f"the pod's service account cannot be used: {_POD} lacks its token or "
            "certificate",
            hint="set automountServiceAccountToken, or name a --kubeconfig",
        ) from None


def _pod_namespace() -> str:
    try:
        return (_POD / "namespace").read_text(encoding="utf-8").strip() or "default"
    except OSError:
        return "default"


# -- impersonation


def _impersonation(target: Target, user: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the headers by which one acts as another; options go before the entry."""
    name = target.impersonate or user.get("as")
    groups = target.impersonate_groups or tuple(user.get("as-groups") or ())
    uid = target.impersonate_uid or user.get("as-uid")
    if name is None:
        if groups or uid:
            raise DractlError(
                "usage",
                "--as-group and --as-uid need --as",
                hint="name the user to act as",
            )
        return []
    headers = [("Impersonate-User", str(name))]
    headers += [("Impersonate-Uid", str(uid))] if uid else []
    return headers + [("Impersonate-Group", str(group)) for group in groups]
