"""Pods are evicted when the controller would do it."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.model.claims import ConsumerReference, OwnerReference, Toleration
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import PodClaim
from dractl.taints.eviction import Due, Evictions, Reason
from dractl.taints.fleet import Fleet
from dractl.taints.moments import moment
from tests.builders import DRIVER, rule, snapshot
from tests.taints.cluster import (
    EARLIER,
    NOW,
    RULES_ON,
    User,
    gpu,
    hot,
    of_node,
    tolerates_hot,
    used_by,
    user,
)
from tests.taints.controller import eviction_time
from tests.taints.generated import RULES, TAINTS, USERS

SINCE = NOW - timedelta(hours=1)
ON_N1 = (DRIVER, "n1")


def when(
    found: User,
    *rules: DeviceTaintRule,
    gates: dict[str, bool] | None = None,
    kubernetes: str = "1.36",
) -> datetime | None:
    known = used_by(found, rules=rules, gates=gates, kubernetes=kubernetes)
    due = Evictions(Fleet(known), known.taint_rules).of_pod(found.pod)
    return None if due is None else due.when


def seconds(*values: int | None) -> list[Toleration]:
    return [tolerates_hot(each) for each in values]


@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        ([], SINCE),
        (seconds(None), None),
        (seconds(60), SINCE + timedelta(seconds=60)),
        (seconds(60, 30), SINCE + timedelta(seconds=30)),
        (seconds(-5), SINCE),
        (seconds(60, None), None),
        ([tolerates_hot(effect="")], SINCE),
        ([tolerates_hot(effect="NoSchedule")], SINCE),
        ([Toleration("cold", "Exists", "", "NoExecute")], SINCE),
        ([Toleration("", "Exists", "", "NoExecute")], None),
        ([Toleration("hot", "Equal", "very", "NoExecute")], SINCE),
    ],
)
def test_tolerations_of_the_allocation_put_it_off(
    tolerations: Sequence[Toleration], expected: datetime | None
) -> None:
    found = user("web", "n1/gpu-0", tolerations=tolerations)
    assert when(found, rule(hot(), *ON_N1)) == expected


@pytest.mark.parametrize(
    "found",
    [
        user("web", "n1/gpu-0", node_name=""),
        user("web", "n1/gpu-0", is_reserved=False),
        user("web", "n1/gpu-0", is_special=True),
        user("web", "n2/gpu-0"),
        user("web"),
    ],
    ids=["no node", "not reserved", "extended resource", "other device", "no device"],
)
def test_pods_that_the_controller_does_not_look_at_stay(found: User) -> None:
    assert when(found, rule(hot(), *ON_N1)) is None


@pytest.mark.parametrize(
    "made",
    [
        rule(hot("NoSchedule"), *ON_N1),
        rule(hot("None"), *ON_N1),
        rule(hot(), selects=False),
        rule(hot(since=None), *ON_N1),
    ],
    ids=["NoSchedule", "None", "no selector", "no time"],
)
def test_some_rules_evict_nobody(made: DeviceTaintRule) -> None:
    assert when(user("web", "n1/gpu-0"), made) is None


@pytest.mark.parametrize(
    ("kubernetes", "gates"),
    [("1.36", {}), ("1.35", {"DRADeviceTaints": True}), ("1.34", {}), ("1.32", {})],
)
def test_without_the_gates_rules_evict_nobody(
    kubernetes: str, gates: dict[str, bool]
) -> None:
    found = user("web", "n1/gpu-0")
    made = rule(hot(), *ON_N1)
    assert when(found, made, gates=gates, kubernetes=kubernetes) is None


def test_one_gate_sufficed_before_1_35() -> None:
    found = when(
        user("web", "n1/gpu-0"),
        rule(hot(), *ON_N1),
        gates={"DRADeviceTaints": True},
        kubernetes="1.34",
    )
    assert found == SINCE


def test_a_device_that_is_not_published_any_more_counts_for_rules() -> None:
    assert when(user("web", "n1/gone"), rule(hot(), *ON_N1)) == SINCE


def test_all_taints_that_call_for_it_are_reasons() -> None:
    own = Taint("sick", "", "NoExecute", EARLIER)
    found = user("web", "n1/gpu-0")
    sick = dataclasses.replace(gpu(0, "n1"), taints=(own,))
    known = snapshot(
        feature_gates=RULES_ON,
        slices=(of_node("n1", sick),),
        claims=(found.claim,),
        rules=(rule(hot(), *ON_N1),),
    )
    device = sick.id
    assert Evictions(Fleet(known), known.taint_rules).of_pod(found.pod) == Due(
        SINCE,
        (
            Reason(device, own),
            Reason(device, dataclasses.replace(hot(), rule="rule-0")),
        ),
    )


@pytest.mark.parametrize(("gate", "expected"), [(True, SINCE), (False, None)])
def test_a_group_reserves_for_its_pods(
    gate: bool,
    expected: datetime | None,
) -> None:
    pod, claim = user("web", "n1/gpu-0")
    group = ConsumerReference("podgroups", "all", "", "scheduling.k8s.io")
    found = User(
        dataclasses.replace(pod, group="all"),
        dataclasses.replace(claim, reserved_for=(group,)),
    )
    gates = {**RULES_ON, "DRAWorkloadResourceClaims": gate}
    assert when(found, rule(hot(), *ON_N1), gates=gates) == expected


@pytest.mark.parametrize(
    ("owner", "names", "expected"),
    [
        ("uid-web", {"gpu": "web-claim"}, SINCE),
        ("uid-other", {"gpu": "web-claim"}, None),
        ("uid-web", {"gpu": None}, None),
        ("uid-web", {}, None),
    ],
    ids=["made for it", "made for another", "none needed", "not recorded"],
)
def test_a_claim_from_a_template_must_be_that_of_the_pod(
    owner: str, names: dict[str, str | None], expected: datetime | None
) -> None:
    pod, claim = user("web", "n1/gpu-0")
    reference = OwnerReference("Pod", "web", owner, controller=True)
    found = User(
        dataclasses.replace(
            pod, claims=(PodClaim("gpu", template="t"),), claim_names=names
        ),
        dataclasses.replace(
            claim, meta=dataclasses.replace(claim.meta, owners=(reference,))
        ),
    )
    assert when(found, rule(hot(), *ON_N1)) == expected


@pytest.mark.property
@given(found=USERS, rules=RULES, own=st.lists(TAINTS, max_size=2))
def test_evictions_are_those_of_the_controller(
    found: User, rules: list[DeviceTaintRule], own: list[Taint]
) -> None:
    sick = dataclasses.replace(gpu(0, "n1"), taints=tuple(own))
    known = snapshot(
        feature_gates=RULES_ON,
        slices=(of_node("n1", sick, gpu(1, "n1")), of_node("n2", gpu(0, "n2"))),
        claims=(found.claim,),
        pods=(found.pod,),
        rules=rules,
    )
    due = Evictions(Fleet(known), rules).of_pod(found.pod)
    assert (due.when if due else None) == eviction_time(found.pod, known)
    assert all(moment(each.taint.time_added) for each in (due.reasons if due else ()))
