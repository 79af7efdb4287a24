"""The RBAC of an ordinary cluster: nobody is warned of what everybody has."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import dractl.doctor.checks.access
import dractl.doctor.checks.permissions  # noqa: F401 - enters its checks
from dractl.doctor.case import Case
from dractl.rules.registry import Severity
from tests.doctor.looking import Wire, bound, case_of, namespace, only, role, rule, said
from tests.solver.clusters import gpus, pod

_FILE: Final = Path(__file__).parent / "data" / "ordinary-rbac.yaml"
ROLES: Final = tuple(yaml.safe_load_all(_FILE.read_text()))
DRIVER: Final = "nvidia-dra-driver-gpu"
LABEL: Final = "resource.kubernetes.io/admin-access"
CODES: Final = (
    "admin-access-labellers", "device-object-writers", "driver-permissions",
    "status-permissions", "resource-names",
)  # fmt: skip


def daemon(name: str, account: str) -> Wire:
    """Return a pod of a DaemonSet of the driver."""
    made = pod(name, serviceAccountName=account, nodeName="n1")
    owners = [{"kind": "DaemonSet", "name": "d", "uid": "u", "apiVersion": "apps/v1"}]
    about = {"namespace": DRIVER, "ownerReferences": owners}
    return made | {"metadata": made["metadata"] | about}


def ordinary(*more: Wire) -> Case:
    """Return a cluster with a driver of two DaemonSets, and namespaces."""
    return case_of([
        *ROLES,
        gpus("n1", "gpu-0", driver="gpu.nvidia.com"),
        daemon("kubelet-plugin-x", f"{DRIVER}-service-account-kubeletplugin"),
        daemon("computedomain-daemon-y", "compute-domain-daemon-service-account"),
        namespace("team"),
        namespace("monitoring", **{LABEL: "true"}),
        *more,
    ])  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_nobody_is_told_of(code: str) -> None:
    assert said(code, ordinary()) == []


@pytest.mark.parametrize("code", ["admin-access-creators", "claim-status-writers"])
def test_who_may_do_so_everywhere_is_told_without_a_warning(code: str) -> None:
    found = only(code, ordinary())

    assert found.severity is Severity.INFO
    assert "volcano-scheduler" in found.message
    assert "admins" not in found.message


@pytest.mark.parametrize(
    "subject",
    [
        "User system:serviceaccount:team:bot",
        "Group system:serviceaccounts:team",
        "ServiceAccount team/bot",
    ],
)
def test_accounts_of_workloads_are_told_whatever_they_are_called(subject: str) -> None:
    more = (role("rules", rule("create", "devicetaintrules")), bound("rules", subject))

    assert "team" in only("device-object-writers", ordinary(*more)).message


@pytest.mark.parametrize(
    "subject",
    [
        "User system:serviceaccount:kube-system:bot",
        "Group system:serviceaccounts:kube-system",
        "User system:kube-scheduler",
        "ServiceAccount argocd/argocd-application-controller",
    ],
)
def test_the_control_plane_is_not(subject: str) -> None:
    more = (role("rules", rule("create", "devicetaintrules")), bound("rules", subject))

    assert said("device-object-writers", ordinary(*more)) == []


def test_a_user_is_not_of_the_control_plane_by_a_namespace() -> None:
    given: Any = bound("rules", "User jo")
    given["subjects"][0]["namespace"] = "kube-system"
    more = (role("rules", rule("create", "devicetaintrules")), given)

    assert "User jo may" in only("device-object-writers", ordinary(*more)).message


@pytest.mark.parametrize("name", ["", "team"])
def test_who_may_label_a_single_namespace_is_told(name: str) -> None:
    own = rule("patch", "namespaces", group="", names=name)

    for at in ("", "team"):
        more = (role("own", own, namespace=at), bound("own", "User jo", namespace=at))
        found = said("admin-access-labellers", ordinary(*more))
        # In a namespace, a rule without a name is for the namespace itself.
        assert ["User jo" in each.message for each in found] == [True]


def test_of_two_accounts_that_write_slices_the_one_that_lacks_verbs_is_told() -> None:
    slices = rule("get list watch create update patch delete", "resourceslices")
    status = rule("update patch", "resourceclaims/status")
    more = (
        daemon("kubelet-plugin-z", "old"),
        role("old", slices, rule("get", "resourceclaims"), status),
        bound("old", f"ServiceAccount {DRIVER}/old"),
    )

    found = only("driver-permissions", ordinary(*more))

    assert found.subject == f"ServiceAccount/{DRIVER}/old"
