"""The recorded verdicts of real API servers: every cause, every dropped field.

A sample of them lies in data/, so that some are checked everywhere.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from dractl.api.versions import to_hub
from dractl.model.cluster import Profile
from dractl.rules.server import judged
from tests.scenarios import SHARED, needs_shared

DATA: Final = Path(__file__).parent / "data"
# Answers without causes: the server says in a text what it could not decode.
_NO_CAUSES: Final = frozenset({"BadRequest", "NotFound"})
_EVERYTHING: Final = Profile.of("1.36", {"AllAlpha": True, "AllBeta": True})
_RELEASES: Final = {
    "1.33": Profile.of("1.33", {"DynamicResourceAllocation": True}),
    "1.34": Profile.of("1.34"),
    "1.35": Profile.of("1.35"),
    "1.36": Profile.of("1.36"),
}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _mismatches(path: Path) -> list[str]:
    return [row["id"] for row in _rows(path) if not _agrees(row)]


def _agrees(row: dict[str, Any]) -> bool:
    manifest, verdict = row["manifest"], row["verdict"]
    profile = _RELEASES[row["release"]] if "release" in row else _EVERYTHING
    judgement = judged(manifest, profile)
    causes = Counter(
        (each.reason, str(each.path))
        for each in judgement.violations
        if each.reason not in _NO_CAUSES
    )
    expected = Counter(
        (each["reason"], each.get("field", "")) for each in verdict.get("causes", ())
    )
    if judgement.status != verdict["code"] or causes != expected:
        return False
    assert bool(judgement.violations) == (judgement.status != 201)
    if "spec" not in row.get("result", {}):
        return True
    kept = to_hub({**manifest, **row["result"]})
    lost = _lost(to_hub(manifest)["spec"], kept["spec"], "spec")
    return sorted(lost) == sorted(str(each.path) for each in judgement.dropped)


def _lost(sent: Any, kept: Any, path: str) -> Iterator[str]:
    if isinstance(sent, dict):
        free = path.endswith((".attributes", ".capacity"))
        for key, value in sent.items():
            below = f"{path}[{key}]" if free else f"{path}.{key}"
            if key in kept:
                yield from _lost(value, kept[key], below)
            elif value not in ({}, [], None):
                yield below
    elif isinstance(sent, list) and sent:
        for index, (entry, left) in enumerate(zip(sent, kept, strict=True)):
            yield from _lost(entry, left, f"{path}[{index}]")


@pytest.mark.parametrize("name", ["manifests.jsonl", "releases.jsonl.gz"])
def test_a_sample_is_judged_as_recorded(name: str) -> None:
    assert sum(1 for _ in _rows(DATA / name)) == 60
    assert _mismatches(DATA / name) == []


@needs_shared
@pytest.mark.parametrize("name", ["manifests.jsonl", "releases.jsonl.gz"])
def test_all_are_judged_as_recorded(name: str) -> None:
    assert _mismatches(SHARED / "vectors" / name) == []


@needs_shared
def test_what_was_created_is_fine_in_every_version() -> None:
    for row in _rows(SHARED / "vectors" / "conversions.jsonl"):
        for document in row["as"].values():
            if isinstance(document, dict) and "kind" in document:
                judgement = judged(document, _EVERYTHING)
                assert judgement.violations == (), row["id"]
