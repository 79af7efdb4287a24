"""What a plan does is told before anything is changed."""

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.api.spelling import taint
from dractl.model.claims import ObjectMeta
from dractl.model.devices import Taint
from dractl.model.nodeselection import Requirement
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import PodDisruptionBudget
from dractl.taints.fates import Fate
from dractl.taints.fleet import Fleet
from dractl.taints.impact import Impact, impact
from dractl.taints.order import Removal
from dractl.taints.plan import plan
from dractl.taints.removal import taking_back
from dractl.taints.targets import Targets, resolved
from tests.builders import DRIVER, claim, device, request, rule, snapshot
from tests.taints.cluster import (
    NOW,
    OURS,
    User,
    gpu,
    hot,
    of_node,
    tolerates_hot,
    used_by,
    user,
)
from tests.taints.controller import eviction_time
from tests.taints.generated import RULES, USERS

HOT = taint("hot:NoExecute")
SINCE = NOW - timedelta(hours=1)
WAITING = claim(request(), name="waits")


def weighed(found: Snapshot, taint: Taint = HOT, word: str = f"{DRIVER}/n1") -> Impact:
    fleet = Fleet(found)
    return impact(fleet, plan(fleet, resolved(fleet, Targets((word,))), [taint]), NOW)


def fates(found: Impact) -> dict[str, tuple[str, str]]:
    return {each.pod.meta.name: (str(each.fate), each.why) for each in found.pods}


def test_the_devices_and_claims_of_a_plan_are_told() -> None:
    one, gone = user("web", "n1/gpu-0"), user("old", "n1/gone")
    found = weighed(used_by(one, gone, user("other", "n2/gpu-0")))
    assert [each.device for each in found.devices] == ["gpu-0", "gpu-1", "gone"]
    assert [each.device for each in found.unpublished] == ["gone"]
    assert found.claims == (one.claim, gone.claim)
    assert [each.pod for each in found.pods] == [one.pod, gone.pod]


@pytest.mark.parametrize(
    ("found", "fate", "why"),
    [
        (user("web", "n1/gpu-0"), "evicted", "does not tolerate hot:NoExecute"),
        (
            user("web", "n1/gpu-0", tolerations=[tolerates_hot()]),
            "tolerates",
            "tolerates hot:NoExecute",
        ),
        (
            user("web", "n1/gpu-0", is_special=True),
            "spared",
            "has the device as an extended resource",
        ),
        (user("web", "n1/gpu-0", node_name=""), "stays", "has no node yet"),
        (
            user("web", "n1/gpu-0", is_reserved=False),
            "stays",
            "no claim of these devices is reserved for it",
        ),
    ],
)
def test_a_pod_has_a_fate(found: User, fate: str, why: str) -> None:
    assert fates(weighed(used_by(found))) == {"web": (fate, why)}


@pytest.mark.parametrize("effect", ["NoSchedule", "None"])
def test_other_effects_evict_nobody_and_show_who_would_go(effect: str) -> None:
    found = weighed(used_by(user("web", "n1/gpu-0")), taint(f"hot:{effect}"))
    assert fates(found) == {"web": ("stays", "nothing evicts it")}
    assert [each.pod.meta.name for each in found.preview] == ["web"]


def test_no_execute_needs_no_preview() -> None:
    assert weighed(used_by(user("web", "n1/gpu-0"))).preview == ()


def test_an_eviction_that_is_under_way_is_told_apart() -> None:
    [found] = weighed(used_by(user("web", "n1/gpu-0"), rules=[rule(hot())])).evicted
    assert found.due is not None
    assert found.due_before is not None
    assert (found.due.when, found.due_before.when) == (SINCE, SINCE)
    assert len(found.due.reasons) == 2


@pytest.mark.parametrize(
    ("rules", "is_caused"),
    [
        ([], True),
        ([rule(hot(since="2026-11-26T12:30:00Z"))], True),
        ([rule(hot())], False),
    ],
    ids=["nothing before", "later", "already"],
)
def test_an_eviction_that_the_plan_causes_is_told_apart(
    rules: list[DeviceTaintRule], *, is_caused: bool
) -> None:
    [found] = weighed(used_by(user("web", "n1/gpu-0"), rules=rules)).evicted
    assert found.is_caused is is_caused


def test_a_pod_that_stays_is_no_eviction() -> None:
    [found] = weighed(used_by(user("web", "n1/gpu-0", is_reserved=False))).pods
    assert not found.is_caused


def test_taking_a_rule_back_relieves_pods() -> None:
    fleet = Fleet(
        used_by(user("web", "n1/gpu-0"), rules=[rule(hot(), DRIVER, "n1", labels=OURS)])
    )
    back = taking_back(
        fleet, resolved(fleet, Targets((f"{DRIVER}/n1",))), [Removal("hot")]
    )
    [found] = impact(fleet, back, NOW).pods
    assert (found.fate, found.due) == (Fate.RELIEVED, None)
    assert found.due_before is not None


def test_devices_with_the_taint_are_told_whoever_put_it_there() -> None:
    sick = dataclasses.replace(gpu(0, "n1"), taints=(hot(),))
    found = dataclasses.replace(
        used_by(rules=[rule(hot(), DRIVER, "n1", "gpu-1")]),
        slices=(of_node("n1", sick, gpu(1, "n1"), gpu(2, "n1")),),
    )
    already = weighed(found).already
    assert [each.device for each in already] == ["gpu-0", "gpu-1"]


