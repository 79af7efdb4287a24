"""Who asks for extended resources, in whatever kind of object."""

from typing import Any

import pytest
import yaml

from dractl.migrate.answer import User
from dractl.migrate.inputs import Input
from dractl.migrate.places import at
from dractl.migrate.users import twins, users
from tests.migrate.builders import inputs
from tests.migrate.cases import cases, named

GPU = "nvidia.com/gpu"
SPEC = "{containers: [{name: c, resources: {limits: {nvidia.com/gpu: 2}}}]}"
TEMPLATE = f"{{metadata: {{labels: {{app: x}}}}, spec: {SPEC}}}"


def _object(
    api: str, kind: str, body: str, meta: str = "{name: x, namespace: n}"
) -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {meta}\n{body}\n"


def _inputs(*texts: str, live: tuple[str, ...] = ()) -> list[Input]:
    files = inputs("---\n".join(texts))
    cluster = inputs("---\n".join(live), is_file=False) if live else ()
    moved = [
        Input(each.document, "server", each.number + len(files), is_file=False)
        for each in cluster
    ]
    return [*files, *moved]


def _found(*texts: str, live: tuple[str, ...] = ()) -> list[User]:
    return list(users(_inputs(*texts, live=live)))


def _titles(*texts: str, live: tuple[str, ...] = ()) -> list[str]:
    return [each.input.title for each in _found(*texts, live=live)]


@pytest.mark.parametrize("row", cases("kinds"), ids=named)
def test_pods_are_found_with_their_number(row: Any) -> None:
    (user,) = _found(yaml.safe_dump(row["document"]))
    assert ".".join(map(str, user.steps)) == row["place"]
    assert user.replicas == row["pods"]
    (ask,) = user.asks
    assert (ask.resource, ask.amount, ask.ends) == (GPU, 2, False)
    container: Any = at(user.input.document, ask.steps)
    assert container["resources"]["limits"] == {GPU: 2}
    assert user.spec["containers"][0] == container


def test_workers_beside_a_leader_are_fewer() -> None:
    body = (
        "spec: {replicas: 2, leaderWorkerTemplate: {size: 4, "
        f"leaderTemplate: {TEMPLATE}, workerTemplate: {TEMPLATE}}}}}"
    )
    found = _found(_object("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", body))
    assert [each.replicas for each in found] == [2, 6]


def test_each_group_of_a_document_is_a_user() -> None:
    groups = "".join(f"{{replicas: {n}, template: {TEMPLATE}}}, " for n in (1, 5))
    found = _found(_object("ray.io/v1", "RayCluster", f"spec: {{groups: [{groups}]}}"))
    assert [each.replicas for each in found] == [1, 5]


def test_labels_are_those_of_the_pods() -> None:
    (user,) = _found(
        _object("apps/v1", "Deployment", f"spec: {{template: {TEMPLATE}}}")
    )
    assert user.labels == {"app": "x"}


def test_init_containers_end_and_sidecars_do_not() -> None:
    limits = "resources: {limits: {nvidia.com/gpu: 1}}"
    body = (
        f"spec: {{initContainers: [{{name: a, {limits}}}, "
        f"{{name: b, restartPolicy: Always, {limits}}}], containers: [{{name: c}}]}}"
    )
    (user,) = _found(_object("v1", "Pod", body))
    assert [(each.container, each.ends) for each in user.asks] == [
        ("a", True),
        ("b", False),
    ]


@pytest.mark.parametrize(
    ("resources", "amounts"),
    [
        ("{limits: {nvidia.com/gpu: 2}}", {GPU: 2}),
        ("{requests: {nvidia.com/gpu: '2'}}", {GPU: 2}),
        ("{limits: {nvidia.com/gpu: 3}, requests: {nvidia.com/gpu: 1}}", {GPU: 3}),
        ("{limits: {nvidia.com/gpu: 1500m}}", {GPU: 2}),
        ("{limits: {nvidia.com/gpu: '{{ .Values.gpus }}'}}", {GPU: 1}),
        ("{limits: {nvidia.com/gpu: [1]}}", {GPU: 1}),
        ("{limits: {nvidia.com/gpu: -1}}", {GPU: 1}),
        ("{limits: {nvidia.com/gpu: true}}", {GPU: 1}),
        ("{limits: {nvidia.com/gpu: 0}}", {}),
        ("{limits: {nvidia.com/gpu: null}}", {}),
        ("{limits: {cpu: 1, hugepages-2Mi: 4Mi, 7: 1}}", {}),
        ("{limits: {kubernetes.io/batch-cpu: 1, requests.a/b: 1}}", {}),
        ("{limits: [nvidia.com/gpu]}", {}),
        ("{limits: nvidia.com/gpu}", {}),
        ("[]", {}),
        ("{limits: {a.example.com/x: 1}, requests: {b.example.com/y: 2}}",
         {"a.example.com/x": 1, "b.example.com/y": 2}),
    ],
)  # fmt: skip
def test_amounts_are_read_as_the_api_reads_them(
    resources: str, amounts: dict[str, int]
) -> None:
    body = f"spec: {{containers: [{{name: c, resources: {resources}}}]}}"
    asks = [ask for each in _found(_object("v1", "Pod", body)) for ask in each.asks]
    assert {ask.resource: ask.amount for ask in asks} == amounts


def test_what_the_pod_as_a_whole_asks_for_has_no_container() -> None:
    body = "spec: {resources: {limits: {nvidia.com/gpu: 1}}, containers: [{name: c}]}"
    (user,) = _found(_object("v1", "Pod", body))
    assert [(each.container, each.steps) for each in user.asks] == [("", ("spec",))]


