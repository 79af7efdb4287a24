"""What else knows an extended resource by its name."""

from typing import Any

import pytest
import yaml

from dractl.migrate.inputs import Input
from dractl.migrate.mentions import mentions
from tests.migrate.builders import inputs
from tests.migrate.cases import cases, named

GPU = "nvidia.com/gpu"


def _found(text: str, *resources: str) -> list[tuple[str, str, str]]:
    found = mentions(inputs(text), resources or (GPU,))
    return [(each.role, each.resource, each.text) for each in found]


@pytest.mark.parametrize("row", cases("mentions"), ids=named)
def test_names_are_found_with_their_role(row: Any) -> None:
    found = _found(yaml.safe_dump(row["document"]))
    assert found == [(row["role"], GPU, row["text"])]


@pytest.mark.parametrize(
    "text",
    [
        "a: nvidia.com/gpu.product", "a: nvidia.com/gpumem", "a: nvidia.com/gpu-x",
        "a: my.nvidia.com/gpu", "a: feature/nvidia.com/gpu", "a: nvidia_com_gpus",
        "a: xnvidia_com_gpu", "nvidia.com/gpu.present: 1", "a: nvidia.com/gpu/x",
        "taints: [{key: nvidia.com/gpu}]", "tolerations: [{key: nvidia.com/gpu}]",
        "a: DCGM_FI_DEV_GPU_TEMP", "a: podinfo",
    ],
)  # fmt: skip
def test_other_names_are_not_taken_for_it(text: str) -> None:
    assert _found(f"apiVersion: v1\nkind: Thing\nspec: {{{text}}}") == []


@pytest.mark.parametrize(
    ("pattern", "is_found"),
    [
        ("nvidia_com_.+", True), (".*gpu.*", True), ("cpu|nvidia.*", True),
        (".+", False), ("amd.*", False), ("(nvidia.*)+", False), ("*", False),
    ],
)  # fmt: skip
def test_queries_select_names_by_parts_of_them(pattern: str, is_found: bool) -> None:
    query = f'sum(kube_node_status_allocatable{{resource=~\\"{pattern}\\"}})'
    text = f'kind: ConfigMap\ndata: {{b.json: \'{{"expr": "{query}"}}\'}}'
    found = [(role, name) for role, name, _ in _found(text)]
    assert found == ([("dashboard", GPU)] if is_found else [])


@pytest.mark.parametrize("row", cases("no-mentions"), ids=named)
def test_users_and_what_the_api_writes_are_no_mentions(row: Any) -> None:
    assert _found(yaml.safe_dump(row["document"])) == []


def test_the_longest_name_counts() -> None:
    text = "apiVersion: v1\nkind: T\nspec: {a: 'nvidia.com/gpu.shared nvidia.com/gpu'}"
    assert [each[1] for each in _found(text, GPU, "nvidia.com/gpu.shared")] == [
        "nvidia.com/gpu.shared",
        GPU,
    ]


def test_a_long_line_is_cut_around_the_name() -> None:
    long = "x" * 5000
    text = f"apiVersion: v1\nkind: T\nspec: {{a: '{long} nvidia.com/gpu {long}'}}"
    ((_, _, said),) = _found(text)
    assert "nvidia.com/gpu" in said
    assert len(said) < 200


def test_steps_lead_to_the_place() -> None:
    text = "apiVersion: v1\nkind: T\nspec: {a: [{b: nvidia.com/gpu}, nvidia.com/gpu]}"
    assert [each.steps for each in mentions(inputs(text), [GPU])] == [
        ("spec", "a", 0, "b"),
        ("spec", "a", 1),
    ]


@pytest.mark.parametrize("value", [None, 5, [], [[[None]]], {"a": {1: "x"}}])
def test_strange_documents_harm_nobody(value: object) -> None:
    document = {"kind": value, "metadata": value, "spec": {"a": GPU}, "data": value}
    given = Input(document, "a.yaml:1", 0, is_file=True)
    assert [each.text for each in mentions([given], [GPU])] == ["a: nvidia.com/gpu"]


def test_without_names_nothing_is_looked_for() -> None:
    assert mentions(inputs("{kind: T, a: ''}"), ()) == ()


def test_what_others_than_pods_ask_for_is_found_without_a_name() -> None:
    text = "{apiVersion: a/v1, kind: NIM, spec: {limits: {acme.com/x: 1, cpu: 1}}}"
    found = [(each.resource, each.text) for each in mentions(inputs(text), ())]
    assert found == [("acme.com/x", "acme.com/x: 1")]
