"""How a cluster is reached and as whom: what the official client makes of it.

The client reads certificates and tokens, runs credential programs and refreshes OIDC
tokens. Its own messages may show entries of the kubeconfig, so they are never printed.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import certifi
import yaml
from kubernetes.client import Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException
from kubernetes.config.incluster_config import load_incluster_config
from kubernetes.config.kube_config import KubeConfigLoader
from oauthlib.oauth2 import OAuth2Error
from urllib3.exceptions import HTTPError

from dractl.errors import DractlError
from dractl.live.entries import broken, check_configuration, check_entry, proxy_login
from dractl.live.impersonation import Headers, impersonation
from dractl.live.kubeconfig import Access, access
from dractl.live.target import Target
from dractl.sources.saving import save

_POD: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_BROKEN: Final = (
    ApiException,
    AttributeError,
    ConfigException,
    HTTPError,
    KeyError,
    OAuth2Error,
    OSError,
    TypeError,
    ValueError,
)
"""What the client raises for entries that are not as it expects them."""
_TOKENS: Final = ("id-token", "refresh-token")
_SHOWN: Final = 300  # characters of what a credential program says


@dataclass(frozen=True)
class Credentials:
    """A configuration of the client; `headers` go with every request.

    `namespace` is the context's; `user` is how the user is called until the server
    says it better.
    """

    configuration: Any = field(repr=False)
    headers: Headers
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
    check_configuration(configuration)
    configuration.proxy_headers = proxy_login(configuration)
    # The client would run a program again before every request, once its token has few
    # minutes left. A refusal shows better when there has to be another one.
    configuration.refresh_api_key_hook = None
    entry, cluster = ({}, {}) if chosen is None else (chosen.user, chosen.cluster)
    headers = impersonation(target, entry)
    called = dict(headers).get("Impersonate-User", user)
    if not cluster.get("disable-compression"):
        headers += (("Accept-Encoding", "gzip"),)
    return Credentials(configuration, headers, namespace, called)


def _load(chosen: Access, configuration: Any) -> None:
    named = f"user {chosen.user_name!r}"
    check_entry(chosen.cluster, chosen.cluster_name)
    check_entry(chosen.user, named)
    with _overheard() as said:
        try:
            _loader(chosen).load_and_set(configuration)
        except _BROKEN:
            if "auth-provider" in chosen.user:
                raise _no_token(chosen, "the identity provider") from None
            raise broken(f"the entries of {named} cannot be used") from None
    if configuration.api_key or configuration.cert_file:
        return
    if plugin := chosen.user.get("exec"):
        reason = " ".join(" ".join(said).split())[:_SHOWN]
        giver = f"the program {plugin['command']!r}"
        raise _no_token(
            chosen, giver, f": {reason}" if reason else "", _install_hint(plugin)
        )
    if "auth-provider" in chosen.user:
        raise _no_token(chosen, "the identity provider")


def _loader(chosen: Access) -> KubeConfigLoader:
    user = dict(chosen.user)
    if token_file := user.pop("tokenFile", None):
        user["token"] = _text_of(Path(token_file))
    if provider := user.get("auth-provider"):
        user["auth-provider"] = _with_authority(provider)
    return KubeConfigLoader(
        config_dict={**chosen.config, "users": [{"name": "dractl", "user": user}]},
        config_base_path="",
        config_persister=lambda: _keep(chosen, user["auth-provider"]["config"]),
    )


def _with_authority(provider: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry whose provider the client does not trust blindly.

    Where none is named, the client would check no certificate, and then send the secret
    to wherever the answer says.
    """
    config = dict(provider.get("config") or {})
    if not any(key.startswith("idp-certificate-authority") for key in config):
        config["idp-certificate-authority"] = certifi.where()
    return {**provider, "config": config}


def _no_token(
    chosen: Access, giver: str, reason: str = "", hint: str = ""
) -> DractlError:
    return DractlError(
        "credentials",
        f"{giver} of user {chosen.user_name!r} gives no credentials{reason}",
        hint=hint or "log in again; kubectl auth whoami shows whether it works there",
    )


def _install_hint(plugin: Mapping[str, Any]) -> str:
    """Return how to get a program that is not there, as the entry tells users."""
    is_there = shutil.which(plugin["command"]) is not None
    return "" if is_there else str(plugin.get("installHint") or "")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise broken("tokenFile is a file that cannot be read", str(file)) from None


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


def _keep(chosen: Access, refreshed: Mapping[str, Any]) -> None:
    """Write refreshed OIDC tokens to the kubeconfig, as kubectl does.

    An identity provider may give a refresh token that replaces the one in the file.
    """
    if chosen.user_file is None:
        return
    config = yaml.safe_load(chosen.user_file.read_text(encoding="utf-8"))
    for entry in config["users"]:
        if entry["name"] == chosen.user_name:
            kept = entry["user"]["auth-provider"]["config"]
            kept.update({key: refreshed[key] for key in _TOKENS})
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
            "no cluster is named: no kubeconfig has one, and this is no pod",
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
