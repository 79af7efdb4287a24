import json

import pytest
import yaml

from dractl.cli.output import as_json, as_yaml

HOSTILE = {"name": "\x1b[31m\x7f\x9b\u202e", "list": ["数", {"deep": None}], "n": 1.5}


def test_json_is_what_went_in_and_all_ascii() -> None:
    text = as_json(HOSTILE)
    assert json.loads(text) == HOSTILE
    assert all(each == "\n" or " " <= each < "\x7f" for each in text)


def test_yaml_is_what_went_in_and_all_ascii() -> None:
    text = as_yaml(HOSTILE)
    assert yaml.safe_load(text) == HOSTILE
    assert all(each == "\n" or " " <= each < "\x7f" for each in text)


def test_half_of_a_surrogate_pair_is_no_text_in_yaml() -> None:
    assert yaml.safe_load(as_yaml({"a\udc00": ["x\ud800"]})) == {"a\ufffd": ["x\ufffd"]}


@pytest.mark.parametrize(
    "text", ["y", "no", "On", "0777", "1e3", "1_000", "12:30", "null", "~", ".inf", ""]
)
def test_yaml_quotes_text_that_kubectl_would_take_for_something_else(text: str) -> None:
    assert as_yaml({"value": text}) == f'value: "{text}"\n'


def test_yaml_leaves_plain_names_plain_and_has_no_anchors() -> None:
    shared = {"driver": "gpu.nvidia.com"}
    assert as_yaml({"a": shared, "b": shared}) == (
        "a:\n  driver: gpu.nvidia.com\nb:\n  driver: gpu.nvidia.com\n"
    )
