"""Inputs as they are found in the world, and what becomes of them."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from dractl.migrate.inputs import Input
from dractl.migrate.users import users
from tests.answers import all_from_yaml
from tests.batches import batched
from tests.cli.run import Runner
from tests.migrate.recorded import ANSWERS, CASES, CORPUS, answer, asked, options

_RELEASE = "--kubernetes-version"

every_case = pytest.mark.parametrize("case", CASES)


@batched(list(product(CASES, ANSWERS)))
def test_says_what_is_recorded(asking: tuple[str, str]) -> None:
    case, file = asking
    assert answer(case, ANSWERS[file]) == (CORPUS / case / file).read_text()


def _release(case: str) -> list[str]:
    words = options(case)
    if _RELEASE in words:
        return [_RELEASE, words[words.index(_RELEASE) + 1]]
    return [_RELEASE, "1.36"] if "--snapshot" in words else []


@every_case
def test_renders_what_a_server_accepts(
    case: str, dractl: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / case)
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(dractl(*asked(case, "render"), "-o", "-").out)
    judged = dractl("validate", str(rendered), *_release(case))
    assert judged.status == 0, judged.out


def _asks(text: str) -> Iterator[tuple[object, ...]]:
    """Yield what each container asks for, and what its pods ask of nodes."""
    documents: list[Any] = [each for each in all_from_yaml(text) if each]
    inputs = [
        Input(item, "", number, is_file=True)
        for number, item in enumerate(
            item
            for each in documents
            for item in (each["items"] if each.get("kind") == "List" else [each])
        )
    ]
    for user in users(inputs):
        title = f"{user.input.title}{user.steps}"
        for each in user.asks:
            yield title, each.container, each.resource, each.amount
        nodes = {key: user.spec.get(key) for key in ("nodeSelector", "affinity")}
        yield title, json.dumps(nodes, sort_keys=True)


@every_case
def test_comes_back_or_says_what_is_lost(
    case: str, dractl: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS / case)
    there = tmp_path / "there.yaml"
    there.write_text(dractl(*asked(case, "render"), "-o", "-").out)
    back = dractl("migrate", "render", str(there), "--reverse", "-o", "-")
    names = [name for name in ("app.yaml", "app", "manifests") if Path(name).exists()]
    files = [
        file
        for name in names
        for file in ([Path(name)] if Path(name).is_file() else Path(name).iterdir())
    ]
    before = sorted(each for file in files for each in _asks(file.read_text()))
    if before != sorted(_asks(back.out)) and files:
        assert "warning" in back.err, back.out
