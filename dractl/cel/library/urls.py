"""URLs: `url()` and its parts. Follows Kubernetes' library/urls.go and Go's net/url."""

import re
from typing import Final

from dractl.cel.library.signature import STRING, URL, Function, Functions, takes
from dractl.cel.values import EvalFailure, Url, Value

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST: Final = re.compile(
    r"(?:\[[0-9A-Fa-f:.%A-Za-z-]+\]|[^\[\]:/?#\s<>\"\\^`{|}]*)(?::[0-9]*)?"
)
_PATH_SAFE: Final = "$&+,/:;=@!'()*~%-._[]"


def _parsed(text: str) -> Url | None:
    """Return the absolute URL or path that url.ParseRequestURI reads."""
    if not text or any(char < " " or char == "\x7f" for char in text):
        return None
    found = _SCHEME.match(text)
    scheme, rest = (
        ("", text) if found is None else (found[1].lower(), text[found.end() :])
    )
    rest, _, query = rest.partition("#")[0].partition("?")
    if not rest.startswith("/"):
        # A scheme with something opaque behind it is absolute too.
        return Url(text, scheme, "", "", query) if scheme else None
    host, path = "", rest
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        host, slash, tail = rest[2:].partition("/")
        path = slash + tail
    host = host.rpartition("@")[2]
    if _HOST.fullmatch(host) is None or _BAD_ESCAPE.search(path):
        return None
    return Url(text, scheme, host, path, query)


def _url(text: str) -> Url:
    found = _parsed(text)
    if found is None:
        raise EvalFailure(
            f'URL parse error during conversion from string: parse "{text}": '
            "invalid URI for request"
        )
    return found


def is_url(text: str) -> bool:
    """Tell whether the text is an absolute URL or path."""
    return _parsed(text) is not None


def _hostname(url: Url) -> str:
    host = url.host
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _port(url: Url) -> str:
    return url.host.rpartition("]")[2].partition(":")[2]


def _escaped_path(url: Url) -> str:
    from urllib.parse import quote

    return quote(url.path, safe=_PATH_SAFE)


def _query(url: Url) -> dict[Value, Value]:
    from urllib.parse import unquote_plus

    parameters: dict[Value, Value] = {}
    for part in url.query.split("&"):
        if not part or ";" in part or _BAD_ESCAPE.search(part):
            continue  # as Go's Query() drops what is malformed
        key, _, value = part.partition("=")
        parameters.setdefault(unquote_plus(key), []).append(unquote_plus(value))
    return parameters


def _field(name: str) -> Function:
    def field(url: Url) -> str:
        return str(getattr(url, name))

    return field


FUNCTIONS: Final[Functions] = {
    "url": takes("url", STRING, call=_url),
    "isURL": takes("isURL", STRING, call=is_url),
    "getScheme": takes("getScheme", URL, call=_field("scheme")),
    "getHost": takes("getHost", URL, call=_field("host")),
    "getHostname": takes("getHostname", URL, call=_hostname),
    "getPort": takes("getPort", URL, call=_port),
    "getEscapedPath": takes("getEscapedPath", URL, call=_escaped_path),
    "getQuery": takes("getQuery", URL, call=_query),
}
