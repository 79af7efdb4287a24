"""Feature gates of components, and the files that set them."""

from typing import Any

import pytest
import yaml

from dractl.api.snapshot import Snapshot
from dractl.capture.clean import clean
from dractl.doctor.case import Case, Given
from dractl.doctor.configuration import settings
from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    NOW,
    control_plane,
    examined,
    found,
    healthy,
    info,
    pod,
    worker,
)

Wire = dict[str, Any]

SEED = """
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
apiServer:
  extraArgs:
    feature-gates: "DynamicResourceAllocation=true"
controllerManager:
  extraArgs:
    feature-gates: "DynamicResourceAllocation=true"
scheduler:
  extraArgs:
    feature-gates: "DynamicResourceAllocation=true"
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
featureGates:
  DynamicResourceAllocation: true
"""


def seed() -> list[Wire]:
    """Return the configuration that an article of the days of 1.33 has."""
    return list(yaml.safe_load_all(SEED))


def kubeadm(version: str = "v1beta4", **sections: object) -> Wire:
    """Return a ClusterConfiguration."""
    return {
        "apiVersion": f"kubeadm.k8s.io/{version}",
        "kind": "ClusterConfiguration",
        **sections,
    }


def server(gates: str = "", runtime: str = "") -> Wire:
    """Return a ClusterConfiguration that tells the API server something."""
    told = {"feature-gates": gates, "runtime-config": runtime}
    listed = [{"name": name, "value": value} for name, value in told.items() if value]
    return kubeadm(apiServer={"extraArgs": listed})


