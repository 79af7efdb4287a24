"""Named formats: `format.dns1123Label().validate(text)` and its like.

Follows Kubernetes 1.36, apiserver/pkg/cel/library/format.go.
"""

import re
from collections.abc import Callable
from typing import Final

from dractl.cel.library.signature import FORMAT, STRING, Function, Functions, takes
from dractl.cel.library.times import is_date, is_datetime
from dractl.cel.values import NONE, NamedFormat, OptionalValue

_LABEL: Final = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS1035: Final = "[a-z](?:[-a-z0-9]*[a-z0-9])?"
_NAME_PART: Final = "(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_SUBDOMAIN: Final = rf"{_LABEL}(?:\.{_LABEL})*"
_LABEL_LENGTH: Final = 63
_SUBDOMAIN_LENGTH: Final = 253

Check = Callable[[str], str]
"""Returns what is wrong with a text, "" if nothing is."""


def _shaped(pattern: str, longest: int, what: str) -> Check:
    shape = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if len(text.encode()) > longest:
            return f"must be no more than {longest} characters"
        return "" if shape.fullmatch(text) else f"must be {what}"

    return check


def _prefix_of(check: Check) -> Check:
    """Check what generateName takes: a dash at the end counts as a letter."""

    def checked(text: str) -> str:
        # Upstream puts its letter in the place of two characters.
        return check(f"{text[:-2]}a" if text.endswith("-") and len(text) > 1 else text)

    return checked


_LABEL_CHECK: Final = _shaped(_LABEL, _LABEL_LENGTH, "a DNS-1123 label")
_DNS1035_CHECK: Final = _shaped(_DNS1035, _LABEL_LENGTH, "a DNS-1035 label")
_SUBDOMAIN_CHECK: Final = _shaped(_SUBDOMAIN, _SUBDOMAIN_LENGTH, "a DNS-1123 subdomain")
_NAME_CHECK: Final = _shaped(_NAME_PART, _LABEL_LENGTH, "a qualified name")


def _qualified(text: str) -> str:
    parts = text.split("/")
    if len(parts) > len(("domain", "name")):
        return "must be a qualified name"
    if len(parts) > 1 and (problem := _SUBDOMAIN_CHECK(parts[0])):
        return f"prefix part {problem}"
    return _NAME_CHECK(parts[-1])


def _uri(text: str) -> str:
    from dractl.cel.library.urls import is_url

    return "" if is_url(text) else "must be a URI"


def _datetime(text: str) -> str:
    return "" if is_datetime(text.upper()) else "must be a date and time"


def _base64(text: str) -> str:
    import base64
    import binascii

    compact = text.replace("\r", "").replace("\n", "")
    try:
        base64.b64decode(compact.encode(), validate=True)
    except (binascii.Error, ValueError):
        return "must be base64"
    return ""


_CHECKS: Final[dict[str, Check]] = {
    "dns1123Label": _LABEL_CHECK,
    "dns1123Subdomain": _SUBDOMAIN_CHECK,
    "dns1035Label": _DNS1035_CHECK,
    "qualifiedName": _qualified,
    "dns1123LabelPrefix": _prefix_of(_LABEL_CHECK),
    "dns1123SubdomainPrefix": _prefix_of(_SUBDOMAIN_CHECK),
    "dns1035LabelPrefix": _prefix_of(_DNS1035_CHECK),
    "labelValue": lambda text: _NAME_CHECK(text) if text else "",
    "uri": _uri,
    "uuid": _shaped(
        r"(?i:[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})",
        len("00000000-0000-0000-0000-000000000000"),
        "a UUID",
    ),
    "byte": _base64,
    "date": lambda text: "" if is_date(text) else "must be a date",
    "datetime": _datetime,
}


def _named(name: str) -> OptionalValue:
    return OptionalValue(NamedFormat(name)) if name in _CHECKS else NONE


def _constant(name: str) -> Function:
    made = NamedFormat(name)
    return lambda: made


def _validate(form: NamedFormat, text: str) -> OptionalValue:
    problem = _CHECKS[form.name](text)
    return OptionalValue([problem]) if problem else NONE


FUNCTIONS: Final[Functions] = {
    "format.named": takes("format.named", STRING, call=_named),
    "validate": takes("validate", FORMAT, STRING, call=_validate),
    **{f"format.{name}": _constant(name) for name in _CHECKS},
}
