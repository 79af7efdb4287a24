"""The device taint eviction controller, for DeviceTaintRules, one step at a time.

Follows Kubernetes 1.36, pkg/controller/devicetainteviction. Taints that drivers publish
in slices evict nobody here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.apiserver.endings import end_pod
from tests.apiserver.resources import Served, Wire
from tests.apiserver.store import Store, Stored, hub_of

NAME: Final = "device-taint-eviction-controller"
_CONDITION: Final = "EvictionInProgress"


@dataclass
class Controller:
    """Acts on the rules of a store whenever `step` is called.

    The first step after a change of a rule writes what is pending, the second deletes
    the pods that are due, and the third tells that it is done.
    """

    store: Store
    served: Served
    _evicted: dict[str, int] = field(default_factory=dict)

    def step(self) -> None:
        """Look at every rule once."""
        rules = self.served.of_kind("DeviceTaintRule")
        for rule in list(self.store.all(rules)):
            if _effect(rule) == "NoExecute":
                self._evict(rule)
            elif not _is_observed(rule):
                self._tell(rule, "False", *self._idle(rule))

    def _evict(self, rule: Stored) -> None:
        pods = list(self._pods(rule))
        was_pending = _is_observed(rule) and _condition(rule)["status"] == "True"
        if was_pending:
            due = [pod for pod, seconds in pods if self._is_due(rule, seconds)]
            for pod in due:
                self._delete(pod)
            uid = rule.metadata["uid"]
            self._evicted[uid] = self._evicted.get(uid, 0) + len(due)
            if due:
                return
        count = self._evicted.get(rule.metadata["uid"], 0)
        done = [f"{count} pods evicted so far."] if count else []
        if pods:
            message = f"{_counted([pod for pod, _ in pods])} to be evicted."
            reason = "PodsPendingEviction"
            self._tell(rule, "True", reason, " ".join([message, *done]))
        else:
            reason = "Completed" if count else "NotStarted"
            self._tell(rule, "False", reason, " ".join(done))

    def _idle(self, rule: Stored) -> tuple[str, str]:
        """Return reason and message for a rule that evicts nobody."""
        if _effect(rule) != "None":
            return "OtherEffect", "Only NoExecute evicts."
        published = sum(
            _selects(rule, spec["driver"], spec["pool"]["name"], device["name"])
            for spec in (each["spec"] for each in self.store.of_kind("ResourceSlice"))
            for device in spec.get("devices", ())
        )
        allocated = {
            (result["driver"], result["pool"], result["device"])
            for claim in self.store.of_kind("ResourceClaim")
            for result in _results(claim)
            if _selects(rule, result["driver"], result["pool"], result["device"])
        }
        pods = _counted([pod for pod, _ in self._pods(rule)])
        return "NoEffect", (
            f"{published} published and {len(allocated)} allocated devices selected. "
            f"With NoExecute: {pods} to be evicted."
        )

    def _pods(self, rule: Stored) -> Iterator[tuple[Stored, int]]:
        """Yield the pods that have to go, and how many seconds they may stay."""
        pods = self.served.of_kind("Pod", "")
        for pod in self.store.all(pods):
            if not (pod.document.get("spec") or {}).get("nodeName"):
                continue
            stays = [
                seconds
                for claim in self.store.of_kind("ResourceClaim")
                if _is_reserved(claim, pod)
                for seconds in _stays(rule, claim)
            ]
            if stays:
                yield pod, min(stays)

    def _is_due(self, rule: Stored, seconds: int) -> bool:
        added = rule.document["spec"]["taint"].get("timeAdded")
        if added is None:  # only in what a test added: servers date all taints
            return False
        return self.store.clock.seconds_since(added) >= seconds

    def _delete(self, pod: Stored) -> None:
        events = self.served.of_kind("Event", "")
        # Real names end with the time in nanoseconds, too, so they sort by time.
        number = int(self.store.clock.now.timestamp()) * 10**9 + self.store.revision
        event = _event(pod, self.store.clock.text, number)
        metadata = event["metadata"] | {"uid": self.store.new_uid()}
        self.store.put(events, event | {"metadata": metadata})
        end_pod(pod, self.store)

    def _tell(self, rule: Stored, status: str, reason: str, message: str) -> None:
        """Write the condition, unless it says so already."""
        before = _condition(rule)
        condition: Wire = {
            "type": _CONDITION,
            "status": status,
            "observedGeneration": rule.metadata["generation"],
            "lastTransitionTime": self.store.clock.text,
            "reason": reason,
            "message": message,
        }
        if before.get("status") == status:
            condition["lastTransitionTime"] = before["lastTransitionTime"]
        if condition != before:
            document = rule.document | {"status": {"conditions": [condition]}}
            self.store.put(rule.resource, document, rule.owners)


def _effect(rule: Stored) -> str:
    effect: str = rule.document["spec"]["taint"]["effect"]
    return effect


def _condition(rule: Stored) -> Wire:
    conditions = (rule.document.get("status") or {}).get("conditions") or ()
    return next((each for each in conditions if each["type"] == _CONDITION), {})


def _is_observed(rule: Stored) -> bool:
    return bool(
        _condition(rule).get("observedGeneration") == rule.metadata["generation"]
    )


def _selects(rule: Stored, driver: str, pool: str, device: str) -> bool:
    selector = rule.document["spec"].get("deviceSelector")
    wanted = {"driver": driver, "pool": pool, "device": device}
    # No selector selects nothing, an empty one everything.
    return selector is not None and all(
        selector.get(key) in (None, value) for key, value in wanted.items()
    )


def _results(claim: Wire) -> list[Wire]:
    allocation = (claim.get("status") or {}).get("allocation") or {}
    results: list[Wire] = (allocation.get("devices") or {}).get("results") or []
    return results


def _is_reserved(claim: Wire, pod: Stored) -> bool:
    users = (claim.get("status") or {}).get("reservedFor") or ()
    return any(user.get("uid") == pod.metadata["uid"] for user in users)


def _stays(rule: Stored, claim: Wire) -> Iterator[int]:
    """Yield for how long each result of a claim bears the rule, unless for ever."""
    for result in _results(claim):
        if not _selects(rule, result["driver"], result["pool"], result["device"]):
            continue
        taint = rule.document["spec"]["taint"]
        borne = [
            each.get("tolerationSeconds")
            for each in result.get("tolerations") or ()
            if _tolerates(each, taint)
        ]
        limits = [seconds for seconds in borne if seconds is not None]
        if limits or not borne:
            yield min(limits, default=0)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    is_any = toleration.get("operator") == "Exists"
    return (
        toleration.get("effect") == "NoExecute"
        and toleration.get("key") in (None, "", taint["key"])
        and (is_any or toleration.get("value", "") == taint.get("value", ""))
    )


def _counted(pods: list[Stored]) -> str:
    namespaces = {pod.metadata["namespace"] for pod in pods}
    return f"{len(pods)} pods in {len(namespaces)} namespaces"


def _event(pod: Stored, now: str, number: int) -> Wire:
    namespace = pod.metadata["namespace"]
    return hub_of(
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": f"{pod.name}.{number:x}",
                "namespace": namespace,
                "creationTimestamp": now,
            },
            "involvedObject": {
                "kind": "Pod",
                "namespace": namespace,
                "name": pod.name,
                "uid": pod.metadata["uid"],
                "apiVersion": "v1",
            },
            "reason": "DeviceTaintManagerEviction",
            "message": "The pod is going to be deleted",
            "source": {"component": NAME},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "type": "Normal",
            "eventTime": None,
            "reportingComponent": NAME,
            "reportingInstance": "",
        }
    )
