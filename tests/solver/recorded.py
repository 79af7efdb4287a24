"""What upstream's allocator did, recorded: clusters with answers, and a real scheduler.

The whole sets lie in `shared/`; where that is absent, samples of them beside this file
take their place. All are of Kubernetes 1.36.2.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dractl.api.decode import Decoded, decode
from dractl.api.encode import allocation_to_wire
from dractl.api.snapshot import Snapshot
from dractl.model.claims import ResourceClaim
from dractl.model.nodeselection import Requirement, requirement_matches
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted, PoolsInvalid
from tests.scenarios import SHARED, Answer, Scenario

Wire = dict[str, Any]

RELEASE: Final = "1.36"
_V1: Final = "resource.k8s.io/v1"
_HERE: Final = Path(__file__).parent / "vectors"
_SHARE: Final = "*"
Outcome = tuple[str, list[Wire]]  # what kind, and an allocation per claim


def lines(name: str) -> Iterator[Wire]:
    """Yield the lines of a recorded file: the whole of it if it is there."""
    whole = SHARED / "vectors" / f"{name}.jsonl.gz"
    if whole.is_file():
        with gzip.open(whole, "rt") as text:
            yield from map(json.loads, text)
    else:
        with (_HERE / f"{name}.jsonl").open() as text:
            yield from map(json.loads, text)


def upstream_cases() -> Iterator[Wire]:
    """Yield the cases of upstream's own tests; none if they are not here."""
    path = SHARED / "upstream" / "allocator-cases.jsonl.gz"
    if path.is_file():
        with gzip.open(path, "rt") as text:
            yield from map(json.loads, text)


@dataclass(frozen=True)
class Question:
    """A cluster and the claims to allocate in it."""

    snapshot: Snapshot
    claims: Sequence[ResourceClaim]

    def outcome(self, node: Node) -> Outcome:
        """Return what dractl says for a node."""
        try:
            answer = Allocator(self.snapshot).allocate(node, self.claims)
        except PoolsInvalid:
            return ("invalid pools", [])
        except AllocationAborted:
            return ("aborted", [])
        if answer.allocations is None:
            return ("none", [])
        return ("allocated", normal(map(allocation_to_wire, answer.allocations)))


def question(case: Scenario) -> Question:
    """Return a recorded scenario as a question; its claims may have equal names."""
    documents = list(case.documents())
    snapshot = Snapshot.from_documents(
        documents, kubernetes=RELEASE, feature_gates=case.gates
    )
    assert not snapshot.problems
    return Question(snapshot, list(_pending(documents)))


def case_of(raw: Wire) -> Scenario:
    """Return a line of a file of scenarios; a node may have several right answers."""
    answers = {
        node: tuple(
            Answer(each.get("allocations"), each.get("error"))
            for each in (recorded if isinstance(recorded, list) else [recorded])
        )
        for node, recorded in raw.get("expect", {}).items()
    }
    # Upstream writes a pair of gates that only work together as "A+B".
    features = {part for feature in raw["features"] for part in feature.split("+")}
    return Scenario(raw["name"], frozenset(features), raw, answers)


def _pending(documents: Iterable[Wire]) -> Iterator[ResourceClaim]:
    for document in documents:
        if document["kind"] == "ResourceClaim" and "status" not in document:
            read = decode(document)
            assert isinstance(read, Decoded)
            assert isinstance(read.value, ResourceClaim)
            yield read.value


def expected(answer: Answer) -> Outcome:
    """Return a recorded answer in the form of `outcome`."""
    if answer.error is not None:
        invalid = "invalid resource pools" in answer.error
        return ("invalid pools" if invalid else "aborted", [])
    if answer.allocations is None:
        return ("none", [])
    return ("allocated", normal(answer.allocations))


def normal(allocations: Iterable[Mapping[str, Any]]) -> list[Wire]:
    """Return allocations without what is random or a time."""
    found: list[Wire] = json.loads(json.dumps(list(allocations)))
    for allocation in found:
        allocation.pop("allocationTimestamp", None)
        for result in allocation["devices"].get("results", ()):
            if "shareID" in result:
                result["shareID"] = _SHARE
    return found


@dataclass(frozen=True)
class Step:
    """One decision of a real scheduler, with the cluster as it was before.

    `node` is where it put the pod, None if nowhere; then `message` says why.
    """

    pod: str
    question: Question
    node: str | None
    allocations: list[Wire]
    message: str
    node_selector: Mapping[str, str]

    @property
    def nodes(self) -> list[Node]:
        """The nodes that the pod's nodeSelector allows."""
        wanted = [
            Requirement(key, "In", (value,))
            for key, value in self.node_selector.items()
        ]
        return [
            node
            for node in self.question.snapshot.nodes
            if all(requirement_matches(each, node.meta.labels) for each in wanted)
        ]


def steps() -> Iterator[Step]:
    """Yield the decisions in order; what a pod was given stays taken."""
    recorded = lines("replay")
    documents: list[Wire] = next(recorded)["initial"]
    for raw in recorded:
        pending = [_claim(raw, use) for use in raw["pod"]["spec"]["resourceClaims"]]
        given = {each["podClaim"]: each["allocation"] for each in raw["allocations"]}
        order = [use["name"] for use in raw["pod"]["spec"]["resourceClaims"]]
        yield _step(raw, [*documents, *pending], [given[n] for n in order if given])
        if raw["node"] and not raw.get("deletedAfter"):
            documents = documents + [
                {**claim, "status": {"allocation": given[name]}}
                for claim, name in zip(pending, order, strict=True)
            ]


def _claim(raw: Wire, use: Wire) -> Wire:
    """Return the claim that is made for a pod from its template."""
    template = next(
        each
        for each in raw["templates"]
        if each["metadata"]["name"] == use["resourceClaimTemplateName"]
    )
    name = f"{raw['pod']['metadata']['name']}-{use['name']}"
    return {
        "apiVersion": _V1,
        "kind": "ResourceClaim",
        "metadata": {"name": name, "namespace": "default", "uid": name},
        "spec": template["spec"]["spec"],
    }


def _step(raw: Wire, documents: list[Wire], given: list[Wire]) -> Step:
    snapshot = Snapshot.from_documents(
        documents, kubernetes=RELEASE, feature_gates={"AllBeta": True}
    )
    assert not snapshot.problems
    return Step(
        pod=raw["pod"]["metadata"]["name"],
        question=Question(snapshot, list(_pending(documents))),
        node=raw["node"],
        allocations=normal(given),
        message=raw["message"] or "",
        node_selector=raw["pod"]["spec"].get("nodeSelector") or {},
    )
