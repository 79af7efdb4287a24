"""What a snapshot lacks, and what cannot be told of devices for that."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP

_LACKING: Final[Mapping[str, tuple[str, Callable[[Snapshot], object], str]]] = {
    "ResourceSlice": (
        "ResourceSlices",
        lambda snapshot: snapshot.slices,
        "which devices there are, and what drivers publish of them, is not seen",
    ),
    "ResourceClaim": (
        "ResourceClaims",
        lambda snapshot: snapshot.claims,
        "who has devices, and what drivers report of these, is not seen",
    ),
    "Pod": (
        "Pods",
        lambda snapshot: snapshot.pods,
        "what kubelets report, and which pods are affected, is not seen",
    ),
    "Node": (
        "Nodes",
        lambda snapshot: snapshot.nodes,
        "whether the nodes of devices are ready is not seen",
    ),
}
_RULES: Final = "DeviceTaintRule"


def is_unseen(snapshot: Snapshot, kind: str) -> bool:
    """Tell whether no objects of a kind were seen, so that none can be missed."""
    _, objects, _ = _LACKING[kind]
    info = snapshot.info
    is_read = bool(objects(snapshot)) or info.has_read(kind, "", GROUP)
    return info.gap(kind) is not None or not is_read


def unchecked(snapshot: Snapshot) -> tuple[str, ...]:
    """Return a sentence for each kind that the snapshot lacks, in whole or in part."""
    return tuple(_sentences(snapshot))


def _sentences(snapshot: Snapshot) -> Iterator[str]:
    for kind, (plural, _, consequence) in _LACKING.items():
        gap = snapshot.info.gap(kind)
        if gap is not None:
            yield f"{gap}: {consequence}{f' ({gap.needs})' if gap.needs else ''}"
        elif is_unseen(snapshot, kind):
            yield f"no {plural} in the snapshot: {consequence}"
    gap = snapshot.info.gap(_RULES)
    if gap is not None:
        yield f"{gap}: taints that administrators set by rules are not seen"
