"""The first `dractl migrate apply`: it plans, and keeps the plan if it is safe."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.apiserver import ApiServer
from tests.cli.keyboard import typing
from tests.cli.migrating import Migrator, Stacks, acting, former
from tests.cli.run import Runner
from tests.cli.wire import device_class

RESOURCE: Final = "nvidia.com/gpu"
NVIDIA: Final = Stacks(
    RESOURCE,
    "gpu.nvidia.com",
    "nvidia.com/gpu.deploy.device-plugin",
    "nvidia.com/dra-kubelet-plugin",
    {"attributes": {"type": {"string": "gpu"}}},
)


def node(name: str) -> dict[str, Any]:
    """Return a node whose plugin gives two whole GPUs."""
    labels = {
        "nvidia.com/gpu.present": "true",
        "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
        "nvidia.com/gpu.count": "2",
        "nvidia.com/gpu.replicas": "1",
        "nvidia.com/gpu.sharing-strategy": "none",
    }
    amounts = {"cpu": "8", "memory": "64Gi", "pods": "100", RESOURCE: "2"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"podCIDR": "10.0.0.0/24"},
        "status": {"allocatable": amounts, "capacity": amounts},
    }


def workload(replicas: int = 2) -> dict[str, Any]:
    """Return a Deployment of pods with a GPU each."""
    limits = {"limits": {RESOURCE: "1"}}
    container = {"name": "main", "image": "registry.example/chat", "resources": limits}
    template = {
        "metadata": {"labels": {"app": "chat"}},
        "spec": {"containers": [container]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "chat", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "chat"}},
            "template": template,
        },
        "status": {
            "observedGeneration": 1,
            "updatedReplicas": replicas,
            "readyReplicas": replicas,
        },
    }


@pytest.fixture
def server(api_server: ApiServer) -> ApiServer:
    """Return a server with two nodes of NVIDIA's plugin, and the driver's class."""
    expression = (
        "device.driver == 'gpu.nvidia.com' && "
        "device.attributes['gpu.nvidia.com'].type == 'gpu'"
    )
    api_server.add(
        [node("n0"), node("n1"), workload(), device_class("gpu.nvidia.com", expression)]
    )
    return api_server


@pytest.fixture
def migrate(dractl: Runner, server: ApiServer, tmp_path: Path) -> Migrator:
    """Return who migrates, without a file so far."""
    found = Migrator(dractl, server, tmp_path)
    found.path.unlink()
    return found


def test_a_whole_migration_goes_there_and_back(
    migrate: Migrator, server: ApiServer
) -> None:
    before = former(server)

    with acting(server, NVIDIA):
        first = migrate("apply", "-A", "--yes")
        stages = list(migrate.states())
        migrate("verify")
        for _ in stages[1:]:
            assert migrate("apply", "--yes").status == 0
            assert migrate("verify", "--timeout", "9s").status == 0
        states = set(migrate.states().values())
        whole = server.object("Deployment", "chat", "default")
        back = migrate("rollback", "--all", "--yes")

    assert first.status == 0, first.err
    assert stages == ["objects", "nodes-1", "workloads-1", "nodes-2"]
    assert states == {"verified"}
    spec = whole["spec"]["template"]["spec"]
    assert RESOURCE not in spec["containers"][0]["resources"].get("limits", {})
    assert spec["resourceClaims"]
    assert back.status == 0, back.err
    assert former(server) == before


def test_what_is_secret_in_a_workload_is_in_no_answer_and_in_no_file(
    migrate: Migrator, server: ApiServer
) -> None:
    secret = workload()
    secret["metadata"]["annotations"] = {"token.example.com/x": "SECRET"}
    pod = secret["spec"]["template"]
    pod["metadata"]["annotations"] = {"token": "SECRET"}
    container = pod["spec"]["containers"][0]
    names = ("TOKEN", "NVIDIA_VISIBLE_DEVICES")
    container["env"] = [{"name": name, "value": "SECRET"} for name in names]
    container["args"] = ["--gpus=$(NVIDIA_VISIBLE_DEVICES)", "--password=SECRET"]
    server.add([secret])

    with acting(server, NVIDIA):
        said = [migrate("apply", "-A", "--yes", "-v")]
        said.append(migrate("verify", "-v"))
        for _ in range(3):
            said.append(migrate("apply", "--yes", "-v"))
            said.append(migrate("verify", "--timeout", "9s", "-v"))
        said.append(migrate("status"))
        kept = migrate.path.read_text()
        said.append(migrate("rollback", "--all", "--yes", "-v"))

    assert "SECRET" not in kept + migrate.path.read_text()
    assert [each for each in said if "SECRET" in each.out + each.err] == []
    assert said[-1].status == 0, said[-1].err


def test_a_plan_is_kept_only_if_the_user_wants_it(
    migrate: Migrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = migrate("apply", "-A", "--dry-run=client")
    typing(monkeypatch, "n\n")
    refused = migrate("apply", "-A")

    assert (shown.status, refused.status) == (0, 1)
    assert shown.out == refused.out
    assert shown.out.startswith("STAGE objects: create what pods will need\n")
    assert not migrate.path.exists()
    assert migrate.writes() == []


def test_the_file_says_where_the_plan_is_from(migrate: Migrator) -> None:
    migrate("apply", "-A", "--yes")

    origin = json.loads(migrate.path.read_text())["origin"]

    assert origin["server"] == migrate.server.url
    assert origin["kubernetes"] == "v1.36.2"
    assert origin["verdict"] == "safe"
    assert "token" not in migrate.path.read_text()


def test_the_same_command_goes_on_with_the_plan_that_it_made(
    migrate: Migrator,
) -> None:
    migrate("apply", "-A", "--yes")

    same = migrate("apply", "-A", "--yes", "--dry-run=client", "--unverified")
    other = migrate("apply", "-A", "--resource", RESOURCE, "--yes", "--unverified")

    assert same.status == 0
    assert same.out.startswith("STAGE nodes-1:")
    assert other.status == 2


def test_a_cluster_without_users_has_nothing_to_migrate(
    migrate: Migrator, server: ApiServer
) -> None:
    with server.store.lock:
        server.store.remove(server.store.stored_of("Deployment")[0])

    ran = migrate("apply", "-A", "--yes")

    assert ran.status == 1
    assert "error: there is nothing to migrate\n" in ran.err
    assert not migrate.path.exists()


def test_a_plan_that_loses_capacity_is_begun_only_by_who_accepts_it(
    migrate: Migrator, server: ApiServer
) -> None:
    # A driver that is there already has a device less than the plugin.
    spec = {
        "driver": "gpu.nvidia.com",
        "nodeName": "n0",
        "pool": {"name": "n0", "generation": 1, "resourceSliceCount": 1},
        "devices": [{"name": "gpu-0", "attributes": {"type": {"string": "gpu"}}}],
    }
    metadata = {"name": "n0"}
    version, kind = "resource.k8s.io/v1", "ResourceSlice"
    server.add(
        {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
    )

    wrong = migrate("apply", "-A", "--yes", "--accept-loss")
    refused = migrate("apply", "-A", "--yes", "--accept-errors")
    done = migrate("apply", "-A", "--yes", "--accept-errors", "--accept-loss")

    assert (wrong.status, refused.status) == (1, 1)
    assert "error: the plan has errors\n" in wrong.err
    assert "error: less fits after this migration than before" in refused.err
    assert "hint: dractl migrate plan shows the proof" in refused.err
    assert done.status == 0


def test_a_plan_of_which_nobody_knows_is_begun_only_by_who_accepts_it(
    migrate: Migrator, server: ApiServer
) -> None:
    for name in ("n0", "n1"):
        whole = node(name)
        server.add(whole | {"metadata": {"name": name, "labels": {}}})

    refused = migrate("apply", "-A", "--yes")
    done = migrate("apply", "-A", "--yes", "--accept-unproven")

    assert refused.status == 1
    assert "error: it is not known whether as much fits after" in refused.err
    assert done.status == 0


def test_files_alone_tell_of_no_cluster(dractl: Runner, tmp_path: Path) -> None:
    manifest = tmp_path / "chat.yaml"
    manifest.write_text(json.dumps(workload()))
    state = ("--state", str(tmp_path / "state.json"))

    ran = dractl("migrate", "apply", str(manifest), *state, "--yes")

    assert ran.status == 2
    assert "files alone tell of no cluster to change" in ran.err
