"""Addresses, networks and URLs: `ip()`, `cidr()`, `url()`.

Follows Kubernetes 1.36, apiserver/pkg/cel/library: ip.go, cidr.go and urls.go, and
Go's net/netip, which is stricter than Python's ipaddress.
"""

import functools
from typing import Final

from dractl.cel.library.signature import (
    CIDR,
    IP,
    STRING,
    Function,
    Functions,
    one_of,
    takes,
)
from dractl.cel.values import Cidr, EvalFailure, Ip, Value

_V4_BITS: Final = 32
_V6_BITS: Final = 128
_LONGEST: Final = 64  # characters of an address
_MAPPED: Final = 0xFFFF


def _address(text: str) -> Ip | None:
    """Return the address that netip.ParseAddr reads, less what Kubernetes refuses."""
    import ipaddress

    if len(text) > _LONGEST or "%" in text or "/" in text:
        return None
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if found.version == 4:  # noqa: PLR2004 the name of the protocol
        return Ip(int(found), _V4_BITS, str(found))
    if int(found) >> _V4_BITS == _MAPPED:
        return None  # IPv4 in IPv6: ambiguous
    return Ip(int(found), _V6_BITS, str(found))


def _network(text: str) -> Cidr | None:
    base, slash, length = text.partition("/")
    found = _address(base)
    is_length = length.isdecimal() and length.isascii() and len(length) <= len("128")
    if found is None or not slash or not is_length:
        return None
    prefix = int(length)
    if str(prefix) != length or prefix > found.bits:
        return None
    return Cidr(found, prefix)


def _ip(text: str) -> Ip:
    found = _address(text)
    if found is None:
        raise EvalFailure(
            f'IP Address "{text}" parse error during conversion from string'
        )
    return found


def _cidr(text: str) -> Cidr:
    found = _network(text)
    if found is None:
        raise EvalFailure(
            f'network address parse error during conversion from string "{text}"'
        )
    return found


def _is_ip(text: str) -> bool:
    return _address(text) is not None


def _is_cidr(text: str) -> bool:
    return _network(text) is not None


def _is_canonical(text: str) -> bool:
    return _ip(text).text == text


def _family(ip: Ip) -> int:
    return 4 if ip.bits == _V4_BITS else 6


def _in(*networks: str) -> Function:
    """Return whether an address is in one of the networks."""

    @functools.cache
    def parsed() -> tuple[Cidr, ...]:
        return tuple(map(_cidr, networks))

    def inside(ip: Ip) -> bool:
        return any(_holds(network, ip) for network in parsed())

    return inside


def _holds(network: Cidr, ip: Ip) -> bool:
    shift = ip.bits - network.prefix
    return (
        network.ip.bits == ip.bits and network.ip.number >> shift == ip.number >> shift
    )


_is_unspecified: Final = _in("0.0.0.0/32", "::/128")
_is_loopback: Final = _in("127.0.0.0/8", "::1/128")
_is_multicast: Final = _in("224.0.0.0/4", "ff00::/8")
_is_link_multicast: Final = _in("224.0.0.0/24", "ff02::/16")
_is_link_unicast: Final = _in("169.254.0.0/16", "fe80::/10")
_is_broadcast: Final = _in("255.255.255.255/32")
_NOT_GLOBAL: Final = (
    _is_unspecified, _is_loopback, _is_multicast, _is_link_unicast, _is_broadcast,
)  # fmt: skip


def _is_global(ip: Ip) -> bool:
    return not any(test(ip) for test in _NOT_GLOBAL)


def _contains_ip(network: Cidr, ip: Value) -> bool:
    return _holds(network, _ip(ip) if ip.__class__ is str else ip)


def _contains_cidr(network: Cidr, other: Value) -> bool:
    inner = _cidr(other) if other.__class__ is str else other
    return network.prefix <= inner.prefix and _holds(network, inner.ip)


def _ip_of(network: Cidr) -> Ip:
    return network.ip


def _prefix_length(network: Cidr) -> int:
    return network.prefix


def _masked(network: Cidr) -> Cidr:
    import ipaddress

    shift = network.ip.bits - network.prefix
    number = network.ip.number >> shift << shift
    make = ipaddress.IPv4Address if _family(network.ip) == 4 else ipaddress.IPv6Address  # noqa: PLR2004 the name of the protocol
    return Cidr(Ip(number, network.ip.bits, str(make(number))), network.prefix)


_TEXT_OR_IP: Final = STRING | IP
_TEXT_OR_CIDR: Final = STRING | CIDR

FUNCTIONS: Final[Functions] = {
    "ip": one_of("ip", (STRING, _ip), (CIDR, _ip_of)),
    "ip.isCanonical": takes("ip.isCanonical", STRING, call=_is_canonical),
    "isIP": takes("isIP", STRING, call=_is_ip),
    "family": takes("family", IP, call=_family),
    "isUnspecified": takes("isUnspecified", IP, call=_is_unspecified),
    "isLoopback": takes("isLoopback", IP, call=_is_loopback),
    "isLinkLocalMulticast": takes("isLinkLocalMulticast", IP, call=_is_link_multicast),
    "isLinkLocalUnicast": takes("isLinkLocalUnicast", IP, call=_is_link_unicast),
    "isGlobalUnicast": takes("isGlobalUnicast", IP, call=_is_global),
    "cidr": takes("cidr", STRING, call=_cidr),
    "isCIDR": takes("isCIDR", STRING, call=_is_cidr),
    "containsIP": takes("containsIP", CIDR, _TEXT_OR_IP, call=_contains_ip),
    "containsCIDR": takes("containsCIDR", CIDR, _TEXT_OR_CIDR, call=_contains_cidr),
    "prefixLength": takes("prefixLength", CIDR, call=_prefix_length),
    "masked": takes("masked", CIDR, call=_masked),
}
