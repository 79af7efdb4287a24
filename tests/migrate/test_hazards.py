"""Each hazard where there is one, and not where there is none."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
import yaml

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Plan
from dractl.migrate.hazards import HAZARDS, registry
from dractl.migrate.inputs import Input, Route, Shares, Steps
from dractl.migrate.plan import plan
from dractl.rules.registry import Severity
from tests.batches import batched
from tests.migrate.builders import order
from tests.migrate.cases import cases
from tests.migrate.clusters import GPU, live, migration, node, replicas, workload

ROWS: Final = cases("hazards")
POD: Final[Mapping[str, Any]] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": "n"},
    "spec": {"containers": [{"name": "c", "resources": {"limits": {}}}]},
}


def _input(document: Any, number: int, *, is_file: bool, where: str = "") -> Input:
    def place(steps: Steps) -> str:
        return ".".join(map(str, steps))

    texts = {}
    if document.get("kind") == "ConfigMap":
        data = document["data"].items()
        texts = {key: yaml.safe_load(value) for key, value in data}
    return Input(document, where, number, is_file, texts, None if where else place)


def _plan(side: Mapping[str, Any]) -> Plan:
    files, cluster = side.get("files", []), side.get("cluster", [])
    documents = [
        *((each, True) for each in files),
        *((each, False) for each in cluster),
    ]
    inputs = [
        _input(each, number, is_file=is_file)
        for number, (each, is_file) in enumerate(documents)
    ]
    release = side.get("kubernetes", "1.36")
    options = dict(side.get("options", {}))
    if "shares" in options:
        options["shares"] = Shares(options["shares"])
    if "route" in options:
        options["route"] = Route(options["route"])
    snapshot = Snapshot.from_documents(cluster, kubernetes=release)
    return plan(inputs, snapshot, order(release, **options))


def _found(side: Mapping[str, Any]) -> tuple[Finding, ...]:
    return _plan(side).all_findings


def _pods(resources: Sequence[str], **more: Any) -> dict[str, Any]:
    spec = {
        "containers": [
            {"name": f"c{number}", "resources": {"limits": {resource: 1}}}
            for number, resource in enumerate(resources)
        ]
    }
    return {**POD, "spec": {**spec, **more}}


def _id(row: Mapping[str, Any]) -> str:
    return str(row["code"])


@batched(ROWS, ids=_id)
def test_a_hazard_is_told(row: Mapping[str, Any]) -> None:
    found = [each for each in _found(row["shown"]) if each.code == row["code"]]
    assert [each for each in found if row["says"] in each.message], found
    assert "at" not in row or row["at"] in {each.where for each in found}
    assert {each.severity for each in found} == {HAZARDS[row["code"]].severity}
    assert all(each.subject for each in found)


@batched(ROWS, ids=_id)
def test_a_hazard_is_not_told_where_there_is_none(row: Mapping[str, Any]) -> None:
    found = _found(row["absent"])
    texts = [each.message for each in found if each.code == row["code"]]
    assert [text for text in texts if row["says"] in text] == []


def test_every_hazard_is_tested() -> None:
    entered = [*registry._OF_USERS, *registry._OF_ALL]
    assert {row["code"] for row in ROWS} == {hazard.code for hazard, _ in entered}


@batched(sorted(HAZARDS))
def test_every_hazard_has_a_manual(code: str) -> None:
    manual = HAZARDS[code].manual
    assert len(HAZARDS[code].title) <= 80
    assert HAZARDS[code].title.endswith(".")
    assert "\n\n" in manual
    assert all(line == line.strip() for line in manual.splitlines())
    assert max(map(len, manual.splitlines())) <= 80


def test_errors_close_the_routes_that_they_name() -> None:
    closed = _plan({"files": [_pods(["nvidia.com/gpu"])], "kubernetes": "1.35"})
    (user,) = closed.users
    assert list(user.blocks) == [Route.EXTENDED]
    assert user.route is Route.CLAIMS


def test_an_error_without_a_route_closes_both() -> None:
    broken = _pods(["aws.amazon.com/neuroncore"])
    (user,) = _plan({"files": [broken]}).users
    assert list(user.blocks) == [Route.CLAIMS, Route.EXTENDED]
    assert user.route is None


def test_what_is_about_the_other_route_is_left_out() -> None:
    row = next(row for row in ROWS if row["code"] == "limit-range-default")
    files = row["shown"]["files"]
    by_claims = {each.code for each in _found({"files": files})}
    options = {"route": Route.EXTENDED}
    by_name = {each.code for each in _found({"files": files, "options": options})}
    assert by_claims - by_name == {"limit-range-default"}
    assert by_name <= by_claims


def test_a_file_among_the_manifests_of_the_kubelet_is_a_static_pod() -> None:
    where = "/etc/kubernetes/manifests/gpu.yaml:1"
    given = _input(_pods(["nvidia.com/gpu"]), 0, is_file=True, where=where)
    found = plan([given], Snapshot.from_documents([]), order()).all_findings
    (static,) = (each for each in found if each.code == "static-pod")
    assert (static.where, static.severity) == (where, Severity.ERROR)


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        (Shares.CAPACITY, {"share-becomes-device": Severity.ERROR}),
        (Shares.CLAIM, {"shared-claim": Severity.WARNING}),
    ],
)
def test_claims_are_no_way_for_shares_that_become_devices(
    shares: Shares, codes: Mapping[str, Severity]
) -> None:
    (row,) = (row for row in ROWS if row["code"] == "share-becomes-device")
    side = {**row["shown"], "options": {"shares": shares}}
    found = [each for each in _found(side) if "share" in each.code]
    assert {each.code: each.severity for each in found} == codes
    assert not any("capacity" in each.fix for each in found)
    (user,) = _plan(side).users
    assert (user.route is Route.CLAIMS) is (shares is Shares.CLAIM)


@pytest.mark.parametrize(("pods", "is_told"), [(2, False), (3, True)])
def test_shares_that_end_count_as_devices(pods: int, is_told: bool) -> None:
    (row,) = (row for row in ROWS if row["code"] == "share-becomes-device")
    files = [_pods(["nvidia.com/gpu"] * pods)]
    found = _found({"cluster": row["shown"]["cluster"], "files": files})
    told = [each.message for each in found if each.code == "more-pods-than-devices"]
    text = (
        "3 of nvidia.com/gpu are wanted, and the nodes have 2: 8 are shares, 4 of each"
    )
    assert told == ([f"{text} device"] if is_told else [])


@pytest.mark.parametrize("route", Route)
def test_nothing_is_warned_of_where_all_is_well(route: Route) -> None:
    taint = {"key": GPU, "effect": "NoSchedule"}
    told: dict[str, Any] = {"tolerations": [{"key": GPU, "operator": "Exists"}]}
    labels = {
        "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
        "nvidia.com/gpu.count": "8",
        "nvidia.com/gpu.replicas": "1",
        "nvidia.com/mig.strategy": "none",
    }
    cluster = [
        node("a", {GPU: "8"}, labels, taints=[taint]),
        *live("chat", "a", **told),
        *cases("healthy"),
    ]
    files = [workload("batch", asks={GPU: 2}, counted=replicas(3), **told)]
    for given in (files, []):
        found = migration(cluster, given, route=route).plan
        assert [each.route for each in found.users] == [route]
        assert {each.severity for each in found.all_findings} == {Severity.INFO}


def test_strange_documents_harm_nobody() -> None:
    strange = [each for each in cases("strange") if isinstance(each, dict)]
    found = _found({"files": [*strange, _pods(["nvidia.com/gpu"])]})
    assert "behaves-differently" in {each.code for each in found}


def test_a_pod_has_one_claim_of_the_scheduler_and_several_of_its_own() -> None:
    row = next(row for row in ROWS if row["code"] == "too-many-devices")
    (user, _) = _plan(row["absent"]).users
    assert user.route is Route.CLAIMS
    (reason,) = user.blocks[Route.EXTENDED]
    assert reason.startswith("a pod asks for 33 devices")
