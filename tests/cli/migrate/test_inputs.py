"""What is read for a migration: files, Lists in them, and a cluster beside."""

import io
import json
from pathlib import Path

import pytest

from dractl.cli.migrate.inputs import Gathered, gathered
from dractl.cli.migrate.options import Given, Wanted
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import DractlError
from dractl.live.target import Target
from tests.apiserver import ApiServer

LIST = """\
# several at once
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
- apiVersion: v1
  kind: PodList
  items:
  - metadata: {name: b}
---
apiVersion: v1
kind: Pod
metadata: {name: c}
"""


def read(
    *paths: Path, source: Source | None = None, namespace: str | None = None
) -> tuple[Gathered, str]:
    """Return what is read, and what is said of it."""
    said = io.StringIO()
    screen = Terminal(io.StringIO(), said, "dractl")
    given = Given(tuple(map(str, paths)), namespace=namespace)
    none = Source(None, False, Target(), None, {})
    return gathered(given, Wanted(), source or none, screen), said.getvalue()


def test_items_of_lists_are_inputs_with_a_way_back(tmp_path: Path) -> None:
    file = tmp_path / "pods.yaml"
    file.write_text(LIST)

    found, _ = read(file)

    assert [(each.name, each.kind) for each in found.inputs] == [
        ("a", "Pod"), ("b", "Pod"), ("c", "Pod"),
    ]  # fmt: skip
    ways = [found.origins[each.number] for each in found.inputs]
    assert [(each.number, each.steps, each.implied) for each in ways] == [
        (0, ("items", 0), ()),
        (0, ("items", 1, "items", 0), ("apiVersion", "kind")),
        (1, (), ()),
    ]
    assert [each.where for each in found.inputs] == [
        f"{file}:5", f"{file}:11", f"{file}:13",
    ]  # fmt: skip
    assert found.inputs[0].place(("metadata", "name")) == f"{file}:7"


def test_json_is_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "pods.json"
    items = [{"kind": "Pod", "metadata": {"name": "a"}}]
    file.write_text(json.dumps({"kind": "List", "items": items}))

    found, _ = read(file)

    assert [each.name for each in found.inputs] == ["a"]


def test_a_file_that_cannot_be_read_does_not_lose_the_others(tmp_path: Path) -> None:
    good, broken = tmp_path / "good.yaml", tmp_path / "broken.yaml"
    good.write_text(LIST)
    broken.write_text("a: [\n")

    found, _ = read(good, broken, tmp_path / "missing.yaml")

    assert len(found.inputs) == 3
    assert [each.where for each in found.failures] == [
        str(tmp_path / "missing.yaml"), f"{broken}:2",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing\n", "a: [\n"])
def test_files_with_nothing_are_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text(text)

    with pytest.raises(DractlError):
        read(file)


def test_values_of_config_maps_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("kind: ConfigMap\ndata:\n  config: |\n    version: v1\n")

    found, _ = read(file)

    assert found.inputs[0].texts == {"config": {"version": "v1"}}


def live(server: ApiServer, folder: Path) -> Source:
    config = server.kubeconfig(folder / "config", namespace="team")
    return Source(None, False, Target(kubeconfig=str(config)), None, {})


def test_a_cluster_stands_beside_files(api_server: ApiServer, tmp_path: Path) -> None:
    file = tmp_path / "pods.yaml"
    file.write_text(LIST)
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
    api_server.add([node])

    found, _ = read(file, source=live(api_server, tmp_path))

    assert found.order.namespace == "team"
    assert [(each.name, each.is_file) for each in found.inputs if each.kind] == [
        ("a", True), ("b", True), ("c", True), *(
            (each.name, False) for each in found.inputs[3:]
        ),
    ]  # fmt: skip
    assert [each.name for each in found.snapshot.nodes] == ["n1"]
    assert found.snapshot.pods == ()


def test_configurations_of_plugins_are_read_by_name(
    api_server: ApiServer, tmp_path: Path
) -> None:
    config, other = (
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "gpus"},
            "data": {"config.yaml": "version: v1\n"},
        }
        for name in ("plugin", "other")
    )
    spec = {
        "containers": [
            {"name": "main", "image": "registry.example.com/k8s-device-plugin:v1"}
        ],
        "volumes": [{"name": "config", "configMap": {"name": "plugin"}}],
    }
    daemons = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "plugin", "namespace": "gpus"},
        "spec": {"template": {"spec": spec}},
    }
    api_server.add([config, other, daemons])

    found, said = read(source=live(api_server, tmp_path))

    read_by_name = [each for each in found.inputs if each.kind == "ConfigMap"]
    assert [each.name for each in read_by_name] == ["plugin"]
    assert read_by_name[0].texts == {"config.yaml": {"version": "v1"}}
    assert said == ""
