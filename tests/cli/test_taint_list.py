"""`dractl taint --list` and `--expired`: what is tainted, by whom, and until when."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.answers import validate
from tests.apiserver import ApiServer
from tests.apiserver.documents import Wire, rule, slice_of
from tests.cli.run import Runner
from tests.cli.tainted import KEY, SCHEMA, Tainter, cluster

OURS = {"app.kubernetes.io/managed-by": "dractl"}
PAST = "2026-11-20T00:00:00Z"


def made(name: str, pool: str = "n0", effect: str = "NoExecute", **notes: str) -> Wire:
    """Return a rule that dractl made, with annotations."""
    document = rule(effect, timeAdded="2026-11-19T00:00:00Z")
    document["metadata"] = {
        "name": name,
        "labels": OURS,
        "annotations": {f"dractl.dev/{key}": text for key, text in notes.items()},
    }
    document["spec"]["deviceSelector"]["pool"] = pool
    return document


def sick() -> Wire:
    """Return a slice whose driver taints its device."""
    document = slice_of("n2")
    taint = {"key": "gpu.example.com/xid", "value": "79", "effect": "NoSchedule"}
    document["spec"]["devices"][0]["taints"] = [taint]
    return document


@pytest.fixture
def taint(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> Tainter:
    api_server.add([*cluster(), sick(), made("old", until=PAST, owner="bob")])
    api_server.add(made("lasting", "n1", "NoSchedule", reason="a fan"))
    api_server.evict()
    return Tainter(dractl, api_server, tmp_path)


def test_rules_and_drivers_are_listed_with_what_hangs_on_them(taint: Tainter) -> None:
    ran = taint("--list")

    assert ran.status == 0
    age = re.compile(r"for \d+[dhms]")
    assert age.sub("for AGE", ran.out) == (
        f"{KEY}:NoSchedule on gpu.example.com/n1\n"
        "  by DeviceTaintRule lasting of dractl for AGE\n"
        "  reason: a fan\n"
        "  1 device; in use by 0 claims and 0 pods\n"
        "  eviction: OtherEffect: Only NoExecute evicts.\n"
        f"{KEY}:NoExecute on gpu.example.com/n0\n"
        "  by DeviceTaintRule old of dractl for AGE\n"
        "  until 2026-11-20T00:00:00Z, owner bob (past)\n"
        "  1 device; in use by 1 claim and 1 pod\n"
        "  eviction: PodsPendingEviction: 1 pods in 1 namespaces to be evicted.; 1 "
        "pod\n    to go\n"
        "gpu.example.com/xid=79:NoSchedule on gpu.example.com/n2/gpu-0\n"
        "  by driver gpu.example.com for <unknown>\n"
        "  1 device; in use by 0 claims and 0 pods\n"
    )
    assert "3 taints, 2 by rules on 3 devices" in ran.err
    assert "1 past their time: dractl taint --expired --remove" in ran.err


def test_a_wide_list_has_a_line_for_each_taint(taint: Tainter) -> None:
    ran = taint("--list", "-o", "wide")

    header, *lines = ran.out.splitlines()
    assert header.split()[:4] == ["DEVICES", "TAINT", "FROM", "AGE"]
    assert [line.split()[0] for line in lines] == [
        "gpu.example.com/n1",
        "gpu.example.com/n0",
        "gpu.example.com/n2/gpu-0",
    ]


def test_names_are_those_of_rules(taint: Tainter) -> None:
    assert taint("--list", "-o", "name").out.splitlines() == [
        "devicetaintrule.resource.k8s.io/lasting",
        "devicetaintrule.resource.k8s.io/old",
    ]


def test_data_follows_the_schema(taint: Tainter) -> None:
    document: dict[str, Any] = json.loads(taint("--list", "-o", "json").out)

    validate(document, SCHEMA)
    assert [each["rule"] for each in document["taints"]] == ["lasting", "old", None]
    assert document["taints"][1]["eviction"]["reason"] == "PodsPendingEviction"


@pytest.mark.parametrize(
    ("named", "rules"),
    [
        (("gpu.example.com/n1/gpu-0",), ["lasting"]),
        (("--node", "n0"), ["old"]),
        (("gpu.example.com",), ["lasting", "old"]),
        (("nic.example.com",), []),
    ],
    ids=["device", "node", "driver", "none"],
)
def test_a_list_of_some_devices_has_their_taints_only(
    named: tuple[str, ...], rules: list[str], taint: Tainter
) -> None:
    found = taint("--list", *named, "-o", "name").out.splitlines()

    assert [each.partition("/")[2] for each in found] == rules


def test_what_is_past_its_time_is_listed(taint: Tainter) -> None:
    ran = taint("--expired", "-o", "name")

    assert (ran.status, ran.out) == (0, "devicetaintrule.resource.k8s.io/old\n")
    assert taint.writes() == []


def test_what_is_past_its_time_is_removed_on_demand(taint: Tainter) -> None:
    ran = taint("--expired", "--remove", "--yes")

    assert ran.status == 0
    assert ran.out.endswith("devicetaintrule old removed\n")
    assert taint.rules() == {"lasting": "NoSchedule"}


def test_where_nothing_is_past_there_is_nothing_to_remove(taint: Tainter) -> None:
    taint("--expired", "--remove", "--yes")

    ran = taint("--expired", "--remove", "--yes")

    assert (ran.status, ran.out) == (0, "")
    assert "no rule of dractl is past its time\n" in ran.err


def test_a_list_needs_no_cluster(dractl: Runner) -> None:
    ran = dractl("taint", "--list", "--demo")

    assert ran.status == 0
    assert ran.out.startswith("gpu.nvidia.com/xid=79:NoSchedule on gpu.nvidia.com/h100")
