"""What other components say of a pod: its queue, the autoscalers, the kubelet."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dractl.diagnose.answer import Cause, View
from dractl.diagnose.autoscaling import of_autoscalers
from dractl.diagnose.kubelet import of_kubelet
from dractl.diagnose.queues import of_queue

if TYPE_CHECKING:
    from dractl.diagnose.case import Case


def views(case: "Case", causes: Sequence[Cause]) -> Iterator[View]:
    """Yield what is said of a pod, beside its causes."""
    yield from of_queue(case, causes)
    yield from of_autoscalers(case, causes)
    yield from of_kubelet(case, causes)
