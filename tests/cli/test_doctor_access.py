"""`dractl doctor` reads who may do what, where it may."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.apiserver import ApiServer, Rule, User
from tests.cli.clusters import served
from tests.cli.run import Runner
from tests.doctor.looking import bound, role, rule
from tests.solver.clusters import gpus, node

RBAC: Final = "rbac.authorization.k8s.io"
SEED: Final = rule("get list create", "resourceclaims", names="standard-gpu")
HOSTILE: Final = "jo\x1b[31m<script>alert(1)</script>\u202e"


@pytest.fixture
def cluster(api_server: ApiServer) -> ApiServer:
    """Return a server in which a role restricts claims by names of classes."""
    api_server.add(
        [
            node("n1"),
            gpus("n1", "gpu-0"),
            role("dra-developer", SEED, namespace="team"),
            bound("dra-developer", "User jo", namespace="team"),
        ]
    )
    return api_server


def findings(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["findings"]
    return found


def test_roles_of_a_live_cluster_are_read(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    ran = dractl(
        "doctor", *served(cluster, tmp_path), "--only", "resource-names", "-o", "json"
    )

    (found,) = findings(ran.out)
    assert found["subject"] == "Role/team/dra-developer"


def test_a_snapshot_has_them_too(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    path = str(tmp_path / "saved.json")
    saved = dractl("snapshot", *served(cluster, tmp_path), "-A", "-f", path)
    assert saved.status == 0

    ran = dractl("doctor", "--snapshot", path, "--only", "resource-names")

    assert "Role/team/dra-developer" in ran.out


def test_who_may_not_read_roles_learns_that_they_were_not_looked_at(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    cluster.access.change(User("alice", deny=(Rule("list", RBAC),)))
    live = served(cluster, tmp_path, user="alice")

    ran = dractl("doctor", *live, "--only", "claim-status-writers")

    assert "clusterrolebindings, roles, rolebindings may not be read" in " ".join(
        ran.out.split()
    )


def test_hostile_names_are_shown_as_text(dractl: Runner, tmp_path: Path) -> None:
    path = tmp_path / "cluster.json"
    documents = [
        role("writers", rule("*", "*")),
        bound("writers", f"User {HOSTILE}"),
    ]
    path.write_text(json.dumps(documents))

    ran = dractl("doctor", "--snapshot", str(path), "-o", "wide")

    assert "device-object-writers" in ran.out
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, [None], [{"a": []}], True])
@pytest.mark.parametrize("field", ["rules", "subjects", "roleRef", "metadata", "spec"])
def test_odd_objects_lose_nothing(
    dractl: Runner, tmp_path: Path, field: str, odd: Any
) -> None:
    kinds = [
        *((f"{RBAC}/v1", each) for each in ("Role", "ClusterRoleBinding")),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
        ("nvidia.com/v1", "ClusterPolicy"),
    ]
    documents = [
        {"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, field: odd}
        for api, kind in kinds
    ]
    path = tmp_path / "cluster.json"
    path.write_text(json.dumps([*documents, role("dra-developer", SEED)]))

    ran = dractl("doctor", "--snapshot", str(path), "--only", "resource-names")

    assert ran.status in {0, 3}  # all of it could be read, or some
    assert "ClusterRole/dra-developer" in ran.out
