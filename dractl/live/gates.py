"""What an API server says of its release and its feature gates."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dractl.errors import DractlError
from dractl.model.cluster import KubernetesVersion

_METRIC: Final = b"kubernetes_feature_enabled{"


def release(version: Mapping[str, Any]) -> str:
    """Return the release from `/version`, as the server spells it if that tells.

    Vendors write `36+` for the minor, builds of one's own no version at all into
    gitVersion, and a server may emulate an older release than its own (KEP-4330).
    """
    minor = _digits(version.get("emulationMinor")) or _digits(version.get("minor"))
    major = _digits(version.get("emulationMajor")) or _digits(version.get("major"))
    spelled = str(version.get("gitVersion") or "")
    try:
        own = KubernetesVersion.parse(spelled)
    except DractlError:
        own = None
    if own is not None and (
        not minor or (str(own.major), str(own.minor)) == (major, minor)
    ):
        return spelled
    return f"{major or 1}.{minor}" if minor else ""


def _digits(value: object) -> str:
    text = str(value or "")
    return "".join(each for each in text if each.isdigit())


def gates(metrics: Iterable[bytes]) -> dict[str, bool]:
    """Return the gates from the lines of `/metrics`, which may be tens of megabytes.

    They look like this: kubernetes_feature_enabled{name="X",...} 1.
    """
    found = {}
    for line in metrics:
        if not line.startswith(_METRIC):
            continue
        text = line.removeprefix(_METRIC).decode(errors="replace")
        labels, _, value = text.rpartition("} ")
        for label in labels.split(","):
            key, _, name = label.partition("=")
            if key == "name":
                found[name.strip('"')] = value.strip() == "1"
    return found
