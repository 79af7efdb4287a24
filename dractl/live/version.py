"""What an API server says of its release."""

from collections.abc import Mapping
from typing import Any

from dractl.errors import DractlError
from dractl.model.cluster import KubernetesVersion


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
