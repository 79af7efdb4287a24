"""What real API servers of several releases answered is what refused-then says."""

import gzip
import itertools
import json
from collections.abc import Iterator
from typing import Any

from dractl.model.cluster import KubernetesVersion
from tests.doctor.upgrade.asking import of_release, said
from tests.scenarios import SHARED, needs_shared

RECORDED = SHARED / "vectors" / "releases.jsonl.gz"
Wire = dict[str, Any]


def pairs() -> Iterator[tuple[Wire, Wire]]:
    """Yield what two releases in a row said of one object in one version of the API."""
    found: dict[str, list[Wire]] = {}
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for each in map(json.loads, lines):
            found.setdefault(each["id"], []).append(each)
    for rows in found.values():
        rows.sort(key=lambda each: KubernetesVersion.parse(each["release"]))
        for before, after in itertools.pairwise(rows):
            versions = {each["manifest"]["apiVersion"] for each in (before, after)}
            if len(versions) == 1 and before["verdict"]["code"] != 404:
                yield before, after


def is_accepted(row: Wire) -> bool:
    """Tell whether the server took the object."""
    return bool(row["verdict"]["code"] < 400)


@needs_shared
def test_servers_refuse_what_is_told() -> None:
    wrong, refused = [], 0
    for before, after in pairs():
        question = of_release(
            [], after["release"], after["manifest"], kubernetes=before["release"]
        )
        is_refused = is_accepted(before) and not is_accepted(after)
        refused += is_refused
        if bool(said("refused-then", question)) is not is_refused:
            wrong.append((before["id"], before["release"], after["release"]))

    assert wrong == []
    assert refused > 0
