"""A plan for many workloads: a summary, groups with examples, and all of it with -v."""

from pathlib import Path

import pytest

from tests.cli.run import Runner

MANY = 40
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app-{number}, namespace: team}}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: main
        env: [{{name: NVIDIA_DRIVER_CAPABILITIES, value: utility}}]
        resources: {{limits: {{{resource}: 1}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of many workloads, which ask for two resources in turn."""
    found = tmp_path / "many"
    found.mkdir()
    for number in range(MANY):
        resource = ("nvidia.com/gpu", "amd.com/gpu")[number % 2]
        text = POD.format(number=number, resource=resource)
        (found / f"{number:03}.yaml").write_text(text)
    return found


def section(out: str, title: str) -> list[str]:
    """Return the lines of a section."""
    lines = out.split(f"{title}\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return [each.strip() for each in lines]


def test_a_summary_counts_by_resource_and_meaning(dractl: Runner, folder: Path) -> None:
    out = dractl("migrate", "plan", str(folder)).out

    lines = section(out, "HOW MANY CAN GO BY WHICH ROUTE")
    assert out.startswith("HOW MANY")
    assert [each.split() for each in lines] == [
        ["RESOURCE", "ONE", "IS", "WORKLOADS", "PODS", "CLAIMS", "EXTENDED"],
        ["nvidia.com/gpu", "device", "20", "40", "20", "20"],
        ["amd.com/gpu", "device", "20", "40", "20", "20"],
    ]


def test_few_are_listed_and_all_for_the_curious(dractl: Runner, folder: Path) -> None:
    short = dractl("migrate", "plan", str(folder)).out
    whole = dractl("migrate", "plan", str(folder), "-v").out

    assert "plugin-trace-unneeded (20 places): " in short
    assert short.count("and 15 workloads more") == 2
    assert "app-39" not in short
    assert "Deployment team/app-39 " in whole
    assert " more" not in whole


def test_reasons_are_told_once_for_all_who_stay(
    dractl: Runner, folder: Path, tmp_path: Path
) -> None:
    nodes = tmp_path / "nodes.yaml"
    nodes.write_text(
        "\n---\n".join(
            f"apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: "
            f"{{nvidia.com/gpu.product: {product}, nvidia.com/gpu.replicas: "
            f"'{replicas}', nvidia.com/gpu.sharing-strategy: time-slicing}}}}\n"
            "status: {allocatable: {nvidia.com/gpu: '8'}}\n"
            for name, product, replicas in (("a", "T4", 2), ("b", "T4-SHARED", 4))
        )
    )

    out = dractl("migrate", "plan", str(folder), "--snapshot", str(nodes)).out

    reasons = " ".join(section(out, "DOES AS MUCH FIT AFTER"))
    assert reasons.count("nvidia.com/gpu has several meanings here") == 1
    assert "app-0 (19 more) stays as it is: " in reasons


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """Return a saved cluster of many nodes alike, but for their models."""
    file = tmp_path / "cluster.yaml"
    file.write_text(
        "\n---\n".join(
            f"apiVersion: v1\nkind: Node\nmetadata: {{name: n{number:02}, labels: "
            f"{{nvidia.com/gpu.product: {('L4', 'L40S')[number % 2]}, "
            "nvidia.com/gpu.replicas: '1'}}\n"
            "status: {allocatable: {nvidia.com/gpu: '8', cpu: 8, pods: 99}}"
            for number in range(MANY)
        )
    )
    return str(file)


def test_what_is_the_same_is_one_need_however_it_is_known(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    for number, model in enumerate(("L4", "L40S")):
        selector = f"nodeSelector: {{nvidia.com/gpu.product: {model}}}"
        text = POD.format(number=number, resource="nvidia.com/gpu").replace(
            "containers:", f"{selector}\n      containers:"
        )
        (tmp_path / f"{model}.yaml").write_text(text)
    files = (str(tmp_path / "L4.yaml"), str(tmp_path / "L40S.yaml"))

    out = dractl("migrate", "plan", *files, "--snapshot", cluster).out

    asking = section(out, "WHO ASKS FOR WHAT")
    assert out.count("nvidia.com/gpu: a whole device") == 1
    assert "known by label nvidia.com/gpu.product=L4" in asking
    assert "known by label nvidia.com/gpu.product=L40S" in asking


def test_nodes_alike_are_one_line_and_named_once(
    dractl: Runner, folder: Path, cluster: str
) -> None:
    argv = ("migrate", "plan", str(folder), "--snapshot", cluster, "--wave-size", "9")

    short, whole = dractl(*argv).out, dractl(*argv, "-v").out

    after = section(short, "DOES AS MUCH FIT AFTER")
    assert "n00 (39 more)  nvidia.com/gpu  8       8      assumed" in after
    assert "nodes: " not in short
    assert "n39   nvidia.com/gpu" in whole
    assert "nodes: n00, n02, " in whole
