"""The eviction of pods, which disruption budgets may forbid."""

from tests.apiserver.messages import Answer, Request, answer
from tests.apiserver.selectors import fits
from tests.apiserver.statuses import cause, success, too_many_requests
from tests.apiserver.store import Store, Stored
from tests.apiserver.targets import Target
from tests.apiserver.writes import Writes


def evicted(request: Request, target: Target, writes: Writes) -> Answer:
    """Answer a POST of an Eviction."""
    pod = writes.stored(target)
    options = request.document().get("deleteOptions") or {}
    if _is_protected(pod, writes.store):
        causes = [cause("DisruptionBudget", "no more pods may be missing")]
        raise too_many_requests("a disruption budget forbids it", 0, causes)
    is_dry_run = request.is_dry_run or "All" in options.get("dryRun", ())
    writes.deleted(pod, options.get("gracePeriodSeconds"), is_dry_run=is_dry_run)
    return answer(success(code=201), 201)


def _is_protected(pod: Stored, store: Store) -> bool:
    labels = pod.metadata.get("labels") or {}
    return any(
        (budget.get("status") or {}).get("disruptionsAllowed", 0) < 1
        for budget in store.of_kind("PodDisruptionBudget")
        if budget["metadata"].get("namespace") == pod.metadata.get("namespace")
        and fits((budget.get("spec") or {}).get("selector") or {}, labels)
    )
