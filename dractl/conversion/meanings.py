"""What an object comes to mean where its new version is served, field by field."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from dractl.api.versions import GROUP
from dractl.legacy.shapes import mapping_at
from dractl.model.cluster import KubernetesVersion

Document = Mapping[str, object]

_ALPHA: Final = f"{GROUP}/v1alpha3"
_STABLE: Final = f"{GROUP}/v1"
_REWORKED: Final = KubernetesVersion(1, 35)
_SELECTS: Final = ("driver", "pool", "device")


class Change(NamedTuple):
    """Something that reads the same, or is allowed, and does not do the same."""

    path: str
    message: str


def changes(
    before: Document, after: Document, release: KubernetesVersion | None
) -> Iterator[Change]:
    """Yield what is to be known of an object that was converted to another version.

    `release` is the one that it was converted for, if not for a version. So far, only
    taint rules do something else in other releases.
    """
    old, new = before.get("apiVersion"), after.get("apiVersion")
    if before.get("kind") != "DeviceTaintRule" or old == new:
        return
    spec = mapping_at(after, "spec")
    selector = spec.get("deviceSelector")
    if (
        old == _ALPHA
        and isinstance(selector, Mapping)
        and not any(selector.get(key) for key in _SELECTS)
    ):
        yield Change(
            "spec.deviceSelector",
            "names no driver, pool or device, so it matches every device; 1.33 and "
            "1.34 could select by class and by CEL as well",
        )
    effect = mapping_at(spec, "taint").get("effect")
    if new == _ALPHA and effect == "None" and (release is None or release < _REWORKED):
        yield Change(
            "spec.taint.effect",
            "None came with Kubernetes 1.35; 1.33 and 1.34 refuse it",
        )
    if new == _STABLE:
        yield Change(
            "",
            "takes effect by default where v1 is served, from 1.37 on; in older "
            "releases only with the feature gate DRADeviceTaintRules (before 1.35, "
            "DRADeviceTaints)",
        )
    if old == _STABLE:
        yield Change(
            "",
            "takes effect in releases before 1.37 only with the feature gate "
            "DRADeviceTaintRules (before 1.35, DRADeviceTaints), which is off by "
            "default",
        )