@pytest.mark.parametrize(
    ("selector", "namespace", "names"),
    [
        ((Requirement("app", "In", ("web",)),), "default", ["budget"]),
        ((), "default", ["budget"]),
        ((Requirement("app", "In", ("db",)),), "default", []),
        (None, "default", []),
        ((), "elsewhere", []),
    ],
    ids=["label", "all", "other label", "none", "other namespace"],
)
def test_budgets_of_evicted_pods_are_told(
    selector: tuple[Requirement, ...] | None, namespace: str, names: list[str]
) -> None:
    budget = PodDisruptionBudget(ObjectMeta("budget", namespace), selector)
    found = used_by(user("web", "n1/gpu-0", labels={"app": "web"}))
    [pod] = weighed(dataclasses.replace(found, budgets=(budget,))).evicted
    assert [each.meta.name for each in pod.budgets] == names


def test_pods_of_a_daemon_set_are_marked() -> None:
    found = weighed(
        used_by(user("a", "n1/gpu-0", owner="DaemonSet"), user("b", "n1/gpu-0"))
    )
    marks = {each.pod.meta.name: each.is_of_daemon_set for each in found.evicted}
    assert marks == {"a": True, "b": False}


def test_pods_that_are_being_deleted_are_left_out() -> None:
    pod, held = user("web", "n1/gpu-0")
    meta = dataclasses.replace(pod.meta, deletion_timestamp="2026-11-26T11:59:00Z")
    leaving = User(dataclasses.replace(pod, meta=meta), held)
    assert weighed(used_by(leaving)).pods == ()


def test_without_the_gate_nothing_happens() -> None:
    found = dataclasses.replace(
        used_by(user("web", "n1/gpu-0")), profile=snapshot(kubernetes="1.36").profile
    )
    assert fates(weighed(found)) == {"web": ("stays", "nothing evicts it")}


def test_a_claim_that_waits_may_lose_its_last_place() -> None:
    found = dataclasses.replace(
        used_by(user("web", "n2/gpu-0"), user("db", "n2/gpu-1")),
    )
    waiting = dataclasses.replace(found, claims=(*found.claims, WAITING))
    [lost] = weighed(waiting, taint("hot:NoSchedule")).stranded
    assert (lost.subject.claims, lost.node) == ((WAITING,), "n1")


@pytest.mark.parametrize(
    ("mark", "word"),
    [
        ("hot:NoSchedule", f"{DRIVER}/n2"),
        ("hot:None", DRIVER),
        ("hot:NoSchedule", "nic.example.com"),
    ],
    ids=["a place is left", "no effect", "other devices"],
)
def test_what_still_fits_is_not_stranded(mark: str, word: str) -> None:
    waiting = dataclasses.replace(used_by(), claims=(WAITING,))
    assert weighed(waiting, taint(mark), word).stranded == ()


def test_what_tolerates_the_taint_is_not_stranded() -> None:
    calm = claim(request(tolerations=[tolerates_hot(effect="")]), name="calm")
    waiting = dataclasses.replace(used_by(), claims=(calm,))
    assert weighed(waiting, word=DRIVER).stranded == ()


def test_what_fits_nowhere_anyway_is_not_stranded() -> None:
    large = claim(request(count=9), name="large")
    waiting = dataclasses.replace(used_by(), claims=(large,))
    assert weighed(waiting, word=DRIVER).stranded == ()


def test_progress_counts_what_waits() -> None:
    heard: list[tuple[int, int]] = []
    both = (WAITING, dataclasses.replace(WAITING, meta=ObjectMeta("two", "default")))
    fleet = Fleet(dataclasses.replace(used_by(), claims=both))
    made = plan(fleet, resolved(fleet, Targets((DRIVER,))), [HOT])
    found = impact(fleet, made, NOW, lambda done, total: heard.append((done, total)))
    assert heard == [(1, 2), (2, 2)]
    assert len(found.stranded) == 2


def test_without_nodes_what_waits_is_not_judged() -> None:
    found = dataclasses.replace(used_by(), nodes=(), claims=(WAITING,))
    told = weighed(found, word=DRIVER)
    assert told.stranded == ()
    assert [each.code for each in told.notices] == ["no-nodes"]


def test_a_device_of_another_driver_is_told_apart() -> None:
    assert weighed(used_by(), word="nic.example.com").devices == (
        device("nic-0", driver="nic.example.com", pool="fabric").id,
    )


@pytest.mark.property
@given(
    word=st.sampled_from([DRIVER, f"{DRIVER}/n1", f"{DRIVER}/n1/gpu-0"]),
    mark=st.sampled_from(["hot:NoExecute", "hot=v:NoExecute", "hot:None"]),
    found=st.lists(USERS, max_size=3, unique_by=lambda each: each.pod.meta.name),
    rules=RULES,
)
def test_a_plan_evicts_whom_the_controller_evicts_after_it(
    word: str, mark: str, found: list[User], rules: list[DeviceTaintRule]
) -> None:
    named = [dataclasses.replace(r, name=f"r{n}") for n, r in enumerate(rules)]
    fleet = Fleet(used_by(*found, rules=named))
    made = plan(fleet, resolved(fleet, Targets((word,))), [taint(mark)])
    after = dataclasses.replace(
        fleet.snapshot, taint_rules=made.rules_after(named, NOW)
    )
    for each in impact(fleet, made, NOW).pods:
        assert (each.due.when if each.due else None) == eviction_time(each.pod, after)
        assert (each.fate is Fate.EVICTED) == (each.due is not None)
