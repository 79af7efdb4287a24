"""The sample cluster, asked in several ways."""

import json

import pytest
import yaml

from tests.cli.run import Runner


def test_yaml_and_json_say_the_same(dractl: Runner) -> None:
    document = json.loads(dractl("allocate", "--demo", "-o", "json").out)
    other = yaml.safe_load(dractl("allocate", "--demo", "-o", "yaml").out)
    document["summary"].pop("seconds")
    other["summary"].pop("seconds")
    assert other == document


@pytest.mark.parametrize(
    ("release", "warned"),
    [("1.30", True), ("1.31", False), ("1.37", False), ("2.0", True)],
)
def test_a_release_beyond_the_known_ones_gets_a_warning(
    dractl: Runner, release: str, *, warned: bool
) -> None:
    ran = dractl("allocate", "--demo", "--kubernetes-version", release)
    assert ("is unknown here; it is judged as" in ran.err) is warned
