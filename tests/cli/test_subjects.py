"""What `dractl explain` can be asked about, and in which scope."""

from pathlib import Path

import pytest

from tests.cli import wire
from tests.cli.run import Runner
from tests.cli.waiting import CLUSTER, answer, codes, headings
from tests.diagnose.cluster import event, pod, template, wish


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    return wire.written(tmp_path / "cluster.yaml", *CLUSTER)


@pytest.mark.parametrize(
    "words",
    [
        ["pod", "waits"],
        ["pods", "waits"],
        ["po", "waits"],
        ["POD", "waits"],
        ["pod/waits"],
        ["pod", "default/waits"],
        ["pod/default/waits"],
    ],
    ids=" ".join,
)
def test_a_pod_can_be_asked_about_as(
    dractl: Runner, cluster: str, words: list[str]
) -> None:
    ran = dractl("explain", *words, "--snapshot", cluster)

    assert (ran.status, headings(ran)) == (1, ["pod default/waits"])


def test_several_pods_can_be_asked_about(dractl: Runner, cluster: str) -> None:
    document = answer(dractl, "pod", "waits", "fits", "--snapshot", cluster)

    assert codes(document) == {"waits": ["devices-in-use"], "fits": []}


def test_a_pod_that_is_well_is_shown_with_its_claims_and_devices(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl("explain", "pod", "runs", "--snapshot", cluster)

    assert ran.status == 0
    assert ran.out == (
        "pod default/runs\n"
        "  Running on n1\n"
        "  claim c0: mine (reserved)\n"
        "    wants  gpu: 1 gpu\n"
        "    has    gpu.example.com/n1/gpu-0\n"
    )


def test_a_pod_that_would_fit_is_shown_with_the_node(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl("explain", "pod", "fits", "--snapshot", cluster)

    assert ran.status == 0
    assert "  Pending, would fit on n1\n" in ran.out


@pytest.mark.parametrize(
    "words",
    [["claim", "big"], ["claims", "big"], ["claim/big"], ["resourceclaim/default/big"]],
    ids=" ".join,
)
def test_a_claim_can_be_asked_about_as(
    dractl: Runner, cluster: str, words: list[str]
) -> None:
    ran = dractl("explain", *words, "--snapshot", cluster)

    assert (ran.status, headings(ran)) == (1, ["claim default/big"])
    assert "devices-in-use" in ran.out


def test_a_claim_is_shown_with_the_pods_that_name_it(
    dractl: Runner, cluster: str
) -> None:
    (found,) = answer(dractl, "claim", "mine", "--snapshot", cluster)["claims"]

    assert found["users"] == ["runs"]
    assert found["link"]["devices"] == ["gpu.example.com/n1/gpu-0"]


def test_a_device_can_be_asked_about(dractl: Runner, cluster: str) -> None:
    found = answer(dractl, "device", "gpu.example.com/n1/gpu-0", "--snapshot", cluster)

    assert found["kind"] == "ExplainDeviceResult"
    (device,) = found["devices"]
    assert device["nodes"] == {"count": 1, "names": ["n1"]}
    assert [each["claim"]["name"] for each in device["heldBy"]] == ["mine"]


def test_a_device_makes_exit_status_0(dractl: Runner, cluster: str) -> None:
    name = "gpu.example.com/n1/gpu-1"

    ran = dractl("explain", "device", name, "--snapshot", cluster)

    assert (ran.status, headings(ran)) == (0, [f"device {name}"])


@pytest.mark.parametrize("kind", ["deployment", "deploy", "deployments"])
def test_a_workload_can_be_asked_about(
    dractl: Runner, tmp_path: Path, kind: str
) -> None:
    owner = {"kind": "ReplicaSet", "name": "chat-5b9", "uid": "u", "controller": True}
    replicas = []
    for name in ("chat-5b9-x", "chat-5b9-y"):
        made = pod(name, "template/two")
        made["metadata"] |= {
            "labels": {"pod-template-hash": "5b9"},
            "ownerReferences": [owner],
        }
        replicas.append(made)
    path = wire.written(
        tmp_path / "chat.yaml", *CLUSTER, template("two", wish(3)), *replicas
    )

    ran = dractl("explain", kind, "chat", "--snapshot", path)

    assert headings(ran)[0] == (
        "pod default/chat-5b9-x, default/chat-5b9-y (Deployment chat)"
    )


def test_a_workload_without_pods_can_be_asked_about(
    dractl: Runner, tmp_path: Path
) -> None:
    about = {"kind": "DaemonSet", "namespace": "default", "name": "plugin"}
    refused = event("plugin", "FailedCreate", "no quota", involvedObject=about)
    path = wire.written(tmp_path / "refused.yaml", *CLUSTER, refused)

    ran = dractl("explain", "daemonset", "plugin", "--snapshot", path)

    assert (ran.status, headings(ran)) == (1, ["DaemonSet default/plugin"])


# -- what cannot be asked about


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pod", "wait"], "no pod is called 'wait'\nhint: did you mean waits?"),
        (["pod", "zzz"], "no pod is called 'zzz'\nhint: there are runs"),
        (["claim", "bigg"], "no claim is called 'bigg'\nhint: did you mean big?"),
        (["pdo", "x"], "'pdo' is nothing that can be explained\nhint: did you mean"),
        (["volume", "x"], "'volume' is nothing that can be explained\nhint: it can be"),
        (["pod"], "explain pod needs a name"),
        (["job", "chat"], "no Job is called 'chat'\nhint: the source has no Job"),
        (["device", "gpu-0"], "'gpu-0' is not DRIVER/POOL/DEVICE"),
        (
            ["device", "gpu.example.com/n1/gpu-7"],
            "no device is called 'gpu.example.com/n1/gpu-7'\nhint: did you mean gpu.",
        ),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_wrong_name_is_wrong_usage_with_a_hint(
    dractl: Runner, cluster: str, words: list[str], message: str
) -> None:
    ran = dractl("explain", *words, "--snapshot", cluster)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--demo", "--snapshot", "x"], "--demo and --snapshot exclude each other"),
        (["--demo", "-v", "-q"], "--verbose and --quiet exclude each other"),
        (["--demo", "-A", "-n", "x"], "--namespace and --all-namespaces exclude"),
        (["--demo", "--feature-gates", "DRAAdminAccess"], "is not GATE=true"),
        (["--demo", "-o", "claims"], "'claims' is not one of"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_usage_says_what_is_wrong(
    dractl: Runner, argv: list[str], message: str
) -> None:
    ran = dractl("explain", *argv)

    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


# -- scope


def two_teams(tmp_path: Path) -> str:
    """Return a cluster in which a pod of that name waits in each of two namespaces."""
    others = [
        {**each, "metadata": {**each["metadata"], "namespace": "ml"}}
        for each in CLUSTER[5:7]
    ]
    return wire.written(tmp_path / "teams.yaml", *CLUSTER, *others)


def test_a_namespace_narrows_what_is_explained(dractl: Runner, tmp_path: Path) -> None:
    document = answer(dractl, "-n", "ml", "--snapshot", two_teams(tmp_path))

    assert [(each["namespace"], each["name"]) for each in document["pods"]] == [
        ("ml", "waits")
    ]


@pytest.mark.parametrize(
    ("argv", "namespaces"),
    [
        (["pod", "waits"], ["default", "ml"]),
        (["pod", "waits", "-n", "ml"], ["ml"]),
        (["pod", "ml/waits"], ["ml"]),
        (["pod", "waits", "-A"], ["default", "ml"]),
    ],
    ids=str,
)
def test_pods_of_one_name_are_told_apart_by_their_namespace(
    dractl: Runner, tmp_path: Path, argv: list[str], namespaces: list[str]
) -> None:
    document = answer(dractl, *argv, "--snapshot", two_teams(tmp_path))

    assert [each["namespace"] for each in document["pods"]] == namespaces


def test_a_pod_of_another_namespace_is_not_found(dractl: Runner, cluster: str) -> None:
    ran = dractl("explain", "pod", "waits", "-n", "ml", "--snapshot", cluster)

    assert (ran.status, ran.out) == (2, "")


def test_release_and_gates_are_the_ones_to_judge_by(
    dractl: Runner, cluster: str
) -> None:
    document = answer(dractl, "--snapshot", cluster, "--kubernetes-version", "1.34")

    assert document["kubernetes"] == "1.34"
