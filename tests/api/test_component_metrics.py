"""The text of metrics: what it tells, whose it is, and what is none."""

import random

import pytest

from dractl.api.component_metrics import are_metrics, component_metrics, gates
from dractl.model.gates import KUBELET, MANAGER, SCHEDULER, SERVER
from tests.doctor.healthy import DRIVER
from tests.doctor.metered import kubelet, manager, read, scheduler, text, told

UID = "0a1b2c3d-0000-4000-8000-00000000000f"


def test_the_gates_that_a_server_tells() -> None:
    metrics = b"""\
# HELP kubernetes_feature_enabled [BETA] of a gate
kubernetes_feature_enabled{name="DRAAdminAccess",stage=""} 1
kubernetes_feature_enabled{name="DRADeviceTaints",stage="BETA"} 0
kubernetes_feature_enabled{stage="ALPHA",name="DRAPartitionableDevices"} 1
kubernetes_feature_enabled{stage="ALPHA"} 1
kubernetes_feature_enabled{name="Broken"
kubernetes_feature_enabled{name="Half",stage=""}
kubernetes_feature_enabled{name="Odd",stage=""} one
apiserver_request_total{name="x"} 1
"""

    assert gates(metrics.splitlines()) == {
        "DRAAdminAccess": True,
        "DRADeviceTaints": False,
        "DRAPartitionableDevices": True,
    }


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (kubelet(), (KUBELET,)),
        (scheduler(), (SCHEDULER,)),
        (manager(), (MANAGER,)),
        (told("kube_apiserver_pod_logs_backend_tls_failure_total 0"), (SERVER,)),
        ([*kubelet(), *scheduler()], (SCHEDULER, KUBELET)),
        (told("kubeproxy_sync_proxy_rules_duration_seconds_count 7"), ()),
        (told('apiserver_request_total{code="200"} 7'), ()),
    ],
)
def test_the_names_of_metrics_tell_whose_they_are(
    lines: list[str], parts: tuple[str, ...]
) -> None:
    assert read(lines).parts == parts


def test_a_kubelet_tells_its_node_its_plugins_and_its_calls() -> None:
    sockets = {f"{DRIVER}-{UID}-reg.sock": True, "csi.example.com-reg.sock": False}
    calls = [(DRIVER, "OK", 3), (DRIVER, "Unavailable", 2)]
    found = read(kubelet("n7", sockets=sockets, calls=calls, release="v1.35.4-gke.1"))
    assert (found.node, str(found.release)) == ("n7", "1.35")
    assert found.sockets == sockets
    assert found.calls == {(DRIVER, "OK"): 3, (DRIVER, "Unavailable"): 2}
    assert found.is_whole


def test_calls_of_both_services_of_a_driver_count() -> None:
    lines = kubelet(calls=[(DRIVER, "OK", 3)])
    older = [each.replace("dra.v1.", "dra.v1beta1.") for each in lines]
    assert read([*lines, *older]).calls == {(DRIVER, "OK"): 6}


def test_a_plugin_of_which_there_is_none_is_none() -> None:
    lines = kubelet(sockets={"a.sock": True})
    none = [each.replace("} 1", "} 0") for each in lines if "plugin_m" in each]
    assert read(none).sockets == {}


def test_other_calls_of_a_driver_do_not_count() -> None:
    lines = [
        each.replace("NodePrepare", "NodeUnprepare")
        for each in kubelet(calls=[(DRIVER, "OK", 3)])
    ]
    assert read(lines).calls == {}


def test_what_breaks_off_is_not_whole() -> None:
    lines = kubelet()
    cut = lines.index(next(each for each in lines if each.startswith("plugin_")))
    assert not read(lines[:cut]).is_whole


def test_escapes_in_labels_are_undone() -> None:
    (odd,) = (component_metrics([rb'kubelet_node_name{node="a\"b\\c\nd"} 1'], "").node,)
    assert odd == 'a"b\\c\nd'


@pytest.mark.parametrize(
    ("value", "is_metrics"),
    [
        (text(kubelet()), True),
        ("a_total 1\n", True),
        ('a{b="c"} 1.5e+09 1700000000\n', True),
        ("kind: Pod\n", False),
        ("version: 1\n", False),
        ("# a comment\n---\na: 1\n", False),
        ('{"kind": "Pod"}', False),
        ("- 1\n", False),
        ("", False),
        ("#\n" * 1000 + "a_total 1\n", False),
        ("<html><body>1 2</body></html>", False),
    ],
)
def test_metrics_are_told_from_documents(value: str, is_metrics: bool) -> None:
    assert are_metrics(value) is is_metrics


@pytest.mark.parametrize("seed", range(5))
def test_what_is_no_text_says_nothing(seed: int) -> None:
    chance = random.Random(seed)
    lines = text(kubelet(calls=[(DRIVER, "OK", 3)])).encode()
    for _ in range(100):
        damaged = bytearray(lines)
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        found = component_metrics(bytes(damaged).split(b"\n"), "x")
        assert all(n >= 0 for n in found.calls.values())


def test_a_long_line_and_many_lines_are_left() -> None:
    long = b'kubelet_node_name{node="' + b"n" * 10_000 + b'"} 1'
    assert component_metrics([long], "").node == ""
    many = (b'kubernetes_feature_enabled{name="G%d"} 1' % n for n in range(1_000_000))
    assert len(component_metrics(many, "").gates) < 100_000
    assert next(many, None) is not None
