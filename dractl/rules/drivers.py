"""Rules of the names that occur in many kinds: drivers, pools, attributes."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import KubernetesVersion, Profile
from dractl.model.names import (
    IDENTIFIER_BYTES,
    LABEL_BYTES,
    SUBDOMAIN_BYTES,
    dns_subdomain,
    is_identifier,
    size,
)
from dractl.rules.path import Path
from dractl.rules.reasons import invalid, invalid_each, required, shown, too_long
from dractl.rules.registry import Violation

SLASHES_COUNTED: Final = KubernetesVersion(1, 37)


def check_driver(code: str, name: str, path: Path) -> Iterator[Violation]:
    """Yield what is wrong with a driver's name; upper case is fine."""
    if not name:
        yield from required(code, path, "a driver is needed here")
        return
    if size(name) > LABEL_BYTES:
        yield from too_long(code, path, size(name), LABEL_BYTES)
    yield from invalid_each(code, path, name, dns_subdomain(name.lower()))


def check_pool(code: str, name: str, path: Path) -> Iterator[Violation]:
    """Yield what is wrong with a pool's name: DNS subdomains with '/' between."""
    if not name:
        yield from required(code, path, "a pool is needed here")
        return
    if size(name) > SUBDOMAIN_BYTES:
        yield from too_long(code, path, size(name), SUBDOMAIN_BYTES)
    for part in name.split("/"):
        yield from invalid_each(code, path, part, dns_subdomain(part))


def check_qualified(
    code: str, name: str, path: Path, profile: Profile
) -> Iterator[Violation]:
    """Yield what is wrong with a qualified name: an identifier, maybe with a domain."""
    parts = name.split("/")
    if len(parts) == 1:
        yield from _check_identifier(code, name, path)
        return
    if len(parts) > 2:  # noqa: PLR2004 - a domain and a name
        # Releases before 1.37 do not look at such a name at all.
        if profile.since(SLASHES_COUNTED):
            yield from invalid(code, path, f"{shown(name)} has more than one '/'")
        return
    domain, identifier = parts
    if domain:
        yield from check_driver(code, domain, path)
    else:
        yield from invalid(code, path, f"{shown(name)} has nothing before the '/'")
    if identifier:
        yield from _check_identifier(code, identifier, path)
    else:
        yield from invalid(code, path, f"{shown(name)} has nothing after the '/'")


def check_fully_qualified(
    code: str, name: str, path: Path, profile: Profile
) -> Iterator[Violation]:
    """Yield what is wrong with a qualified name that needs its domain."""
    yield from check_qualified(code, name, path, profile)
    if "/" not in name:
        message = f"{shown(name)} needs the domain of its driver before it"
        yield from invalid(code, path, message, f"gpu.example.com/{name[:32]}")


def _check_identifier(code: str, text: str, path: Path) -> Iterator[Violation]:
    if size(text) > IDENTIFIER_BYTES:
        yield from too_long(code, path, size(text), IDENTIFIER_BYTES)
    if not is_identifier(text):
        message = (
            f"{shown(text)} must be letters, digits and '_', and start with no digit"
        )
        yield from invalid(code, path, message)
