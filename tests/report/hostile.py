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


def hostile_cluster(folder: Path) -> Path:
    """Write the sample cluster with spite in it, and return the file."""
    items = json.loads(PATH.read_text("utf-8"))["items"]
    items = [spited(each) for each in items]
    items += [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": [SPITE]}}]
    file = folder / "hostile.json"
    whole = {"apiVersion": "v1", "kind": "List", "items": items}
    file.write_text(json.dumps(whole), "utf-8")
    return file
