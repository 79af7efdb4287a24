"""What entries of a kubeconfig have to be before the official client may use them.

The client takes what it finds: the text "false" turns the check of certificates off, as
true does. Messages name entries and keys, but never show what stands there.
"""

import base64
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import urllib3

from dractl.errors import DractlError

FILES: Final = ("certificate-authority", "client-certificate", "client-key")
_DATA: Final = tuple(f"{name}-data" for name in FILES)
_TEXTS: Final = (
    *FILES, *_DATA, "server", "tls-server-name", "proxy-url", "token", "tokenFile",
    "username", "password", "as", "as-uid", "cluster", "user", "namespace",
)  # fmt: skip
_FLAGS: Final = ("insecure-skip-tls-verify", "disable-compression")
_MAPS: Final = ("exec", "auth-provider")


def misshapen(entry: Mapping[str, Any]) -> str:
    """Return which key has what it cannot have, as a clause; "" for a good entry."""
    for keys, kind, name in (
        (_TEXTS, str, "text"),
        (_FLAGS, bool, "true or false"),
        (_MAPS, dict, "a mapping"),
    ):
        for key in keys:
            if key in entry and not isinstance(entry[key], kind):
                return f"{key} is not {name}"
    plugin = entry.get("exec") or {}
    if plugin and not isinstance(plugin.get("command"), str):
        return "exec names no command"
    return ""


def check_entry(entry: Mapping[str, Any], named: str) -> None:
    """Raise DractlError for files that are not there, and for data that is not base64.

    `named` is what messages call the entry: `user 'alice'`.
    """
    for key in FILES:
        if key in entry and not Path(entry[key]).is_file():
            raise broken(f"{key} of {named} is a file that is not there", entry[key])
    for key in _DATA:
        if key in entry and not _is_base64(entry[key]):
            raise broken(f"{key} of {named} is not base64")
    # Only this one is left in Kubernetes; others need a program under exec.
    provider = (entry.get("auth-provider") or {}).get("name", "oidc")
    if provider != "oidc":
        raise broken(
            f"auth-provider of {named} is not oidc, the only one that clients know",
            hint="let the cloud's own tool write the entry again, with a program under "
            "exec",
        )


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return False
    return True


def check_configuration(configuration: Any) -> None:
    """Raise DractlError for certificates that TLS cannot use, and for a bad header."""
    token = configuration.api_key.get("BearerToken") or ""
    if not (token.isascii() and token.isprintable()):
        raise broken("the token has characters that no token has")
    for load, what in _loaded(configuration):
        try:
            load()
        except OSError:
            raise broken(f"{what} cannot be used for TLS") from None


def _loaded(configuration: Any) -> Iterator[tuple[Callable[[], None], str]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority, certificate = configuration.ssl_ca_cert, configuration.cert_file
    if authority:
        yield (
            lambda: context.load_verify_locations(authority),
            "certificate-authority",
        )
    if certificate:
        # A key with a password would make OpenSSL ask for it on the terminal.
        yield (
            lambda: context.load_cert_chain(
                certificate, configuration.key_file, password=""
            ),
            "client-certificate with its client-key",
        )


def proxy_login(configuration: Any) -> Mapping[str, str] | None:
    """Return the header for the user in the address of a proxy; None: there is none."""
    if not configuration.proxy:
        return None
    try:
        address = urllib3.util.parse_url(configuration.proxy)
    except urllib3.exceptions.LocationParseError:
        raise no_proxy() from None
    if not address.host:
        raise no_proxy()
    return (
        urllib3.make_headers(proxy_basic_auth=unquote(address.auth))
        if address.auth
        else None
    )


def no_proxy() -> DractlError:
    """Return the error of a proxy that cannot be used."""
    return broken(
        "the proxy has no address of the form http://HOST:PORT",
        hint="check proxy-url in the kubeconfig, and HTTPS_PROXY",
    )


def broken(message: str, where: str = "", hint: str = "") -> DractlError:
    """Return the error of an entry that cannot be used."""
    return DractlError(
        "kubeconfig",
        message,
        where=where,
        hint=hint or "kubectl config view shows the entries, --context chooses others",
    )
