"""`dractl migrate render`: what is said, and what is refused."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from dractl.cli.migrate import rendering
from dractl.cli.migrate.inputs import Gathered
from dractl.errors import DractlError
from dractl.migrate.answer import Rewrite
from tests.cli.run import Runner
from tests.cli.test_migrate_render import (
    POD,
    UNKNOWN,
    _here,  # noqa: F401 - a fixture that every test takes
    _in_place,
    _values,
)
from tests.migrate import builders
from tests.migrate.rendered import FILES


def test_what_stays_is_named_with_the_reason(dractl: Runner) -> None:
    Path("pod.yaml").write_text(UNKNOWN)

    ran = dractl("migrate", "render", "pod.yaml", "--in-place")

    assert ran.status == 1
    assert "Pod a stays as it is" in ran.err
    assert "example.com/fpga" in ran.err
    assert Path("pod.yaml").read_text() == UNKNOWN


@pytest.mark.parametrize("others", [[], ["pod.yaml"]], ids=["alone", "beside another"])
def test_templates_of_helm_have_to_be_rendered_first(
    dractl: Runner, others: list[str]
) -> None:
    Path("pod.yaml").write_text(POD)
    Path("t.yaml").write_text(POD.replace("{name: a}", "\n  name: {{ .Values.name }}"))

    ran = dractl("migrate", "render", "t.yaml", *others)

    assert ran.status == 3
    assert "helm template" in ran.err
    assert ("resourceClaims" in ran.out) is bool(others)


@pytest.mark.parametrize(
    "words",
    [
        ("-", "--in-place"),
        ("pod.yaml", "--in-place", "-o", "out"),
        ("--demo", "--in-place"),
    ],
)
def test_options_that_contradict_each_other(
    dractl: Runner, words: tuple[str, ...]
) -> None:
    Path("pod.yaml").write_text(POD)

    assert dractl("migrate", "render", *words).status == 2


def test_objects_of_a_cluster_are_files_of_their_own(dractl: Runner) -> None:
    live = POD.replace(
        "{name: a}", "{name: a, namespace: x, uid: u-1, resourceVersion: '7'}"
    )
    Path("cluster.yaml").write_text(f"{live}status: {{phase: Running}}\n")

    shown = dractl("migrate", "render", "--snapshot", "cluster.yaml")
    dractl("migrate", "render", "--snapshot", "cluster.yaml", "-o", "out")

    text = Path("out/x-pod-a.yaml").read_text()
    assert "--- x-pod-a.yaml\n+++ x-pod-a.yaml\n" in shown.out
    assert [each["kind"] for each in _values(text)] == ["Pod", "ResourceClaimTemplate"]
    assert not re.search("uid|resourceVersion|status|u-1", text)


def test_aliases_that_are_written_out_are_told(dractl: Runner) -> None:
    Path("pod.yaml").write_bytes((FILES / "anchors.yaml").read_bytes())

    assert "aliases" in dractl("migrate", "render", "pod.yaml").err


def test_findings_of_what_was_rendered_are_warnings(dractl: Runner) -> None:
    Path("pod.yaml").write_bytes((FILES / "comments.yaml").read_bytes())

    err = dractl("migrate", "render", "pod.yaml").err

    assert "warning: pod.yaml:23: nvidia.com/gpu.product" in err
    assert "1 object changed, 1 new" in err


def test_findings_of_nodes_name_them_once(dractl: Runner) -> None:
    Path("pod.yaml").write_text(POD)
    labels = "nvidia.com/gpu.count: '2', nvidia.com/gpu.replicas: '3'"
    Path("cluster.yaml").write_text(
        f"{{apiVersion: v1, kind: Node, metadata: {{name: n1, labels: {{{labels}}}}}, "
        "status: {allocatable: {nvidia.com/gpu: '9'}}}"
    )

    err = dractl("migrate", "render", "pod.yaml", "--snapshot", "cluster.yaml").err

    assert re.findall(r"^warning: (?:node n1: )+", err, re.MULTILINE) == [
        "warning: node n1: "
    ]


def test_what_nothing_is_left_of_is_told(dractl: Runner) -> None:
    Path("pod.yaml").write_text(POD)
    dractl("migrate", "render", "pod.yaml", "--in-place")
    pod, template = Path("pod.yaml").read_text().split("---\n")
    Path("pod.yaml").write_text(pod)
    Path("template.yaml").write_text(template)

    back = ("migrate", "render", "pod.yaml", "template.yaml", "--reverse")
    ran = dractl(*back, "-o", "out")

    assert [each.name for each in Path("out").iterdir()] == ["pod.yaml"]
    assert "template.yaml: nothing is left of it" in ran.err
    assert "+++ template.yaml\n" in dractl(*back).out


def test_new_objects_stand_behind_a_list_of_one_kind(dractl: Runner) -> None:
    items = "items:\n" + "".join(f"- {line}" for line in [POD.replace("\n", "\n  ")])
    text = f"apiVersion: v1\nkind: PodList\n{items.rstrip()}\n"

    after = _in_place(dractl, "pods.yaml", text)

    assert after.startswith("apiVersion: v1\nkind: PodList\nitems:\n- apiVersion: v1\n")
    assert "\n---\napiVersion: resource.k8s.io/v1\nkind: ResourceClaimT" in after


def test_names_of_objects_cannot_be_ways_to_other_folders(dractl: Runner) -> None:
    live = POD.replace("{name: a}", '{name: "../../a/B", namespace: ..}')
    Path("cluster.yaml").write_text(live)

    dractl("migrate", "render", "--snapshot", "cluster.yaml", "-o", "out")

    assert [each.name for each in Path("out").rglob("*")] == ["-pod-..-..-a-b.yaml"]


@pytest.mark.parametrize(
    ("new", "refused"),
    [
        ({"requests": [{"name": "A!", "exactly": {"deviceClassName": "x"}}]}, True),
        ({"requests": [{"name": "a", "exactly": {"deviceClassName": "x"}}]}, False),
    ],
)
def test_what_the_release_would_refuse_is_a_bug(new: Any, *, refused: bool) -> None:
    claim = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "c", "namespace": "x"},
        "spec": {"devices": new},
    }
    order = builders.order()
    found = Gathered((), (), {}, builders.snapshot(POD), order)

    with pytest.raises(DractlError) if refused else nullcontext() as caught:
        rendering.check(found, Rewrite(shared=(claim,)))

    assert caught is None or (caught.value.status, "bug" in str(caught.value)) == (
        70,
        1,
    )
