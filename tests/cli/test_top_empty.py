"""What is said where there is nothing to list, and why there is not."""

from pathlib import Path

import pytest

from tests.apiserver import ApiServer, Rule, User
from tests.apiserver.access import ADMIN
from tests.cli.run import Runner
from tests.cli.wire import claim, device, device_class, node, resource_slice, written


def _namespace(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """Return a cluster with a device, and a claim that waits in one of two spaces."""
    return written(
        tmp_path / "cluster.yaml",
        device_class("gpu"),
        device_class("none", "false"),
        node("n1"),
        node("n2"),
        resource_slice("n1", device("gpu-0")),
        _namespace("research"),
        _namespace("empty"),
        claim("waits", "research"),
        claim("waits", "unlisted"),
    )


_MISSPELT = (
    "namespace researhc has no devices: it does not exist; did you mean research?"
)
_DEVICES = ("nodes", "classes", "drivers", "models", "pools", "devices")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        *(
            ([view, "-n", "researhc"], _MISSPELT) for view in _DEVICES
        ),
        (["claims", "-n", "x"], "namespace x has no claims: it does not exist"),
        (["claims", "-n", "empty"], "namespace empty has no claims: it has no pods"),
        (["devices", "-n", "empty"],
         "namespace empty has no devices: it has no pods and no claims"),
        (["devices", "-n", "research"],
         "namespace research has no devices: it has 1 claim and no pods"),
        (["namespaces", "-n", "empty"],
         "namespace empty has no devices, claims or quotas"),
        (["quotas"], "no quotas of devices"),
        (["quotas", "-n", "empty"], "namespace empty has no quotas of devices"),
        (["quotas", "-n", "unlisted"], "namespace unlisted has no quotas of devices"),
        (["partitions"], "no partitions"),
        (["nodes", "--class", "none"], "no devices of class none"),
        (["devices", "--node", "n2"], "no devices on node n2"),
        (["nodes", "-l", "rack=7"],
         "no devices on nodes with these labels: no node has them"),
        (["--by", "architecture", "-n", "empty"],
         "namespace empty has no devices: it has no pods and no claims"),
        (["--headroom", "-n", "empty"],
         "namespace empty has no devices: it has no pods and no claims"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["table", "wide"])
def test_nothing_is_told_and_why(
    dractl: Runner, cluster: str, words: list[str], told: str, shape: str
) -> None:
    ran = dractl("top", *words, "--snapshot", cluster, "-o", shape)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == told


def test_quiet_leaves_it_out(dractl: Runner, cluster: str) -> None:
    ran = dractl("top", "quotas", "--snapshot", cluster, "-q")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_programs_get_what_they_can_read(dractl: Runner, cluster: str) -> None:
    ran = dractl("top", "quotas", "--snapshot", cluster, "-o", "csv")
    assert ran.out == "NAMESPACE,QUOTA,RESOURCE,HARD,USED,CLAIMED,LEFT,CLASS\n"
    assert dractl("top", "quotas", "--snapshot", cluster, "-o", "name").out == ""
    ran = dractl("top", "--by", "x", "-n", "empty", "--snapshot", cluster, "-o", "json")
    assert '"groups": []' in ran.out


def test_the_overview_says_it_first(dractl: Runner, cluster: str) -> None:
    ran = dractl("top", "-n", "nowhere", "--snapshot", cluster)
    first = ran.out.splitlines()[0]
    assert first == "namespace nowhere has no devices: it does not exist"


def test_a_cluster_without_slices(dractl: Runner, tmp_path: Path) -> None:
    path = written(tmp_path / "cluster.yaml", node("n1"))
    told = "no devices: there are no ResourceSlices; dractl doctor may tell why"
    assert dractl("top", "--snapshot", path).out.splitlines()[0] == told
    assert dractl("top", "nodes", "--snapshot", path).err == f"{told}\n"
    assert dractl("top", "--history", path).err.startswith("no devices in any of them")


_UNREAD = {
    "kind": "Namespace",
    "resource": "namespaces",
    "group": "",
    "cause": "failed",
}
_PARTLY = {"apiVersion": "dractl/v1", "kind": "ClusterInfo", "unread": [_UNREAD]}


@pytest.mark.parametrize("known", [(), (_namespace("known"), _PARTLY)])
def test_nobody_says_that_a_namespace_is_missing_where_not_all_are_known(
    dractl: Runner, tmp_path: Path, known: tuple[dict[str, object], ...]
) -> None:
    path = written(tmp_path / "cluster.yaml", node("n1"), claim("waits"), *known)
    ran = dractl("top", "quotas", "-n", "x", "--snapshot", path)
    assert ran.err.splitlines()[-1] == "namespace x has no quotas of devices"


@pytest.mark.parametrize("command", ["health", "explain"])
def test_other_commands_tell_that_a_namespace_is_missing(
    dractl: Runner, cluster: str, command: str
) -> None:
    ran = dractl(command, "-n", "researhc", "--snapshot", cluster)
    assert "namespace researhc does not exist; did you mean research?\n" in ran.err


def test_a_file_with_nothing_to_fit_is_named(dractl: Runner, tmp_path: Path) -> None:
    path = written(tmp_path / "node.yaml", node("n1"))
    ran = dractl("top", "--fits", path, "--demo")
    assert ran.status == 3
    assert f"{path}: there is no claim, claim template, pod or workload" in ran.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--remove", "rack-7"), "there are n1, n2"),
        (("--driver", "none.example.com"), "there are gpu.example.com"),
        (("--taint", "none.example.com"), "there are gpu.example.com"),
        (("--taint", "gpu.example.com/rack"), "there are n1"),
        (("--without-driver", "gpu.exmaple.com"), "did you mean gpu.example.com?"),
        (("--free", "x"), "there are research/waits, unlisted/waits"),
        (("nodes", "--sort", "usd"), "did you mean used?"),
        (("nodes", "--sort", "%"), "it can be: node, total, free, partly, used, "),
    ],
)
def test_names_that_nothing_has_are_wrong_usage(
    dractl: Runner, cluster: str, words: tuple[str, ...], hint: str
) -> None:
    ran = dractl("top", "--snapshot", cluster, *words)
    assert (ran.status, ran.out) == (2, "")
    assert f"\nhint: {hint}" in ran.err


def test_a_file_of_another_kind_has_its_place_once(
    dractl: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "odd.json"
    path.write_text('{"kind": "List", "items": [5]}')
    ran = dractl("top", "--fits", str(path), "--demo")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.count("odd.json") == 1


@pytest.mark.parametrize(
    ("may", "told"),
    [
        (True, "namespace nope has no claims: it does not exist"),
        (False, "namespace nope has no claims: it has no pods"),
    ],
)
def test_a_live_cluster_tells_which_namespaces_there_are(
    dractl: Runner, api_server: ApiServer, tmp_path: Path, *, may: bool, told: str
) -> None:
    api_server.add([node("n1"), _namespace("default")])
    if not may:
        api_server.access.change(
            User(ADMIN.name, deny=(Rule("list", "", "namespaces"),))
        )
    config = str(api_server.kubeconfig(tmp_path / "config"))
    ran = dractl("top", "claims", "-n", "nope", "--kubeconfig", config)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == told
