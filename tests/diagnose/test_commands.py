"""What to type next: commands that only read."""

import shlex
from collections.abc import Mapping

from dractl.cli.app import app
from dractl.diagnose.answer import Cause
from dractl.diagnose.commands import commands
from dractl.diagnose.table import CODES
from tests.batches import batched
from tests.diagnose.cluster import (
    DRIVER,
    case_of,
    claim,
    cluster,
    gpu_class,
    gpus,
    node,
    pod,
)

CASE = case_of(
    cluster(node("n1"), gpu_class(), gpus("n1", "a"), pod("web", "claim/c"), claim("c"))
)
EVIDENCE: Mapping[str, object] = {
    "drivers": [DRIVER],
    "expression": "true && false",
    "taints": [{"rule": "maintenance", "devices": [f"{DRIVER}/n1/a"]}],
    "held": [
        {"device": f"{DRIVER}/n1/a", "claim": {"namespace": "ml", "name": "mine"}}
    ],
}
READING = {"get", "describe", "cel", "attributes", "explain"}


def typed(code: str, **evidence: object) -> list[list[str]]:
    cause = Cause(code, "x", "c", "gpu", ("n1",), {**EVIDENCE, **evidence})
    return [shlex.split(each) for each in commands(CASE, cause)]


@batched(CODES)
def test_every_command_only_reads(code: str) -> None:
    assert {words[1] for words in typed(code)} <= READING


@batched(CODES)
def test_every_command_of_dractl_exists(code: str) -> None:
    own = {words[1] for words in typed(code) if words[0] == "dractl"}

    assert own <= {each.name for each in app.registered_commands}


def test_no_more_than_three_are_told() -> None:
    many = [{"rule": f"rule-{n}", "devices": [f"d/p/{n}"]} for n in range(9)]

    assert len(typed("devices-tainted", taints=many)) == 3


@batched(CODES)
def test_what_lacks_evidence_has_fewer_commands_and_no_error(code: str) -> None:
    bare = Cause(code, "x")

    assert len(commands(CASE, bare)) <= len(typed(code))


def test_names_are_quoted_for_a_shell() -> None:
    text = "device.driver == 'a b'; rm -rf /"

    (first, *_) = typed("selector-no-match", expression=text)

    assert first == ["dractl", "cel", text, "--class", "gpu"]


def test_who_holds_a_device_can_be_looked_at() -> None:
    assert typed("devices-in-use") == [
        ["dractl", "explain", "device", f"{DRIVER}/n1/a"],
        ["dractl", "explain", "claim", "mine", "-n", "ml"],
    ]


def test_the_rule_behind_a_taint_can_be_looked_at() -> None:
    assert typed("devices-tainted")[0] == [
        "kubectl", "get", "devicetaintrule", "maintenance", "-o", "yaml",
    ]  # fmt: skip
