"""The pods that look like those of a driver, and which of them are not well.

Nothing in the API says which pod serves a driver, so this goes by names: a pod of a
DaemonSet that speaks of DRA or of a kubelet plugin, and of the driver's vendor.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from dractl.api.snapshot import Snapshot
from dractl.diagnose.creations import refusal, refused
from dractl.model.workloads import Pod

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot
    from dractl.diagnose.world import World

_SIGNS: Final = ("dra", "kubelet-plugin", "kubeletplugin", "resource-driver")
_COMMON: Final = frozenset(
    {
        "com",
        "org",
        "net",
        "dev",
        "io",
        "dra",
        "k8s",
        "kubernetes",
        "sigs",
        "gpu",
        "nic",
        "fpga",
    }
)
_SHORTEST: Final = 3


def ailing(world: "World", drivers: Iterable[str], node: str = "") -> Iterator[str]:
    """Yield what is wrong with pods that look like a driver's, on one node or all."""
    for driver in drivers:
        for pod in pods_of(world.snapshot, driver):
            if node and pod.node_name != node:
                continue
            state = state_of(pod)
            if state:
                where = f" on node {pod.node_name}" if pod.node_name else ""
                name = f"{pod.meta.namespace}/{pod.meta.name}"
                yield f"pod {name}{where} looks like driver {driver}'s and is {state}"
        for (kind, *key), event in refused(world).items():
            if kind == "DaemonSet" and serves(key, driver):
                yield f"{refusal(event)} (it looks like driver {driver}'s)"


def pods_of(snapshot: "Snapshot", driver: str) -> Iterator[Pod]:
    """Yield the pods that look like those of a driver."""
    for pod in snapshot.pods:
        is_daemon = any(owner.kind == "DaemonSet" for owner in pod.meta.owners)
        if is_daemon and runs(pod.meta.key, driver):
            yield pod


def runs(key: Sequence[str], driver: str) -> bool:
    """Tell whether a pod or DaemonSet looks like a DRA driver's, by its names."""
    return _is_named(key, driver, _SIGNS)


def serves(key: Sequence[str], driver: str) -> bool:
    """Tell whether a DaemonSet without pods looks like a driver's, by its names."""
    return _is_named(key, driver, (*_SIGNS, "driver"))


def _is_named(key: Sequence[str], driver: str, signs: Sequence[str]) -> bool:
    name = " ".join(key).lower()
    if not any(sign in name for sign in signs):  # as of most pods
        return False
    vendor = [
        part
        for part in driver.split(".")
        if part not in _COMMON and len(part) >= _SHORTEST
    ] or [driver.replace(".", "")]  # as dranet is of dra.net
    return any(each in name for each in vendor)


def state_of(pod: Pod) -> str:
    """Return why a driver's pod does not serve, "" if it does as far as it says."""
    if pod.phase != "Running":
        return pod.phase or "Pending"
    ready = [each.status for each in pod.conditions if each.type == "Ready"]
    return "not ready" if "False" in ready else ""
