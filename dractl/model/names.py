"""Formats of names: each function returns what is wrong, one text per error.

The API server reports as many errors as there are texts: a name that is too long and
misspelt has two. Patterns match whole texts and ASCII only; lengths count bytes.
"""

import functools
import re
from typing import Final

Faults = tuple[str, ...]

LABEL_BYTES: Final = 63
SUBDOMAIN_BYTES: Final = 253
IDENTIFIER_BYTES: Final = 32

_LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(
    r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
)
_WORD: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PRE: Final = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_NUMBER: Final = "(?:0|[1-9][0-9]*)"
_VERSION: Final = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    rf"(?:-{_PRE}(?:\.{_PRE})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_LABEL_HELP: Final = (
    "must be lower-case letters, digits and '-', with a letter or digit at both ends"
)
_SUBDOMAIN_HELP: Final = f"{_LABEL_HELP} of each part; '.' goes between parts"
_WORD_HELP: Final = (
    "letters, digits, '-', '_' and '.', with a letter or digit at both ends"
)


def size(text: str) -> int:
    """Return the number of bytes that the text has in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


@functools.lru_cache(maxsize=8192)
def dns_label(text: str) -> Faults:
    """Check a DNS label."""
    faults = _length(text, LABEL_BYTES)
    if not _LABEL.fullmatch(text):
        faults += (_LABEL_HELP,)
    return faults


@functools.lru_cache(maxsize=8192)
def dns_subdomain(text: str) -> Faults:
    """Check a DNS subdomain."""
    faults = _length(text, SUBDOMAIN_BYTES)
    if not _SUBDOMAIN.fullmatch(text):
        faults += (_SUBDOMAIN_HELP,)
    return faults


@functools.lru_cache(maxsize=8192)
def label_key(text: str) -> Faults:
    """Check the key of a label, which may have a domain before a slash."""
    domain, slash, name = text.rpartition("/")
    if "/" in domain:
        return ("must be a name, or a domain and a name with one '/' between",)
    faults: Faults = ()
    if slash:
        faults = tuple(f"has a domain part that {each}" for each in _domain(domain))
    if not name:
        faults += ("needs a name",)
    else:
        faults += _length(name, LABEL_BYTES)
    if not _WORD.fullmatch(name):
        faults += (f"must have a name that is {_WORD_HELP}",)
    return faults


def _domain(domain: str) -> Faults:
    return dns_subdomain(domain) if domain else ("is empty",)


@functools.lru_cache(maxsize=8192)
def label_value(text: str) -> Faults:
    """Check the value of a label, which may be empty."""
    faults = _length(text, LABEL_BYTES)
    if text and not _WORD.fullmatch(text):
        faults += (f"must be {_WORD_HELP}",)
    return faults


def is_identifier(text: str) -> bool:
    """Tell whether the text is an identifier of C, of any length."""
    return _IDENTIFIER.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Tell whether the text is a version as semver.org 2.0.0 defines it."""
    return _VERSION.fullmatch(text) is not None


def is_extended_resource(text: str) -> bool:
    """Tell whether the text names an extended resource."""
    return (
        "/" in text
        and "kubernetes.io/" not in text
        and not text.startswith("requests.")
        and not label_key(f"requests.{text}")
    )


def _length(text: str, most: int) -> Faults:
    if size(text) <= most:
        return ()
    return (f"has {size(text)} bytes; at most {most} are allowed",)
