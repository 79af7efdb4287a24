import json
from typing import Any

import pytest

from dractl.api.problems import Problem
from dractl.diagnose.answer import (
    Cause,
    ClaimReport,
    DeviceReport,
    Explanation,
    Link,
    PodReport,
    View,
    WorkloadReport,
)
from dractl.diagnose.document import device_document, document
from dractl.model.attributes import SemVer
from dractl.model.claims import ClaimSpec, ObjectMeta, ResourceClaim
from dractl.model.cluster import Profile
from dractl.model.devices import Taint
from dractl.model.workloads import Pod
from tests.answers import validate
from tests.builders import device
from tests.cli.run import ROOT

SCHEMA = json.loads((ROOT / "schemas/output/explain.v1.json").read_text())

CAUSE = Cause(
    "devices-in-use", "all are in use", "c", "gpu", ("n1", "n2"), {"wants": 2},
    ("wait",), ("kubectl get pods",),
)  # fmt: skip
LINK = Link("gpu", "c", "pending", ("gpu: 2 h100",))
POD = PodReport(
    Pod(ObjectMeta("web", "ml")), (CAUSE,), "Job web", (LINK,), notes=("so",),
    ways=((0,),), views=(View("Kueue", "holds it", {"queue": "q"}),),
)  # fmt: skip
CLAIM = ClaimReport(
    ResourceClaim(ObjectMeta("c", "ml"), ClaimSpec()), (CAUSE,), ("web",), LINK, ("so",)
)
WHOLE = Explanation(
    Profile.of("1.36"), (POD,), (CLAIM,), ("no Nodes",),
    (Problem("Node", "", "n", "spec", "bad", "a.yaml:1"),),
    (WorkloadReport("Job", "ml", "train", (CAUSE,)),),
)  # fmt: skip
WIRE_CAUSE = {
    "code": "devices-in-use",
    "claim": "c",
    "request": "gpu",
    "message": "all are in use",
    "nodes": {"count": 2, "names": ["n1", "n2"]},
    "evidence": {"wants": 2},
    "fixes": ["wait"],
    "commands": ["kubectl get pods"],
}
WIRE_LINK = {
    "entry": "gpu",
    "claim": "c",
    "state": "pending",
    "wants": ["gpu: 2 h100"],
    "devices": [],
}


def test_the_answer_is_plain_data() -> None:
    found = document(WHOLE)

    assert {key: found[key] for key in ("kind", "kubernetes", "unchecked")} == {
        "kind": "ExplainResult",
        "kubernetes": "1.36",
        "unchecked": ["no Nodes"],
    }
    assert found["pods"] == [
        {
            "namespace": "ml",
            "name": "web",
            "phase": "Pending",
            "node": None,
            "owner": "Job web",
            "claims": ["c"],
            "causes": [WIRE_CAUSE],
            "ways": [[0]],
            "lands": None,
            "links": [WIRE_LINK],
            "notes": ["so"],
            "views": [
                {"by": "Kueue", "message": "holds it", "evidence": {"queue": "q"}}
            ],
        }
    ]
    assert found["workloads"] == [
        {"kind": "Job", "namespace": "ml", "name": "train", "causes": [WIRE_CAUSE]}
    ]
    assert found["claims"] == [
        {
            "namespace": "ml",
            "name": "c",
            "users": ["web"],
            "causes": [WIRE_CAUSE],
            "link": WIRE_LINK,
            "notes": ["so"],
        }
    ]
    assert found["problems"] == [
        {
            "where": "a.yaml:1",
            "kind": "Node",
            "namespace": "",
            "name": "n",
            "path": "spec",
            "message": "bad",
        }
    ]


def test_the_answer_is_what_the_schema_says() -> None:
    validate(document(WHOLE), SCHEMA)


def test_the_answer_can_be_read_like_a_mapping() -> None:
    assert dict(WHOLE) == document(WHOLE)
    assert len(WHOLE) == len(document(WHOLE))


def wire_of(report: PodReport) -> dict[str, Any]:
    """Return one pod of an answer as plain data."""
    pods = Explanation(Profile.of("1.36"), (report,)).document["pods"]
    assert isinstance(pods, list)
    found: dict[str, Any] = pods[0]
    return found


def test_of_very_many_nodes_the_first_are_named_and_all_are_counted() -> None:
    names = tuple(f"n{number}" for number in range(1000))
    many = PodReport(Pod(ObjectMeta("web")), (Cause("unknown", "x", nodes=names),))

    found = wire_of(many)

    assert found["causes"][0]["nodes"] == {"count": 1000, "names": list(names[:256])}


def test_a_claim_that_is_yet_to_be_made_has_no_name() -> None:
    unmade = PodReport(Pod(ObjectMeta("web")), links=(Link("gpu", "", "missing"),))

    found = wire_of(unmade)

    assert (found["claims"], found["links"][0]["claim"]) == ([], None)


@pytest.mark.parametrize(
    ("answer", "is_stuck"),
    [
        (Explanation(Profile.of("1.36")), False),
        (Explanation(Profile.of("1.36"), (PodReport(Pod(ObjectMeta("w"))),)), False),
        (Explanation(Profile.of("1.36"), (POD,)), True),
        (Explanation(Profile.of("1.36"), claims=(CLAIM,)), True),
    ],
    ids=["nothing", "well", "pod", "claim"],
)
def test_an_answer_with_a_cause_is_stuck(
    answer: Explanation, *, is_stuck: bool
) -> None:
    assert answer.is_stuck is is_stuck


def test_a_device_is_plain_data_too() -> None:
    gpu = device(
        attributes={"fast": True, "v": SemVer.parse("1.2.3"), "n": 5, "model": "H100"},
        taints=[Taint("a", "b", "NoSchedule", "T", "rule")],
    )
    holder = {
        "device": "d", "claim": {"namespace": "ml", "name": "c"}, "consumers": [],
        "gone": [], "finished": [], "owners": [], "node": "",
    }  # fmt: skip

    found = device_document([DeviceReport(gpu, "s", ("n1",), (holder,))])

    validate(found, SCHEMA)
    assert found["devices"] == [
        {
            "device": "gpu.example.com/pool/gpu-0",
            "slice": "s",
            "nodes": {"count": 1, "names": ["n1"]},
            "attributes": {
                "gpu.example.com/fast": True,
                "gpu.example.com/model": "H100",
                "gpu.example.com/n": 5,
                "gpu.example.com/v": "1.2.3",
            },
            "capacity": [],
            "taints": [
                {"key": "a", "value": "b", "effect": "NoSchedule", "timeAdded": "T",
                 "rule": "rule"}
            ],
            "heldBy": [holder],
            "counters": [],
            "classes": [],
            "claims": [],
            "notes": [],
        }
    ]  # fmt: skip
