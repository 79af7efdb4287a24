"""`dractl taint`: what is planned and shown, and which options go together."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.answers import validate
from tests.apiserver.documents import claim, rule, slice_of
from tests.cli import wire
from tests.cli.run import Runner
from tests.cli.tainted import (
    AVOID,
    EVICT,
    GPU,
    KEY,
    OTHER,
    RULE,
    SCHEMA,
    cluster,
    tolerating,
    using,
)

BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "keep", "namespace": "default"},
    "spec": {"minAvailable": 1, "selector": {}},
}
PARTS = {"driver": "gpu.example.com", "pool": "n0", "device": "gpu-0"}


class Reader:
    """Runs `dractl taint` on documents in a file, as 1.37 would have it."""

    def __init__(self, dractl: Runner, folder: Path) -> None:
        self._dractl = dractl
        self._folder = folder
        self.documents: Sequence[dict[str, Any]] = cluster()

    def __call__(self, *argv: str, release: str = "1.37") -> tuple[int, str, str]:
        path = wire.written(self._folder / "cluster.yaml", *self.documents)
        ran = self._dractl(
            "taint", "--snapshot", path, "--kubernetes-version", release, *argv
        )
        return ran.status, ran.out, ran.err

    def document(self, *argv: str) -> dict[str, Any]:
        _, out, _ = self(*argv, "-o", "json")
        document: dict[str, Any] = json.loads(out)
        validate(document, SCHEMA)
        return document


@pytest.fixture
def reader(dractl: Runner, tmp_path: Path) -> Reader:
    return Reader(dractl, tmp_path)


def test_a_plan_names_the_rule_the_pods_that_go_and_what_would_tolerate_it(
    reader: Reader,
) -> None:
    status, out, err = reader(GPU, EVICT, "--owner", "alice", "--reason", "a fan")

    assert status == 0
    assert out == (
        f"create DeviceTaintRule {RULE}\n"
        f"  {EVICT} on {GPU}\n"
        "  owner alice, reason: a fan\n"
        "1 device; in use by 1 claim and 1 pod\n"
        "EVICTED: 1 pod\n"
        f"  at once; does not tolerate {EVICT}\n"
        "    default/p  n0\n"
        "WHAT A REQUEST NEEDS TO TOLERATE IT\n"
        "  tolerations:\n"
        f"  - key: {KEY}\n"
        "    operator: Exists\n"
        "    effect: NoExecute\n"
        f"devicetaintrule {RULE} created (dry run: a file cannot be changed)\n"
    )
    assert "error" not in err


def test_a_pod_with_seconds_is_told_when_it_goes(reader: Reader) -> None:
    created = {"creationTimestamp": "2026-11-23T12:00:00Z"}
    gone = wire.node("n2")
    gone["metadata"] |= created
    reader.documents = [*cluster(**tolerating(600)), gone]

    _, out, _ = reader(GPU, EVICT)

    assert "  at 2026-11-23T12:10:00Z, in 10m; does not" in out


def test_a_pod_that_tolerates_stays(reader: Reader) -> None:
    reader.documents = cluster(**tolerating())

    _, out, _ = reader(GPU, EVICT)

    assert f"STAY: 1 pod\n  tolerates {EVICT}\n    default/p  n0\n" in out


def test_budgets_that_do_not_protect_are_named(reader: Reader) -> None:
    reader.documents = [*cluster(), BUDGET]

    _, out, _ = reader(GPU, EVICT)

    assert "not protected by PodDisruptionBudget keep" in " ".join(out.split())


def test_a_pod_with_the_device_as_extended_resource_is_spared(reader: Reader) -> None:
    documents = cluster()
    del documents[-2]["spec"]["resourceClaims"]
    status = documents[-2]["status"]
    status["extendedResourceClaimStatus"] = {
        "resourceClaimName": "c",
        "requestMappings": [],
    }
    reader.documents = documents

    _, out, _ = reader(GPU, EVICT)

    assert "STAY: 1 pod\n  has the device as an extended resource\n" in out


def test_a_claim_that_waits_and_loses_its_last_place_is_named(reader: Reader) -> None:
    waits = claim("w", ())
    del waits["status"]
    pending = using("q", "w")
    del pending["spec"]["nodeName"]
    pending["status"] = {"phase": "Pending"}
    reader.documents = [*cluster(), pending, waits]

    _, out, _ = reader(OTHER, AVOID)

    assert "LOSE THE LAST PLACE WHERE THEY WOULD FIT\n  pod default/q" in out
    assert "until now on n1\n" in out


@pytest.mark.parametrize(
    ("named", "selectors"),
    [
        (("gpu.example.com",), [{"driver": "gpu.example.com"}]),
        (("--node", "n0"), [{"driver": "gpu.example.com", "pool": "n0"}]),
        (("--claim", "c"), [PARTS]),
        (("--all",), [{}]),
    ],
    ids=["driver", "node", "claim", "all"],
)  # fmt: skip
def test_devices_are_named_in_many_ways(
    named: Sequence[str], selectors: list[dict[str, str]], reader: Reader
) -> None:
    document = reader.document(*named, EVICT)

    assert [each["selector"] for each in document["rules"]] == selectors


@pytest.mark.parametrize(
    "narrowing",
    [("--class", "gpu"), ("--selector", "device.driver == 'gpu.example.com'")],
    ids=["class", "expression"],
)
def test_classes_and_expressions_pick_single_devices(
    narrowing: tuple[str, str], reader: Reader
) -> None:
    document = reader.document("--node", "n0", *narrowing, AVOID)

    assert [each["name"] for each in document["rules"]] == [RULE]
    assert {each["code"] for each in document["notices"]} == {"single-devices"}


def test_a_rule_says_something_else_only_if_it_may_be_overwritten(
    reader: Reader,
) -> None:
    maint = rule("NoSchedule") | {"apiVersion": "resource.k8s.io/v1"}
    maint["metadata"] |= {"labels": {"app.kubernetes.io/managed-by": "dractl"}}
    reader.documents = [*cluster(), maint]

    refused = reader("gpu.example.com/n0", EVICT)
    allowed = reader("gpu.example.com/n0", EVICT, "--overwrite")

    assert refused[:2] == (1, "")
    assert refused[2].endswith(
        f"error: DeviceTaintRule maint says {AVOID} on gpu.example.com/n0 already\n"
        f"hint: --overwrite makes it {EVICT}\n"
    )
    assert allowed[0] == 0
    assert f"  in the place of {AVOID}\n" in allowed[1]


def test_a_rule_of_others_with_its_name_is_not_taken_over_unasked(
    reader: Reader,
) -> None:
    foreign = rule("NoExecute") | {"apiVersion": "resource.k8s.io/v1"}
    foreign["metadata"] = {"name": RULE}
    reader.documents = [*cluster(), foreign]

    status, _, err = reader(GPU, EVICT)
    _, out, warned = reader(GPU, EVICT, "--overwrite")

    assert status == 1
    assert "on gpu.example.com/n0, and dractl did not make it\n" in err
    assert f"hint: --overwrite takes it over and makes it {EVICT}\n" in err
    assert f"change DeviceTaintRule {RULE}\n" in out
    assert "warning: DeviceTaintRule" in warned


def test_rules_of_others_are_not_removed_by_accident(reader: Reader) -> None:
    foreign = rule() | {"apiVersion": "resource.k8s.io/v1"}
    reader.documents = [*cluster(), foreign]

    status, out, err = reader(GPU, f"{KEY}-")

    assert (status, out) == (1, "")
    assert "DeviceTaintRule maint, made by another tool or person, puts" in err
    assert "note: no rule for these devices is meant by" in err


def test_a_rule_for_exactly_these_devices_is_removed(reader: Reader) -> None:
    foreign = rule() | {"apiVersion": "resource.k8s.io/v1"}
    reader.documents = [*cluster(), foreign]

    status, out, _ = reader("gpu.example.com/n0", f"{KEY}-")

    assert status == 0
    assert out.startswith(
        f"remove DeviceTaintRule maint\n  {EVICT} on gpu.example.com/n0\n"
    )
    assert out.endswith("maint removed (dry run: a file cannot be changed)\n")


def test_long_lists_are_cut_unless_all_is_asked_for(reader: Reader) -> None:
    pods = [using(f"p{number:02}", "c") for number in range(12)]
    held = claim("c", tuple(each["metadata"]["name"] for each in pods))
    reader.documents = [*cluster()[:-2], *pods, held]

    _, out, _ = reader(GPU, EVICT)
    _, whole, _ = reader(GPU, EVICT, "-o", "wide")

    assert "EVICTED: 12 pods\n" in out
    assert "  and 2 more (-o wide shows all)\n" in out
    assert "default/p11" not in out
    assert "default/p11  n0" in whole


def test_names_of_strangers_do_not_reach_the_terminal(reader: Reader) -> None:
    reader.documents = [*cluster(), slice_of("n\x1b[31m")]

    _, out, _ = reader("gpu.example.com", EVICT)

    assert "\x1b" not in out


def test_a_device_that_nobody_publishes_is_a_warning(reader: Reader) -> None:
    status, _, err = reader("gpu.example.com/n0/gpu-9", AVOID)

    assert status == 0
    assert (
        "warning: no device 'gpu-9' is published in gpu.example.com/n0; a rule for "
        "gpu.example.com/n0/gpu-9 waits for it\n"
        f"  did you mean {GPU}?\n"
    ) in err


def test_where_the_gate_is_off_other_ways_are_offered(reader: Reader) -> None:
    status, _, err = reader(GPU, EVICT, release="1.36")

    assert status == 0
    assert "warning: rules do nothing in Kubernetes 1.36 until the feature gate" in err
    assert "dractl render kubeadm --for-kubernetes 1.36" in err
    assert "kubectl cordon NODE" in err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((GPU,), "no taint is given"),
        ((EVICT,), "no devices are named"),
        ((GPU, "--remove", AVOID), "--remove goes with --expired"),
        ((GPU, "--expired"), "name no devices"),
        (("--all", "--node", "n0", AVOID), "--all means all devices"),
        (("--all", GPU, AVOID), "--all means all devices"),
        (("--list", "--for", "2h"), "they take no such options"),
        ((GPU, AVOID, "--wait"), "need a live cluster"),
        ((GPU, AVOID, "--preview"), "need a live cluster"),
        ((GPU, AVOID, "--dry-run=server"), "needs a live cluster"),
        ((GPU, AVOID, "--timeout", "1m"), "--timeout goes with --wait"),
        ((GPU, AVOID, "--wait", "--dry-run=client"), "a dry run evicts nobody"),
        ((GPU, AVOID, "--preview", "--wait"), "--preview changes nothing"),
        ((GPU, AVOID, "--for", "soon"), "'soon' is not a time from now on"),
        ((GPU, f"{KEY}:Never"), "'Never' is not an effect of a taint"),
        (("--node", "n7", AVOID), "there is no node 'n7'"),
        ((GPU, AVOID, "--field-manager", ""), "is not 1 to 128 bytes of printable"),
        ((GPU, AVOID, "--field-manager", "a\nb"), "is not 1 to 128 bytes of printable"),
        (
            (GPU, AVOID, "--field-manager", "ä" * 65),
            "is not 1 to 128 bytes of printable",
        ),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    argv: Sequence[str], said: str, reader: Reader
) -> None:
    status, out, err = reader(*argv)

    assert (status, out) == (2, "")
    assert said in err


def test_the_sample_cluster_shows_a_plan(dractl: Runner) -> None:
    ran = dractl(
        "taint",
        "--demo",
        "--kubernetes-version",
        "1.37",
        "gpu.nvidia.com/h100-1",
        EVICT,
    )

    assert ran.status == 0
    assert "EVICTED: 1 pod\n  at once; does not tolerate" in ran.out