def kubelet(**gates: object) -> Wire:
    """Return a KubeletConfiguration."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "featureGates": gates,
    }


def test_dra_that_is_off_by_default_is_told_of_a_cluster_without_objects() -> None:
    assert found("gate-off", [], kubernetes="1.33")
    assert not found("gate-off", worker("n1"), kubernetes="1.33")
    assert not found("gate-off", [], kubernetes="1.34")


def test_dra_that_a_component_turns_off_is_an_error() -> None:
    off = kubelet(DynamicResourceAllocation=False)
    (finding,) = found("gate-off", healthy(), off, kubernetes="1.34")
    assert "kubelet (f.yaml:1)" in finding.message


def test_gates_that_differ_between_components_are_an_error() -> None:
    pods = control_plane("DRADeviceTaintRules=true")
    documents = [info(featureGates={"DRADeviceTaintRules": True}), *pods]
    (finding,) = found("gate-differs", documents, kubeadm(scheduler={"extraArgs": []}))
    assert finding.subject == "DRADeviceTaintRules"
    assert finding.evidence["off"] == ["kube-scheduler (f.yaml:1)"]


@pytest.mark.parametrize("kind", ["Pod", "Role", "ClusterRole"])
def test_files_for_other_checks_are_no_doubt(kind: str) -> None:
    answer = examined(healthy(), {"kind": kind}, only=["gate-differs"])
    assert answer.skipped == ()


def test_gates_that_only_others_read_do_not_differ() -> None:
    # The kubelet does not read DRADeviceTaintRules.
    documents = [info(featureGates={"DRADeviceTaintRules": True})]
    assert not found("gate-differs", documents, kubelet())


def test_gates_of_the_control_plane_are_read_from_its_pods() -> None:
    documents = [info(), *control_plane("DRADeviceTaintRules=true")]
    (finding,) = found("gate-differs", documents)
    assert finding.evidence["off"] == ["kube-apiserver (its metrics)"]


def test_components_that_are_not_known_are_told() -> None:
    (skipped,) = examined([info()], only=["gate-differs"]).skipped
    assert "kube-scheduler, kubelet are not known" in skipped.why


def test_a_component_without_flags_has_the_gates_of_the_release() -> None:
    documents = [info(featureGates={"DRADeviceTaintRules": True}), *control_plane()]
    answer = examined(documents, only=["gate-differs"])
    (finding,) = answer.findings
    assert finding.evidence["off"] == [
        f"{each} (pod {each}-control-1)"
        for each in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ]
    (skipped,) = answer.skipped
    assert skipped.why.startswith("the feature gates of kubelet are not known")


def test_of_a_cluster_of_kubeadm_all_components_are_known() -> None:
    assert examined(healthy(), only=["gate-differs"]).passed == ("gate-differs",)


@pytest.mark.parametrize(
    "command",
    [
        ["/usr/local/bin/kube-scheduler", "--bind-address=127.0.0.1"],
        ["/go-runner", "--log-file=x", "/usr/bin/kube-scheduler"],
    ],
)
def test_a_component_is_known_by_its_program(command: list[str]) -> None:
    pods = [pod("s", "kube-system", container="kube-scheduler", command=command)]
    saved = [kept for each in pods if (kept := clean(each)) is not None]
    for documents in (pods, saved):
        (told,) = settings(Case(Snapshot.from_documents(documents), NOW)).components
        assert (told.program, told.gates) == ("kube-scheduler", {})


def test_what_a_shell_starts_is_not_known() -> None:
    command = ["sh", "-c", "kube-scheduler --feature-gates=DRADeviceTaints=true"]
    shell = pod("s", "kube-system", container="kube-scheduler", command=command)
    case = Case(Snapshot.from_documents([shell]), NOW)
    assert not settings(case).components


def test_a_gate_without_what_it_needs_is_an_error() -> None:
    told = server("DRADeviceTaintRules=true,DRADeviceTaints=false")
    (finding,) = found("gate-dependency", healthy(), told)
    assert finding.evidence == {
        "gate": "DRADeviceTaintRules", "needs": ["DRADeviceTaints"],
    }  # fmt: skip
    assert not found("gate-dependency", healthy(), server("DRADeviceTaintRules=true"))


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("DRADeviceTaint", "did you mean DRADeviceTaints?"),
        ("DRADerivedAttributes", "take it out, or upgrade first"),
    ],
)
def test_a_gate_that_the_release_does_not_have_is_an_error(
    gate: str, said: str
) -> None:
    (finding,) = found("gate-unknown", healthy(), server(f"{gate}=true"))
    assert finding.fix == said


def test_gates_of_others_are_not_judged() -> None:
    assert not found("gate-unknown", healthy(), server("SidecarContainers=true"))


def test_a_locked_gate_is_an_error_only_if_it_is_turned_off() -> None:
    on, off = "DynamicResourceAllocation=true", "DynamicResourceAllocation=false"
    (harmless,) = found("gate-locked", healthy(), server(on))
    (fatal,) = found("gate-locked", healthy(), server(off))
    assert (harmless.severity, fatal.severity) == (Severity.WARNING, Severity.ERROR)
    assert "; setting it does nothing, and 1.38 will not" in harmless.message


def test_a_stable_gate_need_not_be_set_and_can_be() -> None:
    on, off = "DynamicResourceAllocation=true", "DynamicResourceAllocation=false"
    (needless,) = found("gate-locked", healthy(), server(on), kubernetes="1.34")
    assert needless.message.startswith("it is stable and on by itself in 1.34; ")
    assert not found("gate-locked", healthy(), server(off), kubernetes="1.34")
    assert not found("gate-locked", healthy(), server(on), kubernetes="1.33")


# -- the files


def test_the_form_of_the_article_is_explained() -> None:
    (finding,) = found("configuration-form", healthy(), *seed())
    assert finding.severity is Severity.WARNING
    assert finding.commands == (
        "kubeadm config migrate --old-config f.yaml --new-config NEW.yaml",
    )
    assert "its extraArgs are maps, those of v1beta4 are lists" in finding.message


def test_the_form_of_one_version_does_not_go_into_the_other() -> None:
    as_map = kubeadm(apiServer={"extraArgs": {"feature-gates": "A=true"}})
    as_list = kubeadm("v1beta3", apiServer={"extraArgs": [{"name": "a"}]})
    told = [found("configuration-form", [], each)[0] for each in (as_map, as_list)]
    assert "in v1beta4 it is a list" in told[0].message
    assert "in v1beta3 it is a map" in told[1].message
    assert {each.severity for each in told} == {Severity.ERROR}


def test_the_article_lacks_the_version_that_its_release_does_not_serve() -> None:
    (finding,) = found("runtime-config", healthy(), *seed(), kubernetes="1.33")
    assert "resource.k8s.io/v1beta2" in finding.message
    assert not found("runtime-config", healthy(), *seed(), kubernetes="1.36")


@pytest.mark.parametrize(
    ("runtime", "severity"),
    [
        ("resource.k8s.io/v1=false", Severity.ERROR),
        ("resource.k8s.io/v1beta1=true", Severity.WARNING),
        ("resource.k8s.io/v1alpha3=true", Severity.ERROR),
    ],
)
def test_versions_that_are_turned_on_or_off_are_judged(
    runtime: str, severity: Severity
) -> None:
    (finding,) = found("runtime-config", healthy(), server(runtime=runtime))
    assert finding.severity is severity


def test_gates_of_kubeadm_itself_are_no_gates_of_kubernetes() -> None:
    told = kubeadm(featureGates={"DynamicResourceAllocation": True})
    (finding,) = found("configuration-form", [], told)
    assert "kubeadm's own" in finding.message


def test_a_static_pod_and_the_arguments_of_a_kubelet_are_read() -> None:
    static = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kube-apiserver"},
        "spec": {"containers": [{
            "name": "kube-apiserver",
            "command": ["kube-apiserver", "--feature-gates", "A=true"],
            "args": ["--feature-gates=B=False", 7],
        }]},
    }  # fmt: skip
    joining = {
        "apiVersion": "kubeadm.k8s.io/v1beta3", "kind": "JoinConfiguration",
        "nodeRegistration": {"kubeletExtraArgs": {"feature-gates": "C=true"}},
    }  # fmt: skip
    case = Case(
        Snapshot.from_documents([]), NOW, (Given("a", static), Given("b", joining))
    )
    known = settings(case).components
    assert [(each.program, dict(each.gates)) for each in known] == [
        ("kube-apiserver", {"A": True, "B": False}),
        ("kubelet", {"C": True}),
    ]


@pytest.mark.parametrize("odd", [None, 7, "text", [1], [{"name": 1}], {"a": [1]}])
def test_odd_values_in_files_are_no_crash(odd: object) -> None:
    examined(
        healthy(),
        kubeadm(apiServer={"extraArgs": odd}, scheduler=odd, featureGates=odd),
        kubeadm("v1beta3", apiServer=odd, controllerManager={"extraArgs": odd}),
        {"kind": "KubeletConfiguration", "featureGates": odd},
        {"kind": "Pod", "spec": {"containers": odd}},
        {"kind": "Pod", "spec": odd},
        {"kind": odd, "apiVersion": odd},
    )


def test_a_file_that_configures_nothing_is_told() -> None:
    other = {"apiVersion": "v1", "kind": "Service"}
    skipped = examined(healthy(), other, only=["gate-differs"]).skipped
    assert skipped[0].why == "f.yaml:1: Service configures no component"
