"""Names and messages that attack whoever reads them: shown as text, everywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.answers import from_yaml
from tests.cli import wire
from tests.cli.everything import (
    CLUSTER,
    HOST,
    MANIFEST,
    READING,
    commands,
    formats,
)
from tests.cli.run import Runner
from tests.hosts.trees import tree

EVIL: Final = (
    "\x1b]0;owned\x07\x1b[2J\u202egnp.\r\n::error::x\n<script>alert(1)</script>"
)
"""Escapes, a title, a bidirectional override, a workflow command, and markup."""
TAINT: Final = {"key": EVIL, "value": EVIL, "effect": "NoExecute"}
CONDITION: Final = {"type": EVIL, "status": "False", "reason": EVIL, "message": EVIL}
FORBIDDEN: Final = "\x1b\x07\r\x9b\u202e\u2066\x00"


def named(document: wire.Wire, **metadata: Any) -> wire.Wire:
    document["metadata"].update(metadata)
    return document


def hostile() -> list[wire.Wire]:
    """Return a cluster of which everything that can be chosen is chosen by an enemy."""
    return [
        *_hardware(),
        *_claims(),
        *(_pod(EVIL, EVIL, EVIL, "Running"), _pod(f"{EVIL}2", "", "waits", "Pending")),
        *_around(),
        *_rights(),
        {"apiVersion": EVIL, "kind": EVIL, "metadata": {"name": EVIL}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": EVIL},
    ]


def _hardware() -> Iterator[wire.Wire]:
    evil_device = wire.device(EVIL, {EVIL: {"string": EVIL}}, {EVIL: "1Gi"})
    evil_device["taints"] = [TAINT]
    plain = wire.device("gpu-0", {"model": {"string": EVIL}})
    slices = wire.resource_slice(EVIL, evil_device, plain)
    slices["spec"]["nodeName"] = EVIL
    yield slices
    node = named(wire.node(EVIL), labels={EVIL: EVIL}, annotations={EVIL: EVIL})
    node["spec"] = {"taints": [{**TAINT, "effect": "NoSchedule"}]}
    node["status"] = {
        "nodeInfo": {"kubeletVersion": EVIL, "containerRuntimeVersion": EVIL},
        "conditions": [{**CONDITION, "type": "Ready"}],
        "allocatable": {f"{EVIL}/gpu": "8"},
    }
    yield node
    yield wire.device_class(EVIL, f"device.driver == '{wire.DRIVER}'", EVIL)
    yield {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": EVIL},
        "spec": {
            "deviceSelector": {"driver": wire.DRIVER, "pool": EVIL},
            "taint": TAINT,
        },
    }


def _claims() -> Iterator[wire.Wire]:
    result = {"request": "gpu", "driver": wire.DRIVER, "pool": EVIL, "device": EVIL}
    held = named(wire.claim(EVIL, EVIL, EVIL), uid=EVIL)
    held["status"] = {
        "allocation": {"devices": {"results": [result]}},
        "reservedFor": [{"resource": "pods", "name": EVIL, "uid": EVIL}],
        "devices": [{**result, "conditions": [CONDITION], "data": {EVIL: EVIL}}],
        "driverStatus": {EVIL: EVIL},
    }
    yield held
    yield wire.claim("waits", EVIL, EVIL)


def _pod(name: str, node: str, claim: str, phase: str) -> wire.Wire:
    health = {"resourceID": EVIL, "health": "Unhealthy", "message": EVIL}
    told = {"name": f"claim:{EVIL}", "resources": [health]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": EVIL, "uid": name},
        "spec": {
            "nodeName": node,
            "containers": [{"name": EVIL, "image": EVIL}],
            "resourceClaims": [{"name": EVIL, "resourceClaimName": claim}],
        },
        "status": {
            "phase": phase,
            "message": EVIL,
            "reason": EVIL,
            "conditions": [{**CONDITION, "type": "PodScheduled"}],
            "containerStatuses": [{"name": EVIL, "allocatedResourcesStatus": [told]}],
        },
    }


def _around() -> Iterator[wire.Wire]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": EVIL}}
    yield {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": EVIL, "namespace": EVIL},
        "involvedObject": {"kind": "Pod", "name": EVIL, "namespace": EVIL},
        "reason": EVIL,
        "message": EVIL,
        "type": "Warning",
        "source": {"component": EVIL},
    }
    yield {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": EVIL, "namespace": EVIL},
        "spec": {"hard": {f"{EVIL}.deviceclass.resource.k8s.io/devices": "1"}},
        "status": {"hard": {EVIL: "1"}, "used": {EVIL: "1"}},
    }


def _rights() -> Iterator[wire.Wire]:
    named_only = {
        "apiGroups": ["resource.k8s.io"],
        "resources": ["deviceclasses"],
        "resourceNames": [EVIL],
        "verbs": ["create"],
    }
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": EVIL},
        "rules": [
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*", EVIL]},
            named_only,
        ],
    }
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": EVIL},
        "roleRef": {"kind": "ClusterRole", "name": EVIL},
        "subjects": [
            {"kind": "User", "name": EVIL},
            {"kind": "ServiceAccount", "name": EVIL, "namespace": EVIL},
        ],
    }


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hostile")
    cluster = folder / "cluster.json"
    cluster.write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": hostile()})
    )
    return {
        CLUSTER: str(cluster),
        HOST: str(tree("hostile").unpack(folder / "host")),
        MANIFEST: str(cluster),
    }


COMMANDS: Final = dict(commands())
CASES: Final = [
    pytest.param(name, words, form, id=f"{name}-{number}-{form}")
    for name, variants in READING.items()
    for number, words in enumerate(variants)
    for form in formats(COMMANDS[name])
]


@pytest.mark.parametrize(("command", "words", "form"), CASES)
def test_no_escape_reaches_a_terminal(
    dractl: Runner,
    stands: dict[str, str],
    command: str,
    words: tuple[str, ...],
    form: str,
) -> None:
    argv = [stands.get(each, each) for each in words]
    ran = dractl(*command.split(), *argv, "-o", form)
    assert ran.status in {0, 1, 2, 3}, ran.err  # not each form goes with all words
    for text in (ran.out, ran.err):
        assert "Traceback" not in text
        assert not [each for each in FORBIDDEN if each in text]
    # What a build would obey stands only at the beginning of a line.
    made_up = [each for each in ran.out.splitlines() if each.startswith("::error::x")]
    assert made_up == []
    if form == "json" and ran.out:
        json.loads(ran.out)
    if form == "yaml" and ran.out:
        from_yaml(ran.out)


@pytest.mark.parametrize("view", [(), ("--redact",)])
def test_a_snapshot_of_it_can_be_read(
    dractl: Runner, stands: dict[str, str], view: tuple[str, ...], tmp_path: Path
) -> None:
    saved = str(tmp_path / "saved.json")
    ran = dractl("snapshot", "--snapshot", stands[CLUSTER], "-f", saved, *view)
    assert ran.status in {0, 3}
    assert not [each for each in FORBIDDEN if each in ran.err]
    assert dractl("explain", "--snapshot", saved).status in {1, 3}


@pytest.mark.parametrize(
    "words",
    [
        ("report", "--snapshot", CLUSTER, "-o", "-"),
        ("report", "--snapshot", CLUSTER, "--title", EVIL, "-o", "-"),
        ("top", "--snapshot", CLUSTER, "--svg"),
        ("discover", "--root", HOST, "--topology", "--svg"),
    ],
    ids=lambda words: f"{words[0]}{len(words)}",
)
def test_no_markup_reaches_a_browser(
    dractl: Runner, stands: dict[str, str], words: tuple[str, ...]
) -> None:
    ran = dractl(*(stands.get(each, each) for each in words))
    assert ran.status in {0, 1, 3}, ran.err
    assert "<" in ran.out
    assert "<script>alert" not in ran.out
    assert not [each for each in FORBIDDEN if each in ran.out + ran.err]


@pytest.mark.parametrize(
    "words",
    [
        ("top", "--format", "prometheus", "--snapshot", CLUSTER),
        ("top", "--fits", MANIFEST, "--snapshot", CLUSTER),
        ("top", "--by", EVIL, "--snapshot", CLUSTER),
        ("top", "--remove", EVIL, "--snapshot", CLUSTER),
        ("top", "--taint", f"{wire.DRIVER}/{EVIL}", "--snapshot", CLUSTER),
        ("doctor", "-f", MANIFEST, "--snapshot", CLUSTER),
        ("doctor", "--only", EVIL, "--snapshot", CLUSTER),
        ("doctor", "upgrade", "--driver", EVIL, "--snapshot", CLUSTER),
        ("doctor", "upgrade", "--kubernetes", EVIL, "--snapshot", CLUSTER),
        ("health", "node", EVIL, "--snapshot", CLUSTER),
        ("health", "-n", EVIL, "--snapshot", CLUSTER),
        ("fields", EVIL),
        ("fields", f"claim.{EVIL}"),
        ("diff", EVIL, CLUSTER),
        ("diff", MANIFEST, CLUSTER, "-n", EVIL),
    ],
    ids=lambda words: "-".join(each for each in words if each.isalpha()),
)
def test_what_users_are_made_to_type_is_text_too(
    dractl: Runner, stands: dict[str, str], words: tuple[str, ...]
) -> None:
    ran = dractl(*(stands.get(each, each) for each in words))
    assert ran.status in {0, 1, 2, 3}, ran.err
    assert not [each for each in FORBIDDEN if each in ran.out + ran.err]
