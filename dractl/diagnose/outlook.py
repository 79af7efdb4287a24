"""What is to be known of a pod beside its causes: what comes, what will not come.

None of this keeps the pod from running now.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from dractl.diagnose.answer import Cause
from dractl.model.claims import DeviceResult
from dractl.model.devices import Taint
from dractl.model.workloads import Pod
from dractl.solver.view import tolerates

if TYPE_CHECKING:
    from dractl.diagnose.case import Case

_DEFAULT: Final = "default-scheduler"


def outlook(case: "Case", causes: Sequence[Cause]) -> Iterator[str]:
    """Yield notes on a pod."""
    pod = case.pod
    if pod is None:
        return
    yield from _other_scheduler(case, pod, causes)
    yield from _no_preemption(pod, causes)
    if pod.node_name:
        yield from _evictions(case)


def _other_scheduler(case: "Case", pod: Pod, causes: Sequence[Cause]) -> Iterator[str]:
    is_other = pod.scheduler_name not in {"", _DEFAULT}
    if is_other and causes and case.world.is_active(pod.scheduler_name):
        drawing = any(device.consumes for device in case.world.devices)
        such = ", such as the counters that devices here draw on" if drawing else ""
        yield (
            f"{pod.scheduler_name} schedules it; this is what kube-scheduler would do, "
            f"and others may know fewer features{such}"
        )


def _no_preemption(pod: Pod, causes: Sequence[Cause]) -> Iterator[str]:
    if pod.priority > 0 and any(each.code == "devices-in-use" for each in causes):
        yield (
            f"its priority of {pod.priority} does not help: no release up to 1.37 "
            "takes devices away from pods of lower priority"
        )


def _evictions(case: "Case") -> Iterator[str]:
    """Yield taints of the pod's devices that make a controller evict it."""
    if not case.world.allocator.rules.taints:
        return
    for claim in case.subject.claims:
        for result in claim.allocation.results if claim.allocation else ():
            device = case.world.device_by_id.get(result.device)
            for taint in device.taints if device is not None else ():
                if taint.effect == "NoExecute" and not _is_tolerated(taint, result):
                    rule = f" of DeviceTaintRule {taint.rule}" if taint.rule else ""
                    yield (
                        f"device {result.device} has the taint {taint.key}:NoExecute"
                        f"{rule}, which the pod does not tolerate: it is to be evicted"
                    )


def _is_tolerated(taint: Taint, result: DeviceResult) -> bool:
    """Tell whether the eviction controller lets the pod be, for a while at least.

    It heeds only tolerations that say NoExecute (1.36, devicetainteviction).
    """
    return any(
        each.effect == "NoExecute" and tolerates(each, taint)
        for each in result.tolerations
    )
