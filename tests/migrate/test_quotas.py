"""Quotas and limit ranges that fit claims."""

from typing import Any

import pytest
import yaml

from dractl.migrate.answer import Meaning, UserPlan
from dractl.migrate.inputs import Route
from dractl.migrate.quotas import changed
from dractl.migrate.targets import target
from dractl.migrate.users import users
from dractl.vendors.plugins import Unit
from tests.migrate.builders import inputs, order

GPU = "nvidia.com/gpu"
KEY = "gpu.nvidia.com.deviceclass.resource.k8s.io/devices"
MIG_KEY = "mig.nvidia.com.deviceclass.resource.k8s.io/devices"


def _plans(
    resource: str = GPU,
    unit: Unit = "device",
    route: Route | None = Route.CLAIMS,
    namespace: str = "n",
) -> list[UserPlan]:
    pod = (
        f"{{apiVersion: v1, kind: Pod, metadata: {{name: p, namespace: {namespace}}}, "
        f"spec: {{containers: [{{resources: {{limits: {{{resource}: 1}}}}}}]}}}}"
    )
    (user,) = users(inputs(pod))
    meaning = Meaning(unit, "1g.5gb" if unit == "partition" else "")
    found = target(resource, meaning, order())
    targets = {} if found is None else {resource: found}
    return [UserPlan(user, {resource: meaning}, targets, route)]


def _quota(hard: str, more: str = "") -> str:
    return (
        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: other}\n"
        f"spec: {{hard: {hard}{more}}}\n"
    )


def _spec(text: str, plans: list[UserPlan]) -> Any:
    found = changed(inputs(text), plans)
    assert set(found) <= {0}
    return found[0]["spec"] if found else None


@pytest.mark.parametrize(
    ("hard", "after"),
    [
        ("{requests.nvidia.com/gpu: '8', pods: 5}",
         {"requests.nvidia.com/gpu": "8", KEY: "8", "pods": 5}),
        ("{pods: 5, requests.nvidia.com/gpu: 0}",
         {"pods": 5, "requests.nvidia.com/gpu": 0, KEY: 0}),
    ],
)  # fmt: skip
def test_a_quota_also_limits_devices_of_the_class(
    hard: str, after: dict[str, object]
) -> None:
    found = _spec(_quota(hard), _plans())["hard"]
    assert list(found.items()) == list(after.items())


def test_a_quota_of_a_cluster_has_its_limits_deeper() -> None:
    text = (
        "apiVersion: quota.openshift.io/v1\nkind: ClusterResourceQuota\n"
        "spec: {quota: {hard: {requests.nvidia.com/gpu: 8}}, selector: {}}"
    )
    assert _spec(text, _plans())["quota"]["hard"][KEY] == 8


def test_each_class_that_stands_for_the_resource_is_limited() -> None:
    plans = _plans() + _plans(unit="partition")
    found = _spec(_quota("{requests.nvidia.com/gpu: 8}"), plans)["hard"]
    assert list(found) == ["requests.nvidia.com/gpu", KEY, MIG_KEY]


@pytest.mark.parametrize(
    ("text", "plans"),
    [
        (_quota("{nvidia.com/gpu: 8, requests.cpu: 1}"), _plans()),
        (_quota("{requests.nvidia.com/gpu: 8}"), _plans(route=None)),
        (_quota("{requests.nvidia.com/gpu: 8}"), _plans(route=Route.EXTENDED)),
        (_quota("{requests.nvidia.com/gpu: 8}", ", scopes: [BestEffort]"), _plans()),
        (_quota("{requests.nvidia.com/gpumem: 8}"),
         _plans("nvidia.com/gpumem", "fraction")),
        (_quota(f"{{requests.nvidia.com/gpu: 8, {KEY}: 4}}"), _plans()),
        (_quota("[requests.nvidia.com/gpu]"), _plans()),
        (_quota("7"), _plans()),
        ("{apiVersion: v1, kind: ResourceQuota, spec: null}", _plans()),
    ],
)  # fmt: skip
def test_other_quotas_stay(text: str, plans: list[UserPlan]) -> None:
    assert _spec(text, plans) is None


def _range(limits: str, namespace: str = "n") -> str:
    return (
        "apiVersion: v1\nkind: LimitRange\n"
        f"metadata: {{name: r, namespace: {namespace}}}\nspec: {{limits: {limits}}}\n"
    )


@pytest.mark.parametrize(
    ("limits", "after"),
    [
        ("[{type: Container, default: {memory: 1Gi, nvidia.com/gpu: 1}}]",
         "[{type: Container, default: {memory: 1Gi}}]"),
        ("[{defaultRequest: {nvidia.com/gpu: 1}, max: {nvidia.com/gpu: 4, cpu: 2}}]",
         "[{max: {cpu: 2}}]"),
        ("[{type: Pod}, {type: Pod, min: {nvidia.com/gpu: 1}}]", "[{type: Pod}]"),
        ("[{type: Pod, min: {nvidia.com/gpu: 1}}, {type: Pod, max: {cpu: 1}}]",
         "[{type: Pod, max: {cpu: 1}}]"),
        ("[{type: Container, default: {nvidia.com/gpu: 1}}]", "[]"),
        ("[null, 5, {type: Container, default: {nvidia.com/gpu: 1}, min: [a]}]",
         "[null, 5, {type: Container, min: [a]}]"),
    ],
)  # fmt: skip
def test_a_limit_range_loses_the_resource(limits: str, after: str) -> None:
    spec = _spec(_range(limits), _plans())
    assert spec == {"limits": yaml.safe_load(after)}


@pytest.mark.parametrize(
    ("text", "plans"),
    [
        (_range("[{type: Container, default: {cpu: 1}}]"), _plans()),
        (_range("[{type: Container, default: {nvidia.com/gpu: 1}}]", "m"), _plans()),
        (_range("[{default: {nvidia.com/gpu: 1}}]"), _plans(route=Route.EXTENDED)),
        (_range("{default: {nvidia.com/gpu: 1}}"), _plans()),
        (_range("[{type: Container, default: {}}]"), _plans()),
    ],
)  # fmt: skip
def test_other_limit_ranges_stay(text: str, plans: list[UserPlan]) -> None:
    assert _spec(text, plans) is None


def test_what_names_no_namespace_may_be_of_any() -> None:
    limits = "[{type: Container, default: {nvidia.com/gpu: 1}}]"
    assert _spec(_range(limits, "''"), _plans()) == {"limits": []}


def test_nothing_is_changed_in_place() -> None:
    given = inputs(_quota("{requests.nvidia.com/gpu: 8}"))
    before = yaml.safe_dump(given[0].document)
    changed(given, _plans())
    assert yaml.safe_dump(given[0].document) == before
