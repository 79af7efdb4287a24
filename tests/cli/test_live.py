"""Commands of a live cluster, which say what they say of a snapshot of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.api.versions import GROUP
from dractl.demo import PATH
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli.clusters import saved, served
from tests.cli.run import Ran, Runner
from tests.cli.waiting import CLUSTER
from tests.scenarios import SHARED, needs_shared
from tests.solver.clusters import claim, gpus, node, pod, wish

GATES = ("--feature-gates", "AllBeta=true")
"""Those of the double, which a saved file does not have."""
COMMANDS = [
    ["explain", "-A"],
    ["allocate", "-A"],
    ["attributes"],
    ["cel", "true"],
]


def answer(ran: Ran) -> Any:
    """Return an answer in JSON without the time that it took."""
    document = json.loads(ran.out)
    document.get("summary", {}).pop("seconds", None)
    return document


@pytest.mark.parametrize("words", COMMANDS, ids="-".join)
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(SHARED / "clusters" / "pending.json", marks=needs_shared),
        PATH,
    ],
    ids=["pending", "demo"],
)
def test_the_answer_is_that_of_a_file_with_the_same_objects(
    dractl: Runner, api_server: ApiServer, tmp_path: Path, path: Path, words: list[str]
) -> None:
    documents = json.loads(path.read_text())["items"]
    api_server.add(documents)
    file = saved(tmp_path / "saved.json", documents)

    live = dractl(*words, *served(api_server, tmp_path), "-o", "json")
    kept = dractl(*words, "--snapshot", file, *GATES, "-o", "json")

    assert live.status == kept.status
    assert answer(live) == answer(kept)


def test_files_are_validated_against_what_a_cluster_has(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    file = tmp_path / "claim.yaml"
    asking = claim("new", wish(1, deviceClassName="absent"))
    file.write_text(yaml.safe_dump(asking))
    whole = saved(tmp_path / "saved.json", CLUSTER)

    live = dractl("validate", str(file), *served(api_server, tmp_path))
    kept = dractl("validate", str(file), "--snapshot", whole, *GATES)

    assert "absent" in live.out
    assert (live.status, live.out) == (kept.status, kept.out)


# -- namespaces


def other(name: str, *claims: str) -> dict[str, Any]:
    """Return a pod of another namespace."""
    made = pod(name, *claims)
    return made | {"metadata": {"name": name, "namespace": "other"}}


def pods(ran: Ran) -> list[str]:
    return [each["name"] for each in answer(ran)["pods"]]


def asked(dractl: Runner, server: ApiServer, folder: Path, *words: str) -> list[str]:
    """Return the pods that are explained, as a user whose context names `other`."""
    server.add([*CLUSTER, other("far", "claim/missing")])
    options = served(server, folder, namespace="other")
    return pods(dractl("explain", *words, *options, "-o", "json"))


def test_the_namespace_is_that_of_the_context(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    assert asked(dractl, api_server, tmp_path) == ["far"]


def test_a_namespace_can_be_named(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    names = asked(dractl, api_server, tmp_path, "-n", "default")

    assert names == ["fits", "runs", "waits"]


def test_all_namespaces_can_be_named(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    names = asked(dractl, api_server, tmp_path, "-A")

    assert names == ["fits", "runs", "waits", "far"]


def test_devices_that_other_namespaces_hold_are_not_free(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    held = next(each for each in CLUSTER if each["metadata"]["name"] == "mine")
    far = {**held, "metadata": {"name": "mine", "namespace": "other"}}
    need = {**claim("big"), "metadata": {"name": "one", "namespace": "default"}}
    api_server.add([*CLUSTER[:3], far, need, pod("waits", "claim/one")])
    options = served(api_server, tmp_path, namespace="default")

    ran = dractl("allocate", *options, "-o", "json")

    (placement,) = answer(ran)["placements"]
    (result,) = placement["claims"][0]["allocation"]["devices"]["results"]
    assert result["device"] == "gpu-1"


def test_a_kind_that_the_server_fails_to_list_is_not_checked_and_the_rest_is(
    dractl: Runner, tmp_path: Path
) -> None:
    with ApiServer(served={"kueue.x-k8s.io": ["v1beta1"]}) as server:
        server.add(CLUSTER)
        server.faults.add(Fault(Kind.NOT_ALLOWED, path="*/events", times=None))
        server.faults.add(Fault(Kind.NOT_ALLOWED, path="*/localqueues", times=None))
        ran = dractl("explain", *served(server, tmp_path))

    assert ran.status == 1
    assert "pod default/waits" in ran.out
    why = "(the server answers 405; its log tells why)"
    assert "events could not be read" in ran.err
    assert (
        f"not checked: localqueues could not be read: what they say is not seen {why}"
    ) in ran.err
    assert "--explain-permissions" not in ran.err


# -- users who may not do everything


READER = (Rule("list", namespace="default"), Rule(path="/[av]*"), Rule("create"))


def limited(server: ApiServer, *allow: Rule) -> None:
    server.access.change(User("alice", allow=(*READER, *allow)))


def test_a_user_of_one_namespace_gets_answers_with_what_was_not_checked(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    devices = ("resourceslices", "deviceclasses", "nodes", "devicetaintrules")
    limited(api_server, *(Rule("list", resource=each) for each in devices))

    ran = dractl("explain", *served(api_server, tmp_path, user="alice"))

    assert ran.status == 1
    assert "pod default/waits" in ran.out
    assert "outside of namespace default may not be read" in ran.err
    assert "dractl explain --explain-permissions prints a role" in ran.err


def test_what_could_not_be_read_is_not_said_to_be_absent(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    limited(api_server)

    ran = dractl("explain", *served(api_server, tmp_path, user="alice"), "-o", "json")

    codes = {cause["code"] for each in answer(ran)["pods"] for cause in each["causes"]}
    assert codes == {"unknown"}
    assert "resourceslices may not be read" in ran.err


def test_devices_that_may_not_be_read_end_a_command_that_is_about_them(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    ran = dractl("attributes", *served(api_server, tmp_path, user="alice"))

    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(
        "error: user 'alice' may not list resourceslices.resource.k8s.io for the whole "
        "cluster\nhint: allow it with the rule "
    )


def test_gates_that_may_not_be_read_are_those_of_the_release(
    dractl: Runner, tmp_path: Path
) -> None:
    gates = {"DRADeviceTaints": False}
    with ApiServer(kubernetes="1.36", feature_gates=gates) as server:
        server.add(CLUSTER)
        limited(server, Rule("list"))
        admin = dractl("explain", *served(server, tmp_path))
        alice = dractl("explain", *served(server, tmp_path, user="alice"))

    assert admin.out == alice.out
    assert "judged as Kubernetes 1.36" in alice.err


# -- servers of other releases


@pytest.mark.parametrize(
    ("release", "version"),
    [("1.32", "v1beta1"), ("1.33", "v1beta1"), ("1.33", "v1beta2")],
)
def test_an_older_server_gives_the_same_answer(
    dractl: Runner, tmp_path: Path, release: str, version: str
) -> None:
    with ApiServer(kubernetes=release, served={GROUP: [version]}) as server:
        server.add(CLUSTER)
        live = dractl("explain", *served(server, tmp_path), "-o", "json")

    file = saved(tmp_path / "saved.json", CLUSTER, f"v{release}.2")
    kept = dractl("explain", "--snapshot", file, *GATES, "-o", "json")
    assert answer(live)["pods"] == answer(kept)["pods"]
    assert f"judged as Kubernetes {release}" in live.err


def test_a_server_without_the_api_is_told(dractl: Runner, tmp_path: Path) -> None:
    with ApiServer(served={GROUP: []}) as server:
        server.add([node("n1"), pod("web", "claim/one")])
        options = served(server, tmp_path)
        explained = dractl("explain", *options)
        listed = dractl("attributes", *options)

    assert "this cluster does not serve resourceslices" in explained.err
    assert explained.status == 1
    assert listed.status == 3
    assert "does not serve resourceslices" in listed.err
    assert "--runtime-config" in listed.err


# -- the devices of a node


@pytest.mark.parametrize(
    "words", [["attributes"], ["cel", "true"]], ids=["attributes", "cel"]
)
def test_devices_of_a_node_are_those_of_a_file(
    dractl: Runner, api_server: ApiServer, tmp_path: Path, words: list[str]
) -> None:
    pool = {"name": "shared", "generation": 1, "resourceSliceCount": 2}
    slices = [
        {
            **gpus(where, f"{where}-x", pool=pool),
            "metadata": {"name": f"shared-{where}"},
        }
        for where in ("n1", "n2")
    ]
    documents = [*CLUSTER, node("n2"), gpus("n2", "gpu-7"), *slices]
    api_server.add(documents)
    file = saved(tmp_path / "saved.json", documents)

    live = dractl(*words, "--node", "n1", *served(api_server, tmp_path), "-o", "json")
    kept = dractl(*words, "--node", "n1", "--snapshot", file, *GATES, "-o", "json")

    assert answer(live) == answer(kept)
    assert live.status == 0
