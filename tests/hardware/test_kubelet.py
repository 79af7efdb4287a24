from pathlib import Path

import pytest

from dractl.model.hosts import PluginSocket
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of
from tests.hosts.trees import Mark, tree

KUBELET = "/var/lib/kubelet"
UID = "8d8a1c1e-0b53-4e0c-9b7b-0d7f2f6f8a55"


def test_sockets_of_plugins_and_of_their_registration_are_found(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    parts.plugin(made, "gpu.nvidia.com")
    parts.plugin(made, "gpu.example.com", uid=UID)
    parts.plugin(made, "dra.net", registered=False)
    parts.plugin(made, "kubernetes.io/csi/disk", registered=False)
    made.text("var/lib/kubelet/plugins/gpu.nvidia.com/checkpoint.json", "{}")

    assert facts_of(made.tree, tmp_path).sockets == (
        PluginSocket(f"{KUBELET}/plugins/dra.net/dra.sock"),
        PluginSocket(f"{KUBELET}/plugins/gpu.example.com/dra-{UID}.sock"),
        PluginSocket(f"{KUBELET}/plugins/gpu.nvidia.com/dra.sock"),
        PluginSocket(f"{KUBELET}/plugins/kubernetes.io/csi/disk/dra.sock"),
        PluginSocket(
            f"{KUBELET}/plugins_registry/gpu.example.com-{UID}-reg.sock", True
        ),
        PluginSocket(f"{KUBELET}/plugins_registry/gpu.nvidia.com-reg.sock", True),
    )


@pytest.mark.parametrize(
    ("mark", "is_seen"),
    [(Mark.FOLDER, True), (Mark.CLOSED, False), (None, False)],
    ids=["empty", "closed", "absent"],
)
def test_an_empty_registry_is_not_an_absent_one(
    mark: Mark | None, is_seen: bool, tmp_path: Path
) -> None:
    made = Machine("test", "A host")
    if mark is not None:
        made.mark("var/lib/kubelet/plugins_registry", mark)

    assert facts_of(made.tree, tmp_path).has_registry is is_seen


def test_a_closed_folder_of_the_kubelet_is_a_problem(tmp_path: Path) -> None:
    facts = facts_of(tree("hostile"), tmp_path)

    assert not facts.has_registry
    closed = f"{tmp_path}{KUBELET}/plugins"
    assert [each.what for each in facts.problems if each.where == closed] == [
        "permission denied"
    ]
