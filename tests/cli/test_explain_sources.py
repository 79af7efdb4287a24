"""`dractl explain` of sources that are broken, incomplete or hostile."""

from pathlib import Path

import pytest

from tests.cli import wire
from tests.cli.run import Runner
from tests.cli.waiting import CLUSTER, answer
from tests.diagnose.cluster import (
    claim,
    gpu_class,
    gpus,
    held,
    node,
    pod,
    template,
    wish,
)

HOSTILE = "\x1b[2J\u202e\n[red]"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"kind: [", b"\x00\x01\xff", b"[" * 100_000, b"a: &a [*a]\n", b"null"],
    ids=["empty", "json", "yaml", "binary", "deep", "cycle", "null"],
)
def test_a_snapshot_that_is_none_never_ends_in_a_traceback(
    dractl: Runner, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)

    ran = dractl("explain", "--snapshot", str(path))

    assert ran.status in {0, 3}
    assert "bug" not in ran.err


def test_a_missing_file_is_named(dractl: Runner, tmp_path: Path) -> None:
    ran = dractl("explain", "--snapshot", str(tmp_path / "gone.yaml"))

    assert (ran.status, ran.out) == (3, "")
    assert "gone.yaml: cannot be read" in ran.err


BAD = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": 5}}


def test_an_object_that_cannot_be_read_keeps_the_answer_from_being_complete(
    dractl: Runner, tmp_path: Path
) -> None:
    path = wire.written(tmp_path / "cluster.yaml", *CLUSTER[:5], BAD)

    ran = dractl("explain", "--snapshot", path)

    assert (ran.status, ran.out) == (3, "")
    assert "warning: left out: " in ran.err
    document = answer(dractl, "--snapshot", path)
    assert [each["kind"] for each in document["problems"]] == ["Node"]


def test_what_is_stuck_counts_more_than_what_cannot_be_read(
    dractl: Runner, tmp_path: Path
) -> None:
    path = wire.written(tmp_path / "cluster.yaml", *CLUSTER, BAD)

    assert dractl("explain", "--snapshot", path).status == 1


def hostile(tmp_path: Path) -> str:
    """Return a cluster in which every name that can be is made to do harm."""
    owner = {"kind": f"Job{HOSTILE}", "name": HOSTILE, "uid": "u", "controller": True}
    waiting = pod(f"p{HOSTILE}", f"claim/{HOSTILE}", f"template/{HOSTILE}")
    waiting["metadata"]["ownerReferences"] = [owner]
    device = {
        "name": HOSTILE,
        "attributes": {"a": {"string": HOSTILE}},
        "taints": [{"key": HOSTILE, "value": HOSTILE, "effect": "NoSchedule"}],
    }
    asked = wish(2, selectors=[{"cel": {"expression": f"'{HOSTILE!r}' == 'x'"}}])
    return wire.written(
        tmp_path / "hostile.yaml",
        node(HOSTILE),
        gpu_class(),
        gpus(HOSTILE, device),
        held(f"h{HOSTILE}", HOSTILE, HOSTILE, pod=HOSTILE),
        claim(HOSTILE, asked),
        claim(f"c{HOSTILE}", wish(1)),
        template(f"t{HOSTILE}"),
        waiting,
        pod(f"q{HOSTILE}", f"claim/c{HOSTILE}"),
    )


@pytest.mark.parametrize("form", ["table", "wide", "json", "yaml", "name"])
@pytest.mark.parametrize(
    "words",
    [[], ["pod", f"p{HOSTILE}"], ["claim", f"c{HOSTILE}"],
     ["device", f"gpu.example.com/{HOSTILE}/{HOSTILE}"], ["pod", f"z{HOSTILE}"],
     [HOSTILE, "x"], ["device", HOSTILE]],
    ids=["all", "pod", "claim", "device", "unknown", "kind", "path"],
)  # fmt: skip
def test_hostile_names_reach_no_terminal_raw(
    dractl: Runner, tmp_path: Path, words: list[str], form: str
) -> None:
    ran = dractl("explain", *words, "--snapshot", hostile(tmp_path), "-o", form)

    assert (ran.out + ran.err).replace("\n", "").isprintable()
    assert ran.status in {0, 1, 2}
