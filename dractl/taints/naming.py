"""Names of rules: readable, and the same for the same devices and key."""

import hashlib
import re
from typing import Final

from dractl.model.names import SUBDOMAIN_BYTES
from dractl.model.taintrules import DeviceSelector

_BETWEEN: Final = "--"
_EVERY_DEVICE: Final = "all-devices"
_OTHERS: Final = re.compile(r"[^a-z0-9.]+")
_EDGES: Final = re.compile(r"[^a-z0-9]*\.[^a-z0-9]*")
_HASH: Final = 8


def rule_name(selector: DeviceSelector, key: str) -> str:
    """Return the name of the rule that taints these devices with that key.

    It ends in a hash where what can be read does not tell it from others: if a part has
    characters that names of objects have not, or what stands between parts.
    """
    parts = [each for each in selector if each is not None]
    domain, slash, word = key.rpartition("/")
    spelled = [*(parts or [_EVERY_DEVICE]), f"{word}.{domain}" if slash else word]
    readable = _BETWEEN.join(_plain(each) for each in spelled)
    is_plain = (
        spelled == [_plain(each) for each in spelled]
        and not any(_BETWEEN in each for each in spelled)
        and "." not in word
        and _is_chain(selector)
    )
    if is_plain and len(readable) <= SUBDOMAIN_BYTES:
        return readable
    exact = "\0".join(each or "" for each in (*selector, key))
    digest = hashlib.sha256(exact.encode("utf-8", "surrogatepass")).hexdigest()
    kept = readable[: SUBDOMAIN_BYTES - _HASH - 1].rstrip("-.")
    return f"{kept}-{digest[:_HASH]}"


def _is_chain(selector: DeviceSelector) -> bool:
    """Tell whether the parts that are set tell which parts they are."""
    driver, pool, device = selector
    return driver is not None and (pool is not None or device is None)


def _plain(part: str) -> str:
    """Return a part with nothing in it that names of objects cannot have."""
    return _EDGES.sub(".", _OTHERS.sub("-", part.lower())).strip("-.")
