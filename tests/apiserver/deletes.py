"""Deleting objects, and the eviction of pods."""

from dataclasses import dataclass
from typing import Final

from tests.apiserver.messages import Answer, Request, answer
from tests.apiserver.resources import Wire
from tests.apiserver.selectors import fits, selects
from tests.apiserver.statuses import (
    cause,
    conflict,
    described,
    success,
    too_many_requests,
)
from tests.apiserver.store import Store, Stored
from tests.apiserver.targets import Target

_ENDED: Final = frozenset({"Failed", "Succeeded"})


@dataclass(frozen=True)
class Options:
    """How to delete: DeleteOptions. `grace` None: as long as the pod says."""

    grace: int | None
    is_dry_run: bool
    preconditions: Wire

    @staticmethod
    def of(request: Request, given: Wire) -> "Options":
        """Read them from a body; the query counts, too."""
        grace = given.get("gracePeriodSeconds", request.query.get("gracePeriodSeconds"))
        return Options(
            None if grace is None else int(grace),
            request.is_dry_run or "All" in (given.get("dryRun") or ()),
            given.get("preconditions") or {},
        )


@dataclass(frozen=True)
class Deletes:
    """What takes objects out of the store."""

    store: Store

    def delete(self, request: Request, target: Target) -> Answer:
        """Answer DELETE for one object."""
        stored = target.stored(self.store)
        given = request.document() if request.body.strip() else {}
        last = self._deleted(stored, Options.of(request, given))
        if target.resource.shows_deleted or last.metadata.get("finalizers"):
            return answer(last.whole(target.version))
        uid = {"uid": last.metadata["uid"]}
        return answer(success(described(target.resource, target.name) | uid))

    def delete_all(self, request: Request, target: Target) -> Answer:
        """Answer DELETE for a collection: delete what the selectors choose."""
        chosen = selects(request.query, target.resource)
        options = Options.of(request, {})
        gone = [
            self._deleted(stored, options)
            for stored in list(self.store.all(target.resource))
            if target.namespace in (None, stored.metadata.get("namespace"))
            and (chosen is None or chosen(stored.document))
        ]
        return answer(
            {
                "kind": f"{target.resource.kind}List",
                "apiVersion": target.api_version,
                "metadata": {"resourceVersion": str(self.store.revision)},
                "items": [stored.form(target.version) for stored in gone],
            }
        )

    def evict(self, request: Request, target: Target) -> Answer:
        """Answer a POST of an Eviction, which disruption budgets may forbid."""
        pod = target.stored(self.store)
        given = request.document().get("deleteOptions") or {}
        if self._is_protected(pod):
            causes = [cause("DisruptionBudget", "no more pods may be missing")]
            raise too_many_requests("a disruption budget forbids it", 0, causes)
        self._deleted(pod, Options.of(request, given))
        return answer(success(code=201), 201)

    def _deleted(self, stored: Stored, options: Options) -> Stored:
        """Delete an object, or mark it, as its finalizers or its kubelet want it."""
        check_preconditions(stored, options.preconditions)
        seconds = _grace(stored, options.grace)
        if not seconds and not stored.metadata.get("finalizers"):
            return stored if options.is_dry_run else self.store.remove(stored)
        marks = {
            "deletionTimestamp": self.store.clock.text,
            "deletionGracePeriodSeconds": seconds,
        }
        marked = stored.document | {"metadata": marks | stored.metadata}
        if options.is_dry_run or marked == stored.document:
            return Stored(stored.resource, marked, stored.owners)
        return self.store.put(stored.resource, marked, stored.owners)

    def _is_protected(self, pod: Stored) -> bool:
        labels = pod.metadata.get("labels") or {}
        return any(
            (budget.get("status") or {}).get("disruptionsAllowed", 0) < 1
            for budget in self.store.of_kind("PodDisruptionBudget")
            if budget["metadata"].get("namespace") == pod.metadata.get("namespace")
            and fits((budget.get("spec") or {}).get("selector") or {}, labels)
        )


def check_preconditions(stored: Stored, wanted: Wire) -> None:
    """Refuse what is meant for another object of that name, or another state of it."""
    for field in ("uid", "resourceVersion"):
        value = wanted.get(field)
        if value and value != stored.metadata[field]:
            raise conflict(stored.resource, stored.name, f"its {field} is not {value}")


def _grace(stored: Stored, wanted: int | None) -> int:
    """Return the seconds that a pod has; it has none if no kubelet runs it."""
    spec = stored.document.get("spec") or {}
    phase = (stored.document.get("status") or {}).get("phase")
    if stored.resource.kind != "Pod" or not spec.get("nodeName") or phase in _ENDED:
        return 0
    own = int(spec.get("terminationGracePeriodSeconds", 30))
    return own if wanted is None else wanted
