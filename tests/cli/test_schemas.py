"""Whatever a command prints as JSON, a schema describes."""

import json
from typing import Any, Final

import jsonschema
import pytest

from dractl.demo import PATH
from dractl.sources.schemas import schema
from tests.answers import from_yaml, validate
from tests.cli import wire
from tests.cli.everything import (
    CLUSTER,
    HOST,
    MANIFEST,
    READING,
    WRITING,
    commands,
    formats,
)
from tests.cli.run import ROOT, Runner
from tests.hosts.trees import tree

SCHEMAS: Final = {
    path.name: json.loads(path.read_text("utf-8"))
    for path in (ROOT / "schemas" / "output").glob("*.json")
}
ELSEWHERE: Final = {"migrate status"}
"""What needs a migration under way: tests/cli/test_migrate_status.py."""


def kinds(part: object) -> set[str]:
    """Return the kinds of answers that a schema is for."""
    if isinstance(part, list):
        return set().union(*map(kinds, part))
    if not isinstance(part, dict):
        return set()
    properties = part.get("properties", {})
    found = set().union(*map(kinds, part.values()))
    if "apiVersion" in properties and "kind" in properties:
        kind = properties["kind"]
        found |= {kind["const"]} if "const" in kind else set(kind.get("enum", ()))
    return found


BY_KIND: Final = {kind: name for name, each in SCHEMAS.items() for kind in kinds(each)}


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what is put in the place of words."""
    folder = tmp_path_factory.mktemp("stands")
    return {
        CLUSTER: str(PATH),
        HOST: str(tree("empty-vm").unpack(folder / "host")),
        MANIFEST: wire.written(folder / "claim.yaml", wire.claim("c")),
    }


def printed(
    dractl: Runner,
    stands: dict[str, str],
    command: str,
    words: tuple[str, ...],
    form: str = "json",
) -> Any:
    argv = [stands.get(each, each) for each in words]
    ran = dractl(*command.split(), *argv, "-o", form)
    assert ran.status in {0, 1, 3}, ran.err
    return json.loads(ran.out) if form == "json" else from_yaml(ran.out)


COMMANDS: Final = dict(commands())


def test_every_command_that_prints_json_is_known_here() -> None:
    found = {name for name, each in COMMANDS.items() if "json" in formats(each)}
    assert found == READING.keys() | WRITING.keys() | ELSEWHERE


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert name.endswith(".v1.json")
    assert kinds(SCHEMAS[name])


@pytest.mark.parametrize(
    ("command", "words"),
    [(name, words) for name, variants in READING.items() for words in variants],
)
def test_an_answer_fits_the_schema_of_its_kind(
    dractl: Runner, stands: dict[str, str], command: str, words: tuple[str, ...]
) -> None:
    document = printed(dractl, stands, command, words)
    assert document["apiVersion"] == "dractl/v1"
    validate(document, SCHEMAS[BY_KIND[document["kind"]]])
    if "yaml" in formats(COMMANDS[command]):
        same = printed(dractl, stands, command, words, "yaml")
        for each in (document, same):
            each.get("summary", {}).pop("seconds", None)
        assert same == document


@pytest.mark.parametrize(
    ("command", "words"),
    [(name, words) for name, variants in WRITING.items() for words in variants],
)
def test_an_object_fits_the_schema_of_its_kind(
    dractl: Runner, stands: dict[str, str], command: str, words: tuple[str, ...]
) -> None:
    document = printed(dractl, stands, command, words)
    for each in document.get("items", [document]):
        version = each["apiVersion"].rpartition("/")[2]
        described = schema(each["kind"], version)
        assert described is not None
        validate(each, described)