MACHINE = (
    "template: {spec: {domain: {devices: {gpus: [{name: g, deviceName: "
    "nvidia.com/A10}], hostDevices: [{name: h, deviceName: "
    "intel.com/qat}, {name: i, claimName: c}]}}}}"
)


@pytest.mark.parametrize(("running", "pods"), [("true", 1), ("false", 0)])
def test_virtual_machines_name_devices(running: str, pods: int) -> None:
    body = f"spec: {{running: {running}, {MACHINE}}}"
    (user,) = _found(_object("kubevirt.io/v1", "VirtualMachine", body))
    assert (user.is_machine, user.replicas) == (True, pods)
    assert user.resources == ("nvidia.com/A10", "intel.com/qat")
    assert user.asks[1].steps[-2:] == ("hostDevices", 0)


def _owned(name: str, kind: str, owner: str, api: str = "apps/v1") -> str:
    return (
        f"{{name: {name}, namespace: n, ownerReferences: "
        f"[{{apiVersion: {api}, kind: {kind}, name: {owner}, controller: true}}]}}"
    )


POD = f"spec: {SPEC}"
SET = f"spec: {{replicas: 1, template: {TEMPLATE}}}"
DEPLOYMENT = _object("apps/v1", "Deployment", SET)
REPLICA_SET = _object("apps/v1", "ReplicaSet", SET, _owned("x-1", "Deployment", "x"))
OWN_POD = _object("v1", "Pod", POD, _owned("x-1-a", "ReplicaSet", "x-1"))


def test_what_a_deployment_makes_does_not_count_beside_it() -> None:
    live = (OWN_POD, REPLICA_SET, DEPLOYMENT)
    assert _titles(live=live) == ["Deployment n/x"]
    assert _titles(DEPLOYMENT, live=live) == ["Deployment n/x"]


def test_what_nothing_among_the_inputs_makes_counts() -> None:
    (pod,) = _found(live=(OWN_POD,))
    assert pod.controller == "ReplicaSet/x-1"
    assert _titles(live=(OWN_POD, REPLICA_SET)) == ["ReplicaSet n/x-1"]


def test_an_owner_without_a_spec_of_pods_does_not_stand_for_them() -> None:
    service = _object("example.com/v1", "Model", "spec: {gpus: 2}")
    live = _object(
        "apps/v1", "Deployment", SET, _owned("d", "Model", "x", "example.com/v1")
    )
    assert _titles(service, live=(live,)) == ["Deployment n/d"]


def test_kinds_of_the_same_name_are_told_by_their_group() -> None:
    job = _object("batch.volcano.sh/v1alpha1", "Job", SET)
    pod = _object("v1", "Pod", POD, _owned("p", "Job", "x", "batch/v1"))
    assert _titles(live=(job, pod)) == ["Job n/x", "Pod n/p"]


def test_owners_in_a_circle_end() -> None:
    one = _object("v1", "ConfigMap", "data: {}", _owned("a", "ConfigMap", "a", "v1"))
    pod = _object("v1", "Pod", POD, _owned("p", "ConfigMap", "a", "v1"))
    assert _titles(live=(one, pod)) == ["Pod n/p"]


@pytest.mark.parametrize(
    "text",
    [
        _object("v1", "Pod", f"{POD}\nstatus: {{phase: Succeeded}}"),
        _object("v1", "Pod", f"{POD}\nstatus: {{phase: Failed}}"),
        _object("batch/v1", "Job",
                f"{SET}\nstatus: {{conditions: [{{type: Complete, status: 'True'}}]}}"),
        _object("apps/v1", "ReplicaSet", SET.replace("replicas: 1", "replicas: 0"),
                _owned("old", "Deployment", "gone")),
        _object("apps/v1", "ControllerRevision", f"data: {{{SET}}}"),
        _object("kueue.x-k8s.io/v1beta1", "Workload",
                f"spec: {{podSets: [{{template: {TEMPLATE}}}]}}"),
    ],
)  # fmt: skip
def test_what_is_over_or_a_copy_does_not_count(text: str) -> None:
    assert _titles(live=(text,)) == []


def test_the_file_counts_and_the_cluster_fills_in() -> None:
    loose = _object(
        "apps/v1", "Deployment", f"spec: {{template: {TEMPLATE}}}", "{name: x}"
    )
    live = _object("apps/v1", "Deployment", SET.replace("replicas: 1", "replicas: 7"))
    (user,) = _found(loose, live=(live,))
    assert (user.input.is_file, user.namespace, user.replicas) == (True, "n", 7)
    (stated,) = _found(DEPLOYMENT, live=(live,))
    assert stated.replicas == 1


def test_a_name_in_two_namespaces_says_nothing_of_a_file_without_one() -> None:
    loose = _object("apps/v1", "Deployment", SET, "{name: x}")
    other = DEPLOYMENT.replace("namespace: n", "namespace: m")
    assert _titles(loose, live=(DEPLOYMENT, other)) == [
        "Deployment x",
        "Deployment n/x",
        "Deployment m/x",
    ]


def test_the_namespace_that_is_wished_for_is_that_of_files_without_one() -> None:
    loose = _object("apps/v1", "Deployment", SET, "{name: x}")
    other = DEPLOYMENT.replace("namespace: n", "namespace: m")
    given = _inputs(loose, live=(DEPLOYMENT, other))
    found = [each.input.title for each in users(given, "m")]
    assert found == ["Deployment x", "Deployment n/x"]
    assert twins(given, "m") == {0: given[2]}
    assert twins(given, "k") == {}


@pytest.mark.parametrize("document", cases("strange"))
def test_strange_documents_harm_nobody(document: Any) -> None:
    given = Input(document, "a.yaml:1", 99, is_file=True)
    good = inputs(DEPLOYMENT)
    titles = [each.input.title for each in users([given, *good])]
    assert titles[-1] == "Deployment n/x"
