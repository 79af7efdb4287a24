"""Templates that nothing refers to."""

from typing import Any

import pytest

from tests.leftovers.cluster import (
    base,
    codes,
    found,
    gap,
    live,
    meta,
    only,
    owner,
    pod,
    template,
    workload,
)

Wire = dict[str, Any]
UNUSED = "template-unused"


def test_a_cluster_in_which_all_is_used_has_no_leftovers() -> None:
    assert codes() == []


def test_a_template_that_nothing_refers_to_is_to_be_reviewed() -> None:
    assert codes(template("t")) == [(UNUSED, "t", "review")]


@pytest.mark.parametrize(
    "user",
    [
        pod("p", "template/t"),
        workload("Deployment", "web", "t", replicas=0),
        workload("JobSet", "train", "t"),
        workload("VirtualMachine", "vm", "t"),
    ],
    ids=["pod", "scaled to nothing", "jobset", "virtual machine"],
)
def test_a_template_that_something_refers_to_is_kept(user: Wire) -> None:
    assert codes(template("t"), user) == []


def test_a_user_in_another_namespace_does_not_count() -> None:
    user = meta(workload("Job", "j", "t"), namespace="other")
    assert codes(template("t"), user) == [(UNUSED, "t", "review")]


def test_a_template_whose_owner_lives_is_kept() -> None:
    job = workload("Job", "j")
    given = meta(template("t"), ownerReferences=[owner("Job", "j")])
    assert codes(given, job) == []


def test_a_template_whose_owner_is_gone_can_go() -> None:
    given = meta(template("t"), ownerReferences=[owner("Job", "j")])
    assert codes(given) == [(UNUSED, "t", "safe")]


def test_of_an_owner_of_an_unread_kind_nothing_is_concluded() -> None:
    given = meta(template("t"), ownerReferences=[owner("RayCluster", "r")])
    finding = only(given)
    assert finding.verdict.value == "unknown"
    assert "the source has no RayCluster" in finding.why


@pytest.mark.parametrize(
    ("kind", "group", "verdict"),
    [
        ("JobSet", "jobset.x-k8s.io", "safe"),
        ("TrainJob", "trainer.kubeflow.org", "unknown"),
        ("Job", "batch", "safe"),
        ("Job", "batch.volcano.sh", "unknown"),
        ("Pod", "acme.example.com", "unknown"),
    ],
)
def test_an_owner_is_gone_only_if_all_of_its_kind_are_read(
    kind: str, group: str, verdict: str
) -> None:
    reference = {**owner(kind, "o"), "apiVersion": f"{group}/v1"}
    given = meta(template("t"), ownerReferences=[reference])
    assert codes(given, workload(kind, "another")) == [(UNUSED, "t", verdict)]


@pytest.mark.parametrize(
    ("fields", "tool"),
    [
        ({"annotations": {"meta.helm.sh/release-name": "r"}}, "Helm"),
        ({"annotations": {"argocd.argoproj.io/tracking-id": "a:b"}}, "Argo CD"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "k"}}, "Flux"),
        ({"labels": {"app.kubernetes.io/managed-by": "Pulumi"}}, "Pulumi"),
    ],
)
def test_what_a_tool_would_make_again_is_only_told(fields: Wire, tool: str) -> None:
    finding = only(meta(template("t"), **fields))
    assert (finding.verdict.value, finding.managed_by) == ("tell", tool)


@pytest.mark.parametrize("kind", ["StatefulSet", "RayJob", "Pod"])
def test_where_workloads_may_not_be_read_nothing_is_concluded(kind: str) -> None:
    documents = [*base(), template("t"), live(gap(kind))]
    (finding,) = found(documents).findings
    assert finding.verdict.value == "unknown"
    assert f"{kind.lower()}s may not be read" in finding.why


def test_kinds_that_make_no_pods_are_not_missed() -> None:
    documents = [*base(), template("t"), live(gap("Event"), gap("Namespace"))]
    assert [each.verdict.value for each in found(documents).findings] == ["review"]


def test_what_is_not_served_is_not_missed() -> None:
    documents = [*base(), template("t"), live(gap("CronJob", cause="not-served"))]
    assert [each.verdict.value for each in found(documents).findings] == ["review"]


def test_a_namespace_that_was_read_is_judged() -> None:
    documents = [*base(), template("t"), live(gap("Pod", only="default"))]
    assert [each.verdict.value for each in found(documents).findings] == ["review"]


def test_a_source_without_any_workload_proves_nothing() -> None:
    finding = found([live(), pod("p"), template("t")]).findings[0]
    assert finding.verdict.value == "unknown"
    assert "no Deployment or the like" in finding.why


def test_a_template_that_is_being_deleted_is_left_alone() -> None:
    assert codes(meta(template("t"), deletionTimestamp="2026-11-01T00:00:00Z")) == []
