"""Acting as somebody else: the headers that ask for it."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from dractl.errors import DractlError, ExitStatus
from dractl.live.target import Target

Headers = tuple[tuple[str, str], ...]


def impersonation(target: Target, user: Mapping[str, Any]) -> Headers:
    """Return the headers; options go before what the user's entry says.

    Raises DractlError for groups or a uid without a name, and for what no header has.
    """
    name = target.impersonate or user.get("as")
    groups = target.impersonate_groups or tuple(user.get("as-groups") or ())
    uid = target.impersonate_uid or user.get("as-uid")
    extra = user.get("as-user-extra") or {}
    if name is None and not (groups or uid or extra):
        return ()
    if name is None:
        raise _unclear("--as-group and --as-uid need --as, the user to act as")
    found = [("Impersonate-User", str(name))]
    found += [("Impersonate-Uid", str(uid))] if uid else []
    found += [("Impersonate-Group", str(group)) for group in groups]
    found += _extra(extra)
    return tuple((key, _sent(value)) for key, value in found)


def _extra(extra: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, values in extra.items():
        for value in values:
            yield f"Impersonate-Extra-{quote(str(key), safe='')}", str(value)


def _sent(value: str) -> str:
    """Return the text whose bytes on the wire are its UTF-8."""
    if not value.isprintable():
        raise _unclear("the user to act as has characters that no name has")
    return value.encode().decode("latin-1")


def _unclear(message: str) -> DractlError:
    return DractlError(
        "usage",
        message,
        hint="see --as, or the entry in the kubeconfig",
        status=ExitStatus.USAGE,
    )
