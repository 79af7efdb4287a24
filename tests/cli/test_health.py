"""`dractl health`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.answers import validate
from tests.cli import wire
from tests.cli.run import ROOT, Runner
from tests.health import cluster
from tests.health.cluster import Wire

SCHEMA = json.loads((ROOT / "schemas/output/health.v1.json").read_text())
HOSTILE = "<script>\x1b[31m\u202eevil\nREADY"


class Asker:
    """Runs `dractl health` on documents."""

    def __init__(self, dractl: Runner, folder: Path) -> None:
        self._dractl = dractl
        self._path = folder / "cluster.yaml"

    def __call__(self, documents: list[Wire], *argv: str) -> Any:
        path = wire.written(self._path, *documents)
        gates = ("--feature-gates", "DRADeviceTaintRules=true")
        return self._dractl("health", *argv, "--snapshot", path, *gates)


@pytest.fixture
def health(dractl: Runner, tmp_path: Path) -> Asker:
    return Asker(dractl, tmp_path)


def test_the_sample_has_one_device_that_is_ill(dractl: Runner) -> None:
    ran = dractl("health", "--demo")
    assert ran.status == 1
    assert ran.out == (
        "UNHEALTHY\n"
        "  gpu.nvidia.com/h100-2/gpu-7 on node h100-2\n"
        "    its driver taints it gpu.nvidia.com/xid=79:NoSchedule: the kernel driver\n"
        "      reported an error (XID), since 2026-11-20T04:12:31Z\n"
    )
    assert "nobody reports health for 13 devices in use (13 of gpu.nvidia" in ran.err
    assert "their driver taints what is ill, and not these" in ran.err
    assert "96 devices: 1 unhealthy, 93 unknown, 2 healthy" in ran.err


def test_a_healthy_cluster_is_silent(health: Asker) -> None:
    ran = health(cluster.usual())
    assert (ran.status, ran.out) == (0, "")
    assert "2 devices: 1 unknown, 1 healthy" in ran.err


def test_like_devices_are_told_together_with_the_pods_that_have_them(
    health: Asker,
) -> None:
    sick = [cluster.device(f"gpu-{n}", cluster.taint("sick")) for n in range(5)]
    ran = health(cluster.usual(cluster.slice_(*sick)))
    assert ran.status == 1
    assert ran.out.startswith(
        "UNHEALTHY\n"
        "  gpu.example.com/n1/gpu-0 on node n1\n"
        "    its driver taints it sick:NoSchedule, since 2026-11-26T11:00:00Z\n"
        "    affects 1 pod: ml/train\n"
        "  4 devices of gpu.example.com/n1 on node n1: gpu-1, gpu-2, gpu-3 and 1 more\n"
    )


def test_unknown_alone_is_no_failure(health: Asker) -> None:
    ran = health(cluster.usual(cluster.pod(cluster.report("gpu-0", "Unknown"))))
    assert ran.status == 0
    assert ran.out.startswith("UNKNOWN\n")
    assert "the kubelet reports Unknown" in ran.out
    assert "used by 1 pod: ml/train" in ran.out


def test_from_which_level_on_it_fails_can_be_chosen(health: Asker) -> None:
    documents = cluster.usual(cluster.rule("NoSchedule"))
    assert health(documents).status == 0
    assert health(documents, "--fail-on", "degraded").status == 1
    ill = cluster.usual(cluster.pod(cluster.report("gpu-0", "Unhealthy")))
    assert health(ill).status == 1
    assert health(ill, "--fail-on", "never").status == 0


def test_evictions_are_told(health: Asker) -> None:
    said = cluster.condition("EvictionInProgress", "True", "PodsPending", "1 to go")
    ran = health(
        cluster.usual(cluster.rule("NoExecute", status={"conditions": [said]}))
    )
    assert (
        "EVICTION\n"
        "  DeviceTaintRule fw: EvictionInProgress=True (PodsPending: 1 to go)\n"
        "    evicts 1 pod: ml/train (to be evicted at 2026-11-26T11:00:00Z)\n"
    ) in ran.out


@pytest.mark.parametrize("words", [["device", "D"], ["device/D"], ["devices", "D"]])
def test_a_device_is_told_with_all_that_is_said(
    health: Asker, words: list[str]
) -> None:
    told = cluster.device_status(
        cluster.condition("Ready", "True"),
        networkData={"interfaceName": "eth1", "ips": ["10.0.0.1/24"]},
        data={"fan": 7},
    )
    documents = cluster.usual(cluster.claim(status=told))
    name = f"{cluster.DRIVER}/n1/gpu-0"
    ran = health(documents, *(each.replace("D", name, 1) for each in words))
    assert ran.status == 0
    assert ran.out.startswith("HEALTHY\n")
    for part in (
        "the kubelet reports Healthy",
        "its driver reports Ready=True",
        "network: eth1 10.0.0.1/24",
        'data: {"fan":7}',
        "used by 1 pod: ml/train",
    ):
        assert part in ran.out


def test_addresses_are_told_only_of_single_devices(health: Asker) -> None:
    told = [
        cluster.device_status(
            cluster.condition("Ready", "False"),
            name=name,
            networkData={"ips": ["10.0.0.1/24"]},
        )
        for name in ("gpu-0", "gpu-1")
    ]
    status = {"devices": [each for status in told for each in status["devices"]]}
    both = cluster.claim(cluster.result(), cluster.result("gpu-1"), status=status)
    ran = health(cluster.usual(both, cluster.pod()))
    assert "2 devices of gpu.example.com/n1" in ran.out
    assert "network" not in ran.out


def test_a_driver_that_is_gone_can_be_asked_about(health: Asker) -> None:
    held = [*cluster.others(), cluster.claim(), cluster.pod()]
    ran = health(held, "--driver", cluster.DRIVER)
    assert ran.status == 1
    assert "publishes nothing any more" in ran.out


def test_what_nobody_speaks_of_is_told_by_name(health: Asker) -> None:
    ran = health(cluster.usual(), "device", f"{cluster.DRIVER}/n1/gpu-1")
    assert "UNKNOWN" in ran.out
    assert "nobody says how it is" in ran.out


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (["claim", "train-gpu"], 1),
        (["claim", "ml/train-gpu"], 1),
        (["node", "n1"], 1),
        (["--node", "n1"], 1),
        (["-n", "ml"], 1),
        (["-n", "other"], 0),
        (["--driver", cluster.DRIVER], 1),
    ],
)
def test_the_answer_is_narrowed(health: Asker, words: list[str], number: int) -> None:
    document = json.loads(health(cluster.usual(), *words, "-o", "json").out)
    validate(document, SCHEMA)
    assert len(document["devices"]) == number


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pod", "a"], "has no health"),
        (["device"], "needs a name"),
        (["device", "gpu-0"], "is not DRIVER/POOL/DEVICE"),
        (["device", "gpu.example.com/n1/gpu-9"], "did you mean"),
        (["claim", "train-gpx"], "did you mean train-gpu?"),
        (["claim", "zzz"], "mind the namespace"),
        (["claim", "nowhere/zzz"], "hint: there are "),
        (["--driver", "zzz"], "hint: there are "),
        (["node", "n7"], "no node is called 'n7'"),
        (["node", "n1", "n1"], "one node at a time"),
        (["--node", "n7"], "no node is called 'n7'"),
        (["--driver", "x"], "no driver is called 'x'"),
        (["--watch"], "live cluster"),
        (["--watch", "--fail-on", "never"], "--watch ends once nothing fails"),
        (["--timeout", "3s"], "--timeout goes with --watch"),
        (["device", "x/y/zz", "x/y/a", "x/y/b"], "no device is called 'x/y/zz'"),
        (["-n", "a", "-A"], "exclude each other"),
    ],
)
def test_what_cannot_be_asked(health: Asker, words: list[str], message: str) -> None:
    ran = health(cluster.usual(), *words)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_names_are_those_of_what_is_not_well(health: Asker) -> None:
    sick = cluster.slice_(
        cluster.device("gpu-0"), cluster.device("gpu-1", cluster.taint("sick"))
    )
    ran = health(cluster.usual(sick), "-o", "name")
    assert ran.out == "device/gpu.example.com/n1/gpu-1\n"


def test_names_can_be_asked_about(health: Asker) -> None:
    told = [cluster.report(f"example.com/all={n}", "Unhealthy") for n in range(2)]
    results = (cluster.result(), cluster.result("gpu-1"))
    documents = cluster.usual(cluster.claim(*results), cluster.pod(*told))
    ran = health(documents, "-o", "name")
    assert ran.out == "claim/ml/train-gpu\n"
    again = health(documents, ran.out.strip(), "-o", "wide")
    assert "example.com/all=1" in again.out
    assert "ml/train-gpu" in again.out


def test_long_texts_are_shortened_but_for_programs(health: Asker) -> None:
    told = cluster.condition("Ready", "False", "R" * 200, "x" * 32_000)
    documents = cluster.usual(cluster.claim(status=cluster.device_status(told)))
    ran = health(documents)
    assert len(ran.out) < 1000
    assert "x" * 32_000 in health(documents, "-o", "json").out


def hostile() -> list[Wire]:
    """Return a cluster in which all that may be free text is hostile."""
    told = cluster.device_status(
        cluster.condition("Ready", "False", HOSTILE, HOSTILE),
        networkData={"interfaceName": HOSTILE, "ips": [HOSTILE]},
        data={HOSTILE: HOSTILE},
    )
    return cluster.usual(
        cluster.node("False", message=HOSTILE),
        cluster.claim(status={**told, "driverStatus": {HOSTILE: HOSTILE}}),
        cluster.pod(cluster.report(HOSTILE, "Unhealthy", HOSTILE)),
        cluster.slice_(
            cluster.device(
                "gpu-0", cluster.taint("sick", value=HOSTILE), health=HOSTILE
            )
        ),
    )


@pytest.mark.parametrize("form", ["table", "wide", "name", "json", "yaml"])
@pytest.mark.parametrize("words", [(), ("claim", "train-gpu")])
def test_hostile_texts_are_shown_as_text(
    health: Asker, form: str, words: tuple[str, ...]
) -> None:
    ran = health(hostile(), *words, "-o", form)
    assert ran.status == 1
    for each in ("\x1b", "\u202e", "\nREADY"):
        assert each not in ran.out + ran.err


def test_wide_shows_the_data_of_drivers_shortened(health: Asker) -> None:
    told = cluster.device_status(data="x" * 10_000)
    ran = health(cluster.usual(cluster.claim(status=told)), "-o", "wide")
    assert "DATA" in ran.out
    assert f'"{"x" * 100}' in ran.out
    assert "x" * 200 not in ran.out


def test_deep_data_is_no_trouble(health: Asker) -> None:
    deep: object = 1
    for _ in range(150):
        deep = [deep]
    told = cluster.device_status(data=deep)
    documents = cluster.usual(
        cluster.claim(status={**told, "driverStatus": {"health": deep, "x": deep}})
    )
    assert health(documents, "-o", "json").status == 0


def test_the_status_of_the_article_is_explained(dractl: Runner, tmp_path: Path) -> None:
    free = {"driverStatus": {"healthStatus": "healthy", "temperature": "65C"}}
    claim = {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaim",
        "metadata": {"name": "gpu-claim"},
        "status": free,
    }
    ran = dractl("health", "--snapshot", wire.written(tmp_path / "a.yaml", claim))
    assert ran.status == 0
    assert "never a field of the API" in " ".join(ran.out.split())
    assert '- type: Healthy\n          status: "True"' in ran.out
    assert 'temperature: "65C"' in ran.out


def test_malformed_objects_are_told_and_the_rest_is_answered(health: Asker) -> None:
    bad = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "status": 3}
    ran = health([*cluster.usual(), bad])
    assert ran.status == 3
    assert "left out" in ran.err
