"""Taints and tolerations of devices, in kubectl's spelling."""

from typing import Any, Final

from dractl.api.versions import HUB
from dractl.manifests.errors import unclear

Document = dict[str, Any]
_EFFECTS: Final = ("NoSchedule", "NoExecute", "None")


def taint(text: str) -> Document:
    """Read `KEY[=VALUE]:EFFECT`."""
    key, value, effect = _taken_apart(text)
    if not key or effect is None:
        raise unclear(
            f"{text[:60]!r} is not a taint",
            hint="write it like example.com/broken=fan:NoSchedule",
        )
    return {"key": key, **({"value": value} if value else {}), "effect": effect}


def toleration(text: str) -> Document:
    """Read `KEY[=VALUE][:EFFECT]`; without a value any is tolerated, `*` is any key."""
    key, value, effect = _taken_apart(text)
    if not key or (key == "*" and value is not None):
        raise unclear(
            f"{text[:60]!r} is not a toleration",
            hint="write it like example.com/broken=fan:NoSchedule, or * for any",
        )
    found: Document = {} if key == "*" else {"key": key}
    if value is None:
        found["operator"] = "Exists"
    else:
        found |= {"operator": "Equal", "value": value}
    return found | ({"effect": effect} if effect else {})


def _taken_apart(text: str) -> tuple[str, str | None, str | None]:
    rest, colon, effect = text.partition(":")
    key, equals, value = rest.partition("=")
    if colon and effect not in _EFFECTS:
        raise unclear(f"{effect[:30]!r} is no effect", hint=", ".join(_EFFECTS))
    return key, value if equals else None, effect if colon else None


def taint_rule(
    target: str, mark: str, name: str | None, *, everything: bool = False
) -> Document:
    """Return a DeviceTaintRule for `DRIVER[/POOL[/DEVICE]]`, or for every device.

    A pool may have slashes in its name: `DRIVER/POOL/` names one without a device.
    """
    driver, _, rest = target.partition("/")
    pool, slash, device = rest.rpartition("/") if "/" in rest else (rest, "", "")
    selector = {
        key: value
        for key, value in (("driver", driver), ("pool", pool), ("device", device))
        if value
    }
    del slash
    if not selector and not everything:
        raise unclear(
            "an empty selector taints every device of the cluster",
            hint="name DRIVER[/POOL[/DEVICE]], or say --all if that is meant",
        )
    made = taint(mark)
    words = [*selector.values(), str(made["key"]).rpartition("/")[2]]
    return {
        "apiVersion": HUB,
        "kind": "DeviceTaintRule",
        "metadata": {"name": name or "-".join(words).lower().replace("/", "-")},
        "spec": {"deviceSelector": selector, "taint": made},
    }
