"""A cluster in which all that people name and write tries to be more than text."""

import json
from pathlib import Path
from typing import Any, Final

from dractl.demo import PATH

PWNED: Final = "__pwned"
_MARKUP: Final = (
    f"</script></style></title></svg>--><script>window.{PWNED}=1</script>"
    f"\"'><img src=x onerror=window.{PWNED}=2><a href=javascript:window.{PWNED}=3>"
    "&lt;b&gt;{{7*7}}]]>"
)
_ESCAPES: Final = "\x1b[31m\x1b]0;t\x07\u202e\x00\x9b1m\n\r"
SPITE: Final = f"{_MARKUP}{_ESCAPES}"
_KEYS: Final = frozenset(
    {
        *("name", "namespace", "nodeName", "pool", "device", "driver", "string"),
        *("deviceClassName", "resourceClaimName", "resourceClaimTemplateName"),
        *("message", "reason", "uid", "key", "generateName", "image"),
        # Maps of which all values are text that somebody chose.
        *("labels", "annotations", "data", "networkData"),
    }
)
_KEPT: Final = frozenset({"apiVersion", "kind", "operator", "effect", "type"})


def spited(value: Any, *, is_name: bool = False) -> Any:
    """Return the value with spite in each text that somebody chose."""
    if isinstance(value, dict):
        # The value of a taint is text; that of a capacity is an amount.
        names = {*_KEYS, "value"} if "effect" in value else _KEYS
        return {
            key: each if key in _KEPT else spited(each, is_name=key in names or is_name)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [spited(each, is_name=is_name) for each in value]
    return f"{value}{SPITE}" if is_name and isinstance(value, str) else value


def _more() -> list[dict[str, Any]]:
    """Return what the sample has none of: words of drivers, kubelets and admins."""
    chosen = {"driver": "gpu.nvidia.com", "pool": "h100-2", "device": "gpu-7"}
    moment = "2026-11-20T04:12:31Z"
    condition = {
        "type": f"Ready{SPITE}",
        "status": "False",
        "reason": "Lost",
        "message": "gone",
        "lastTransitionTime": moment,
    }
    told = {
        **chosen,
        "conditions": [condition, {**condition, "type": "Ready"}],
        "data": {"firmware": "1", f"k{SPITE}": ["x", {"y": "z"}]},
        "networkData": {"interfaceName": "eth1", "ips": ["x"], "hardwareAddress": "m"},
    }
    claim = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "told", "namespace": "training", "uid": "told"},
        "spec": {"devices": {"requests": []}},
        "status": {
            "allocation": {"devices": {"results": [{"request": "gpu", **chosen}]}},
            "devices": [told],
        },
    }
    taint = {"key": "example.com/bad", "value": "yes", "effect": "NoExecute"}
    rule = {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "rule", "annotations": {"dractl.dev/reason": "why"}},
        "spec": {"deviceSelector": {"driver": "gpu.nvidia.com"}, "taint": taint},
        "status": {"conditions": [{**condition, "type": "EvictionInProgress"}]},
    }
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "event", "namespace": "training"},
        "involvedObject": {"kind": "Pod", "name": "llama-0", "namespace": "training"},
        "reason": "FailedPrepareDynamicResources",
        "message": "it failed",
        "lastTimestamp": moment,
    }
    return [claim, rule, event]


def hostile_cluster(folder: Path) -> Path:
    """Write the sample cluster with spite in it, and return the file."""
    items = json.loads(PATH.read_text("utf-8"))["items"]
    items = [spited(each) for each in [*items, *_more()]]
    items += [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": [SPITE]}}]
    file = folder / "hostile.json"
    whole = {"apiVersion": "v1", "kind": "List", "items": items}
    file.write_text(json.dumps(whole), "utf-8")
    return file
