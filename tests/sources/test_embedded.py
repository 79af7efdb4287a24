"""Texts in ConfigMaps and values of Helm, of friends and of enemies."""

import time
from typing import Any

import pytest

from dractl.sources.embedded import texts


def config_map(**data: object) -> dict[str, Any]:
    """Return a ConfigMap with such values."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "data": data}


def test_values_of_a_config_map_in_yaml_and_json() -> None:
    """Both are read by their keys, with comments and aliases."""
    found = texts(
        config_map(
            a="# entry\nversion: v1\nflags: &f\n  migStrategy: none\nmore: *f\n",
            b='{"resourceList": [{"resourceName": "vf"}]}',
            c="- 1\n- 2\n",
        )
    )
    assert found == {
        "a": {
            "version": "v1",
            "flags": {"migStrategy": "none"},
            "more": {"migStrategy": "none"},
        },
        "b": {"resourceList": [{"resourceName": "vf"}]},
        "c": [1, 2],
    }


def test_only_the_first_document_of_a_text_counts() -> None:
    """A plugin reads no further."""
    assert texts(config_map(a="x: 1\n---\nx: 2\n")) == {"a": {"x": 1}}
    assert texts(config_map(a="{x: 1}")) == {"a": {"x": 1}}


DEEP = "[" * 5000
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 9)
)
CHAIN = "".join(
    f"a{n}: &a{n} {'[' * 40}{f'*a{n - 1}' if n else 'x'}{']' * 40}\n" for n in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "42",
        "null",
        "a: [1",
        "a: 1\na: 2\n",
        "&a [*a]",
        "a: .nan\n",
        "!!python/object/apply:os.system [id]",
        "\x00\x01",
        "a: \ud800\n",
        "x: 1\n" + "# long\n" * 40_000,
        "é: 1\n" + "é" * 200_000,
        DEEP,
        DEEP.replace("[", '{"a":'),
        "- " * 3000,
        BOMB,
        CHAIN,
        "[" + "0," * 60_000 + "0]",
        f"a: {'9' * 5000}{'0' * 5000}x: 1",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_configuration_is_left_out_quickly(text: str) -> None:
    """Neither size nor depth nor aliases can stop the others from being read."""
    begun = time.monotonic()
    assert texts(config_map(bad=text, good="a: 1")) == {"good": {"a": 1}}
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("data", [None, [], "a: 1", 3, {"a": None, "b": 1, "c": {}}])
def test_data_of_any_type(data: object) -> None:
    """No type of `data` or of a value is too odd."""
    document = {"apiVersion": "v1", "kind": "ConfigMap", "data": data}
    assert texts(document) == {}


def test_values_of_helm() -> None:
    """Entries of plugin configurations are found below any chart."""
    entry = "version: v1\nsharing: {}\n"
    values: dict[str, Any] = {
        "config": {"default": "a", "map": {"a": entry}},
        "gpu-operator": {"devicePlugin": {"config": {"data": {"b": entry}}}},
        "other": {"map": {"c": entry}, "config": {"data": {"d": 1}}},
    }
    expected = {"version": "v1", "sharing": {}}
    assert texts(values) == {
        "config.map.a": expected,
        "gpu-operator.devicePlugin.config.data.b": expected,
    }
    assert texts({**values, "kind": "Deployment"}) == {}


def test_values_that_contain_themselves_end() -> None:
    """No depth of a document is followed to its end."""
    values: dict[str, Any] = {}
    values["config"] = values
    assert texts(values) == {}
