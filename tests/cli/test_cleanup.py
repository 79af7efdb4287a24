"""`dractl cleanup` finds what is left over, in live clusters and in snapshots."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from dractl.cli.leftovers import table
from dractl.cli.terminal import Terminal
from tests.answers import validate
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli import wire
from tests.cli.abandoned import OLD, SCHEMA, UNUSED, Cleaner, cluster
from tests.cli.run import ROOT, Runner
from tests.leftovers.cluster import base, found, meta, rule, slice_, template

EXAMPLE = str(ROOT / "examples/leftovers.yaml")
HOSTILE = "\x1b[2J\u202e\n[red]"


@pytest.fixture
def cleaner(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> Cleaner:
    return Cleaner(dractl, api_server, tmp_path)


def named(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["verdict"], each["object"]["name"]) for each in document["findings"]]


def test_leftovers_are_listed_by_verdict_and_reason(dractl: Runner) -> None:
    ran = dractl("cleanup", "--snapshot", EXAMPLE)

    assert ran.status == 1
    assert ran.out == (
        "SAFE TO DELETE\n"
        "  claim-owner-gone: it was made for Pod llama-0, gone, and is reserved for\n"
        "    nobody\n"
        "    resourceclaim training/llama-0-gpu-x7k2q  18d\n"
        "    - device gpu.example.com/gpu-1/gpu-0 becomes free\n"
        "  slice-node-gone: its node gpu-2 is gone\n"
        "    resourceslice gpu-2-gpu.example.com-lq8wz  110d\n"
        "\n"
        "TO DELETE AFTER A LOOK\n"
        "  template-unused: no pod refers to it, and nothing that makes pods\n"
        "    resourceclaimtemplate training/four-gpus  160d\n"
        "    - a manifest outside of the cluster that names it would wait for it\n"
    )
    assert ran.err == (
        "as of 2026-11-20T09:00:00Z, the newest time in the snapshot\n"
        "3 leftovers: 2 safe to delete, 1 after a look\n"
    )


def test_names_are_those_of_what_is_proposed(dractl: Runner) -> None:
    ran = dractl("cleanup", "--snapshot", EXAMPLE, "-q", "-o", "name")

    assert ran.out.splitlines() == [
        "resourceclaimtemplate.resource.k8s.io/four-gpus",
        "resourceclaim.resource.k8s.io/llama-0-gpu-x7k2q",
        "resourceslice.resource.k8s.io/gpu-2-gpu.example.com-lq8wz",
    ]


def test_wide_has_a_line_for_each(dractl: Runner) -> None:
    ran = dractl("cleanup", "--snapshot", EXAMPLE, "-o", "wide")

    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["VERDICT", "CODE"],
        ["safe", "claim-owner-gone"],
        ["safe", "slice-node-gone"],
        ["review", "template-unused"],
    ]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--older-than", "100d"], ["four-gpus", "gpu-2-gpu.example.com-lq8wz"]),
        (["--only", "claim-owner-gone"], ["llama-0-gpu-x7k2q"]),
        (["--only", "claim-unused,class-unused"], []),
        (["-n", "training"], ["four-gpus", "llama-0-gpu-x7k2q"]),
        (["-n", "serving"], []),
    ],
    ids=" ".join,
)
def test_options_leave_out_what_is_not_asked_for(
    dractl: Runner, options: list[str], names: list[str]
) -> None:
    ran = dractl("cleanup", "--snapshot", EXAMPLE, *options, "-o", "json")

    document = json.loads(ran.out)
    validate(document, SCHEMA)
    assert [name for _, name in named(document)] == names
    assert ran.status == (1 if names else 0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--demo", "--yes"], "go with --delete"),
        (["--demo", "--dry-run", "client"], "go with --delete"),
        (["--demo", "--include-review"], "go with --delete"),
        (["--demo", "--delete"], "--delete needs a live cluster"),
        (["--snapshot", EXAMPLE, "--delete", "--yes"], "needs a live cluster"),
        (["--demo", "--only", "claim-unused,old"], "'old' is no code of a finding"),
        (["--demo", "--older-than", "7"], "--older-than: '7' is no duration"),
        (["--demo", "-n", "a", "-A"], "exclude each other"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_options_that_make_no_sense_are_wrong_usage(
    dractl: Runner, options: list[str], said: str
) -> None:
    ran = dractl("cleanup", *options)

    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_live_cluster_has_its_namespace_and_what_is_in_none(
    cleaner: Cleaner, api_server: ApiServer
) -> None:
    far = meta(UNUSED, name="far", namespace="far")
    gone = rule("r", {"driver": "gone.example.com"})
    api_server.add([*cluster(), far, {**gone, "apiVersion": "resource.k8s.io/v1beta2"}])

    own = {("review", "unused"), *(("safe", name) for name in "abc")}
    assert set(named(cleaner.document())) == {*own, ("review", "r")}
    assert named(cleaner.document("-n", "far")) == [("review", "far")]
    assert set(named(cleaner.document("-A"))) == {
        *own,
        ("review", "r"),
        ("review", "far"),
    }


def test_a_cluster_without_leftovers_is_clean(
    cleaner: Cleaner, api_server: ApiServer
) -> None:
    api_server.add([*base(), slice_()])

    ran = cleaner("-A")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "0 leftovers: 0 safe to delete, 0 after a look\n"


def test_what_cannot_be_read_is_no_reason_to_delete_anything(
    cleaner: Cleaner, api_server: ApiServer
) -> None:
    api_server.access.change(User("alice", deny=(Rule("list", "batch", "jobs"),)))
    api_server.add([*base(), slice_(), UNUSED])

    ran = cleaner("-A", user="alice")

    assert ran.status == 3
    assert (
        "CANNOT BE TOLD\n  template-unused: cannot be told, since jobs may" in ran.out
    )
    assert "warning: jobs may not be read (needs list on jobs.batch)" in ran.err


def test_without_slices_nothing_is_clean(
    cleaner: Cleaner, api_server: ApiServer
) -> None:
    denied = Rule("list", "resource.k8s.io", "resourceslices")
    api_server.access.change(User("alice", deny=(denied,)))
    api_server.add([*base(), slice_()])

    assert cleaner("-A", user="alice").status == 3
    assert cleaner("-n", "default", user="alice").status == 0


def test_where_rules_fail_to_be_listed_nothing_is_clean(
    cleaner: Cleaner, api_server: ApiServer
) -> None:
    api_server.faults.add(Fault(Kind.NOT_ALLOWED, path="*/devicetaintrules"))
    api_server.add([*base(), slice_()])

    ran = cleaner("-A")

    assert ran.status == 3
    assert "warning: devicetaintrules could not be read (the server an" in ran.err


def test_without_claims_there_is_no_answer(
    cleaner: Cleaner, api_server: ApiServer
) -> None:
    denied = Rule("list", "resource.k8s.io", "resourceclaims")
    api_server.access.change(User("alice", deny=(denied,)))

    ran = cleaner(user="alice")

    assert (ran.status, ran.out) == (3, "")
    assert "may not list resourceclaims.resource.k8s.io" in ran.err


def test_a_snapshot_of_the_cluster_gives_the_same_answer(
    cleaner: Cleaner, dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(cluster())
    path, config = tmp_path / "cluster.json", api_server.kubeconfig(tmp_path / "config")
    dractl("snapshot", "--kubeconfig", str(config), "-A", "-f", str(path))

    saved = json.loads(dractl("cleanup", "--snapshot", str(path), "-o", "json").out)

    assert named(saved) == named(cleaner.document("-A"))
    assert len(named(saved)) == 4


def test_prose_fits_a_narrow_terminal() -> None:
    screen = Terminal(io.StringIO(), io.StringIO(), columns=50)

    lines = table(found(cluster()), screen).splitlines()

    assert len(lines) > 8
    assert max(map(len, lines)) <= 50


def test_hostile_names_reach_no_terminal_raw(dractl: Runner, tmp_path: Path) -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": HOSTILE, "uid": "gone"}
    documents = [
        *base(),
        meta(template(f"t{HOSTILE}"), creationTimestamp=OLD),
        meta(wire.claim(f"c{HOSTILE}"), ownerReferences=[owner]),
        slice_(f"s{HOSTILE}", f"n{HOSTILE}"),
    ]
    path = wire.written(tmp_path / "hostile.yaml", *documents)

    for form in ("table", "wide", "json", "yaml", "name"):
        ran = dractl("cleanup", "--snapshot", path, "-o", form)
        assert (ran.out + ran.err).replace("\n", "").isprintable()
        assert ran.status == 1
