"""`dractl top` of what would be: --fits, changes in thought, --headroom."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.answers import validate
from tests.capacity.exposition import parsed
from tests.cli import wire
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/top.v1.json").read_text("utf-8"))
HOSTILE = "\x1b[2J<script>"


def cluster(folder: Path, *more: wire.Wire) -> str:
    """Return a file with a node of three devices and one of one, which is in use."""
    return wire.written(
        folder / "cluster.yaml",
        wire.node("n1"),
        {**wire.node("n2"), "metadata": {"name": "n2", "labels": {"zone": "b"}}},
        wire.device_class("gpu", f'device.driver == "{wire.DRIVER}"'),
        wire.resource_slice("n1", *(wire.device(f"gpu-{n}") for n in range(3))),
        wire.resource_slice("n2", wire.device("gpu-0")),
        taken("used", "n2"),
        *more,
    )


def taken(name: str, node: str) -> wire.Wire:
    result = {
        "driver": wire.DRIVER, "pool": node, "device": "gpu-0", "request": "gpu",
    }  # fmt: skip
    allocation = {"devices": {"results": [result]}}
    return {**wire.claim(name), "status": {"allocation": allocation}}


def asking(folder: Path, name: str = "more") -> str:
    return wire.written(folder / "more.yaml", wire.claim(name))


def answer(dractl: Runner, *argv: str, status: int = 0) -> dict[str, Any]:
    ran = dractl("top", *argv, "-o", "json")
    assert ran.status == status, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    validate(document, SCHEMA)
    return document


def test_how_many_fit(dractl: Runner, tmp_path: Path) -> None:
    ran = dractl("top", "--snapshot", cluster(tmp_path), "--fits", asking(tmp_path))

    assert ran.status == 0
    assert ran.out.splitlines() == [
        "ResourceClaim default/more: 3 more fit, on 1 node",
        "  the next one: request gpu wants 1 device, 0 left: 3 in use (1 node)",
        "  the next one: request gpu wants 1 device, 0 left: 1 in use (1 node)",
        "NODE  MORE",
        "n1    3",
    ]


def test_constraints_that_keep_more_from_fitting_are_told(
    dractl: Runner, tmp_path: Path
) -> None:
    near = wire.claim("near", device_class="rdma-nic")
    asked = near["spec"]["devices"]
    asked["requests"][0]["exactly"]["count"] = 2
    asked["constraints"] = [{"matchAttribute": "resource.kubernetes.io/pcieRoot"}]
    file = wire.written(tmp_path / "near.yaml", near)

    assert "  8 would fit if it had no constraints\n" in (
        dractl("top", "--demo", "--fits", file).out
    )
    assert "  at least 5 would fit if it had no constraints\n" in (
        dractl("top", "--demo", "--fits", file, "--most", "5").out
    )
    [found] = answer(dractl, "--demo", "--fits", file, status=1)["fits"]
    assert (found["number"], found["withoutConstraints"]) == (0, 8)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--at-least", "3"], 0),
        (["--at-least", "4"], 1),
        (["--remove", "n1"], 1),
        (["--at-least", "4", "--add-nodes", "1", "--like", "n2"], 0),
        (["--at-least", "4", "--free", "used"], 0),
        (["--taint", f"{wire.DRIVER}/n1"], 1),
        (["--drain", "n1"], 1),
        (["--without-driver", wire.DRIVER], 1),
    ],
)
def test_the_status_tells_whether_enough_fit(
    dractl: Runner, tmp_path: Path, options: list[str], status: int
) -> None:
    file = cluster(tmp_path)
    ran = dractl("top", "--snapshot", file, "--fits", asking(tmp_path), *options)
    assert ran.status == status


def test_the_status_tells_of_what_has_no_place_though_enough_fit(
    dractl: Runner, tmp_path: Path
) -> None:
    file = wire.written(tmp_path / "nic.yaml", wire.claim("nic", "x", "rdma-nic"))
    asked = ["--demo", "--fits", file, "--remove", "mi300x-1"]
    found = answer(dractl, *asked, status=1)
    assert found["fits"][0]["number"] == 16
    assert [each["node"] for each in found["whatIf"]["displaced"]] == [None]


def test_fits_says_what_it_was_before(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--fits", asking(tmp_path)]
    ran = dractl("top", *argv, "--add-nodes", "1", "--like", "n1")

    assert "WHAT IF 1 more node like n1" in ran.out
    assert "6 more fit, on 2 nodes (without the changes: 3)" in ran.out
    assert "n1-new-1  3     0" in ran.out


def test_what_loses_its_place_takes_it_before_copies_do(
    dractl: Runner, tmp_path: Path
) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--fits", asking(tmp_path)]
    found = answer(dractl, *argv, "--remove", "n2")

    assert found["fits"][0]["number"] == 2
    [displaced] = found["whatIf"]["displaced"]
    assert (displaced["name"], displaced["node"]) == ("used", "n1")


def test_fits_on_some_nodes_only(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--fits", asking(tmp_path)]
    for option in (["--node", "n2"], ["-l", "zone=b"]):
        assert answer(dractl, *argv, *option, "--free", "used")["fits"][0]["nodes"] == [
            {"name": "n2", "number": 1}
        ]
    nowhere = dractl("top", *argv, "-l", "zone=nowhere")
    assert nowhere.status == 2
    assert "no node is of those" in nowhere.err


def test_fields_are_what_the_options_are(dractl: Runner, tmp_path: Path) -> None:
    argv = ["devices", "--snapshot", cluster(tmp_path), "-o", "name"]
    fields = f"spec.nodeName=n2,spec.driver=={wire.DRIVER}"
    assert dractl("top", *argv, "--field-selector", fields).out == (
        dractl("top", *argv, "--node", "n2", "--driver", wire.DRIVER).out
    )
    mine = dractl("top", *argv, "--field-selector", "metadata.namespace=default").out
    assert mine == dractl("top", *argv, "-n", "default").out != ""


def test_nodes_of_fits_are_sorted(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--fits", asking(tmp_path)]
    change = ["--add-nodes", "1", "--like", "n2", "--free", "used"]
    ran = dractl("top", *argv, *change, "--sort", "more")
    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[-3:] == [["n1", "3", "3"], ["n2", "1", "0"], ["n2-new-1", "1", "0"]]
    assert dractl("top", *argv, "--sort", "nothing").status == 2


def test_fits_reads_stdin_and_claims_of_the_cluster(
    dractl: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = cluster(tmp_path)
    named = answer(dractl, "--snapshot", file, "--fits", "claim/used")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(
        Path(asking(tmp_path)).read_bytes()
    )))  # fmt: skip
    piped = answer(dractl, "--snapshot", file, "--fits", "-")

    assert named["fits"][0]["number"] == piped["fits"][0]["number"] == 3


def test_most_bounds_the_answer(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--fits", asking(tmp_path), "--most", "2"]
    assert answer(dractl, *argv)["fits"][0]["complete"] is False
    assert "at least 2 more fit" in dractl("top", *argv).out
    before = dractl("top", *argv, "--remove", "n2").out
    assert "(without the changes: at least 2)" in " ".join(before.split())


def test_fits_as_csv(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--fits", asking(tmp_path)]
    assert dractl("top", *argv, "-o", "csv").out == (
        "KIND,NAMESPACE,NAME,NODE,MORE\nResourceClaim,default,more,n1,3\n"
    )
    none = [*argv, "--taint", f"{wire.DRIVER}/n1", "-o", "csv"]
    assert dractl("top", *none).out.splitlines()[1:] == [
        "ResourceClaim,default,more,,0"
    ]


def test_views_have_a_column_for_the_change(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--remove", "n2"]
    ran = dractl("top", "nodes", *argv)
    rows = [line.split() for line in ran.out.splitlines()]

    assert "claim default/used loses its devices and has a place on n1" in ran.out
    assert rows[-2] == ["n1", "3", "2", "1", "-1", "free,", "+1", "used"]
    assert rows[-1] == ["n2", "0", "0", "0", "-1", "total,", "-1", "used"]
    found = answer(dractl, "nodes", *argv)
    assert found["whatIf"]["changes"] == ["without node n2"]
    assert found["whatIf"]["summaryBefore"]["total"] == 4
    assert found["summary"]["total"] == 3


def test_the_overview_after_a_change(dractl: Runner, tmp_path: Path) -> None:
    change = ["--taint", f"{wire.DRIVER}/n2/gpu-0:NoExecute"]
    ran = dractl("top", "--snapshot", cluster(tmp_path), *change)

    assert ran.status == 0
    headline, second, *_ = ran.out.splitlines()
    assert headline == f"WHAT IF {wire.DRIVER}/n2/gpu-0 tainted NoExecute"
    assert second == "  2 of 4 devices can be had, instead of 3 of 4"
    assert max(map(len, ran.out.splitlines())) <= 80


def test_partitions_that_overlap_count_as_they_can_be_had(dractl: Runner) -> None:
    told = dractl("top", "--demo", "--remove", "a100-1").out.splitlines()[1]
    before = answer(dractl, "--demo")["summary"]
    found = answer(dractl, "--demo", "--remove", "a100-1", status=1)["summary"]
    assert before["atOnce"] < before["free"]
    assert told == (
        f"  {found['atOnce']} of {found['total']} devices can be had at once, "
        f"instead of {before['atOnce']} of {before['total']}"
    )


def test_a_change_that_leaves_somebody_without_a_place(
    dractl: Runner, tmp_path: Path
) -> None:
    more = [taken("a", "n1")]
    argv = ["--snapshot", cluster(tmp_path, *more), "--drain", "n1", "--remove", "n2"]
    ran = dractl("top", "nodes", *argv)

    assert ran.status == 1
    told = "claim default/used loses its devices and has no place: the node is cordoned"
    assert told in " ".join(ran.out.split())


def test_headroom(dractl: Runner, tmp_path: Path) -> None:
    argv = ["classes", "--snapshot", cluster(tmp_path), "--headroom"]
    ran = dractl("top", *argv)
    *rows, empty, statement = ran.out.splitlines()
    assert [line.split() for line in rows] == [
        ["CLASS", "NODE", "DEVICES", "FREE", "FREE-AFTER", "MOVED", "HOMELESS"],
        ["gpu", "n1", "3", "3", "0", "0", "0"],
    ]
    assert not empty
    assert statement == (
        "any one of these nodes can be lost: what it has finds a place elsewhere"
    )
    assert ran.status == 0

    found = answer(dractl, *argv, "--fits", asking(tmp_path), status=1)
    assert found["headroom"][0]["fits"][0]["number"] == 0


def test_pods_without_devices_need_a_place_as_well(
    dractl: Runner, tmp_path: Path
) -> None:
    plain = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "plain", "namespace": "default"},
        "spec": {"nodeName": "n2", "containers": [{"name": "c"}]},
        "status": {"phase": "Running"},
    }
    argv = ["--snapshot", cluster(tmp_path, plain)]
    ran = dractl("top", "nodes", *argv, "--drain", "n2", "--drain", "n1")
    told = "loses its node and has no place: the node is cordoned (2 nodes)"
    assert told in " ".join(ran.out.split())
    assert ran.status == 1
    alone = dractl("top", *argv, "--remove", "n2", "--free", "used")
    assert "pod default/plain loses its node and has a place on n1" in alone.out


def test_headroom_counts_what_a_change_has_moved(
    dractl: Runner, tmp_path: Path
) -> None:
    argv = ["classes", "--snapshot", cluster(tmp_path), "--headroom", "--remove", "n2"]
    [loss] = answer(dractl, *argv, status=1)["headroom"]
    assert (loss["node"], loss["freeBefore"]) == ("n1", 2)
    assert [each["name"] for each in loss["homeless"]] == ["used"]


def test_headroom_fails_where_the_change_leaves_somebody_without_a_place(
    dractl: Runner, tmp_path: Path
) -> None:
    argv = ["classes", "--snapshot", cluster(tmp_path), "--headroom"]
    found = answer(dractl, *argv, "--drain", "n1", "--remove", "n2", status=1)
    assert [each["covered"] for each in found["headroom"]] == [True]


def test_a_claim_that_copies_share_is_for_so_many_pods(
    dractl: Runner, tmp_path: Path
) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {
            "containers": [{"name": "c"}],
            "resourceClaims": [{"name": "gpu", "resourceClaimName": "used"}],
        },
    }
    file = wire.written(tmp_path / "pod.yaml", pod)
    argv = ["--snapshot", cluster(tmp_path), "--fits", file, "--most", "300"]
    ran = dractl("top", *argv, "--at-least", "257")
    told = "claim default/used may be reserved for 256 pods: only 256 more can run"
    assert told in " ".join(ran.out.split())
    assert ran.status == 1


def test_headroom_that_is_not_there(dractl: Runner, tmp_path: Path) -> None:
    file = cluster(tmp_path, taken("b", "n1"))
    argv = ["--snapshot", file, "--headroom", "--taint", f"{wire.DRIVER}/n2"]
    assert dractl("top", "classes", *argv).status == 1


def test_prometheus(dractl: Runner, tmp_path: Path) -> None:
    argv = ["--snapshot", cluster(tmp_path), "--format", "prometheus"]
    now = parsed(dractl("top", *argv).out)
    after = parsed(dractl("top", *argv, "--free", "used").out)

    assert sum(each.value for each in now if each.name == "dractl_devices") == 4
    free = [
        sum(s.value for s in found if ("state", "free") in s.labels)
        for found in (now, after)
    ]
    assert free == [3, 4]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--add-nodes", "99999999999", "--like", "n1"], "'--add-nodes'"),
        (["--add-nodes", "2"], "--add-nodes N and --like NODE go together"),
        (["--taint", "a:NoWay"], "the effect 'NoWay' is not"),
        (["--remove", "n9"], "there is no node 'n9'"),
        (["--most", "3"], "--at-least and --most go with --fits"),
        (["--fits", "claim/x"], "there is no claim 'default/x'"),
        (["--headroom", "-o", "name"], "--headroom prints"),
        (["--watch"], "--watch follows a live cluster"),
        (["--svg", "--headroom"], "--svg draws"),
        (["--field-selector", "status.phase=x"], "'status.phase=x' is none of"),
        (["--field-selector", "spec.driver!=x"], "'spec.driver!=x' is none of"),
        (["--field-selector", ""], "'' is none of"),
        (["--field-selector", "spec.nodeName=n1", "--node", "n2"], "given twice"),
        (["nodes", "--fits", "claim/used"], "--fits is a question of its own"),
        (["--by", "x", "--fits", "claim/used"], "--fits is a question of its own"),
        (["--driver", "x", "--fits", "claim/used"], "--fits is a question of its own"),
        (["--timeout", "3s"], "--timeout goes with --watch"),
    ],
)
def test_wrong_usage(
    dractl: Runner, tmp_path: Path, argv: list[str], message: str
) -> None:
    ran = dractl("top", "--snapshot", cluster(tmp_path), *argv)
    assert ran.status == 2
    assert message in ran.err
    assert not ran.out


def test_hostile_names_are_shown_as_text(dractl: Runner, tmp_path: Path) -> None:
    file = wire.written(tmp_path / "more.yaml", wire.claim(HOSTILE))
    for more in ([], ["--remove", "n2"], ["-o", "csv"], ["--headroom"]):
        argv = ["--snapshot", cluster(tmp_path), "--fits", file, *more]
        assert "\x1b" not in dractl("top", *argv).out


def test_a_file_that_cannot_be_read(dractl: Runner, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: [")
    argv = ["--snapshot", cluster(tmp_path), "--fits", str(bad)]
    assert dractl("top", *argv).status == 3


def test_allocate_takes_the_same_changes(dractl: Runner, tmp_path: Path) -> None:
    file = cluster(tmp_path)
    ran = dractl("allocate", "--snapshot", file, "--remove", "n2", "-o", "json")
    assert ran.status == 0
    [placement] = json.loads(ran.out)["placements"]
    assert (placement["node"], placement["claims"][0]["name"]) == ("n1", "used")

    wanted = [asking(tmp_path), "--snapshot", file, "--remove", "n1"]
    assert dractl("allocate", *wanted).status == 1
    back = [*wanted, "--add-nodes", "1", "--like", "n1"]
    assert dractl("allocate", *back).status == 0
