"""The answers as JSON have the shape that their schema promises."""

import dataclasses
import json

from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.api.spelling import taint
from dractl.model.claims import Condition, ObjectMeta
from dractl.model.cluster import Profile
from dractl.model.workloads import PodDisruptionBudget
from dractl.taints.availability import known_bugs
from dractl.taints.document import list_document, plan_document
from dractl.taints.fleet import Fleet
from dractl.taints.impact import impact
from dractl.taints.listing import taints_of
from dractl.taints.order import Removal
from dractl.taints.plan import Plan, plan
from dractl.taints.removal import taking_back
from dractl.taints.rules import Remarks
from dractl.taints.targets import Targets, resolved
from tests.answers import validate
from tests.builders import DRIVER, claim, request, rule, snapshot
from tests.cli.run import ROOT
from tests.taints.cluster import (
    CLASSES,
    EARLIER,
    NODES,
    NOW,
    OURS,
    RULES_ON,
    SLICES,
    gpu,
    hot,
    of_node,
    user,
)

SCHEMA = json.loads((ROOT / "schemas/output/taint.v1.json").read_text("utf-8"))
PROBLEM = Problem("Node", "", "n", "spec", "bad", "a.yaml:1")
SAID = Condition("EvictionInProgress", "True", "PodsPendingEviction", "1 pod")


def known() -> Snapshot:
    goes = user("web", "n1/gpu-0")
    sick = dataclasses.replace(gpu(1, "n1"), taints=(hot("None"),))
    made = dataclasses.replace(
        rule(hot(), DRIVER, "n1", "gpu-0", labels=OURS), conditions=(SAID,)
    )
    found = snapshot(
        feature_gates=RULES_ON,
        nodes=NODES,
        classes=CLASSES,
        slices=(of_node("n1", gpu(0, "n1"), sick), *SLICES[1:]),
        claims=(goes.claim, claim(request(count=4), name="waits")),
        pods=(goes.pod,),
        rules=(made, rule(hot(), selects=False, name="bare")),
    )
    budget = PodDisruptionBudget(ObjectMeta("budget", "default"), ())
    return dataclasses.replace(found, budgets=(budget,))


def test_a_plan_is_written_with_what_it_does() -> None:
    fleet = Fleet(known())
    profile = fleet.snapshot.profile
    made = plan(
        fleet,
        resolved(fleet, Targets((f"{DRIVER}/n1",))),
        [taint("hot:NoExecute")],
        Remarks("ops"),
    )
    weighed = impact(fleet, made, NOW)
    document = plan_document(
        made, weighed, profile, known_bugs(made, weighed, profile), [PROBLEM]
    )
    validate(document, SCHEMA)
    assert document["impact"] == {
        "devices": {"count": 2, "names": [f"{DRIVER}/n1/gpu-0", f"{DRIVER}/n1/gpu-1"]},
        "already": {"count": 1, "names": [f"{DRIVER}/n1/gpu-0"]},
        "unpublished": {"count": 0, "names": []},
        "claims": [{"namespace": "default", "name": "web-claim"}],
        "pods": [
            {
                "namespace": "default",
                "name": "web",
                "node": "n1",
                "fate": "evicted",
                "why": "does not tolerate hot:NoExecute",
                "evictedAt": EARLIER,
                "evictedAtBefore": EARLIER,
                "causedByPlan": False,
                "claims": [{"namespace": "default", "name": "web-claim"}],
                "devices": {"count": 1, "names": [f"{DRIVER}/n1/gpu-0"]},
                "daemonSet": False,
                "budgets": ["budget"],
            }
        ],
        "preview": [],
        "stranded": [],
        "notices": [],
    }


def test_what_is_stranded_is_written() -> None:
    waits = claim(request(), name="waits")
    fleet = Fleet(dataclasses.replace(known(), claims=(waits,), taint_rules=()))
    made = plan(
        fleet, resolved(fleet, Targets(everything=True)), [taint("hot:NoSchedule")]
    )
    document = plan_document(made, impact(fleet, made, NOW), Profile.of("1.36"))
    validate(document, SCHEMA)
    weighed = document["impact"]
    assert isinstance(weighed, dict)
    assert weighed["stranded"] == [
        {
            "pod": None,
            "claims": [{"namespace": "default", "name": "waits"}],
            "node": "n1",
        }
    ]


def test_a_removal_is_written() -> None:
    fleet = Fleet(known())
    back = taking_back(
        fleet, resolved(fleet, Targets((f"{DRIVER}/n1",))), [Removal("hot")]
    )
    document = plan_document(back, impact(fleet, back, NOW), fleet.snapshot.profile)
    validate(document, SCHEMA)
    assert document["removed"] == [
        {
            "name": "rule-0",
            "selector": {"driver": DRIVER, "pool": "n1", "device": "gpu-0"},
            "taint": {
                "key": "hot",
                "value": "",
                "effect": "NoExecute",
                "timeAdded": EARLIER,
            },
            "madeByDractl": True,
        }
    ]


def test_a_plan_may_be_written_before_it_is_weighed() -> None:
    document = plan_document(Plan(), None, Profile.of("1.37"))
    validate(document, SCHEMA)
    assert document["impact"] is None


def test_a_list_is_written() -> None:
    fleet = Fleet(known())
    document = list_document(taints_of(fleet, NOW), fleet.snapshot.profile, [PROBLEM])
    validate(document, SCHEMA)
    taints = document["taints"]
    assert isinstance(taints, list)
    assert [(each["rule"], each["driver"]) for each in taints] == [
        ("rule-0", None),
        ("bare", None),
        (None, DRIVER),
    ]
    assert taints[0]["eviction"] == {
        "status": "True",
        "reason": "PodsPendingEviction",
        "message": "1 pod",
    }
    assert taints[0]["leaving"] == [
        {"namespace": "default", "name": "web", "at": EARLIER}
    ]
    assert taints[1]["selector"] is None
