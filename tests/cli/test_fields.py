import json
import subprocess
import sys

import pytest

from tests.answers import from_yaml, validate
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/fields.v1.json").read_text("utf-8"))


FIELD = r"""
ResourceClaim.spec.devices.constraints[].requests[]
in       resource.k8s.io/v1, Kubernetes 1.35
type     []string
limits   at most 32 entries, no entry twice, each entry at most 127 characters
since    Kubernetes 1.31
also     v1beta2 (since 1.33)
         v1beta1 (since 1.32)
         v1alpha3 (1.31 to 1.33)
form     ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$

The requests it is about (REQUEST or REQUEST/ALTERNATIVE); all if none are
named.
"""


def test_a_field_is_told_with_all_that_limits_it(dractl: Runner) -> None:
    path = "claim.spec.devices.constraints[0].requests"
    ran = dractl("fields", path, "--kubernetes-version", "1.35")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == FIELD.lstrip()


def test_a_field_has_its_gate_its_other_spelling_and_its_rules(dractl: Runner) -> None:
    at = ("--kubernetes-version", "1.35")
    lines = dractl("fields", "slice.spec.devices.taints", *at).out.splitlines()
    assert "needs    DRADeviceTaints (alpha, off in 1.35)" in lines
    assert "         v1beta1 (since 1.33): spec.devices[].basic.taints[]" in lines
    text = dractl("fields", "claim.spec.devices.constraints.matchAttribute").out
    assert "rules    constraint-distinct-attribute, constraint-" in text


def test_kinds_are_listed_with_what_the_release_can_serve(dractl: Runner) -> None:
    ran = dractl("fields", "--kubernetes-version", "1.32")
    lines = ran.out.splitlines()
    assert lines[:2] == [
        "resource.k8s.io in Kubernetes 1.32",
        "KIND                   VERSIONS",
    ]
    assert "ResourceClaim          v1beta1, v1alpha3" in lines
    assert "DeviceTaintRule" not in ran.out


def test_a_tree_has_names_and_types_only(dractl: Runner) -> None:
    ran = dractl("fields", "claim.spec.devices.constraints", "--recursive")
    assert ran.out == (
        "ResourceClaim.spec.devices.constraints[]\n"
        "in       resource.k8s.io/v1, Kubernetes 1.37\n"
        "  distinctAttribute <string>\n"
        "  matchAttribute <string>\n"
        "  requests <[]string>\n"
    )


@pytest.mark.parametrize("kind", [[], ["claim"], ["slice"], ["class", "-R"]])
@pytest.mark.parametrize("release", ["1.31", "1.36"])
def test_every_answer_fits_its_schema_and_80_columns(
    dractl: Runner, kind: list[str], release: str
) -> None:
    options = [*kind, "--kubernetes-version", release]
    document = json.loads(dractl("fields", *options, "-o", "json").out)
    validate(document, SCHEMA)
    assert from_yaml(dractl("fields", *options, "-o", "yaml").out) == document
    assert max(map(len, dractl("fields", *options).out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["claim.spec.device"], "hint: do you mean devices?"),
        (["claim.spec.\x1b[2J\u202e"], "has no field"),
        (["\x1b[2J"], "there is no kind"),
        (["claim", "--kubernetes-version", "x"], "is not a Kubernetes version"),
        (["--recursive"], "go with a KIND"),
        (["claim", "--api-version", "v2"], "v1alpha3"),
    ],
)
def test_what_there_is_not_is_wrong_usage(
    dractl: Runner, argv: list[str], said: str
) -> None:
    ran = dractl("fields", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err


def test_the_list_of_kinds_waits_for_no_rules() -> None:
    probe = (
        "import sys; from dractl.cli.app import main; main(['fields']); "
        "print('dractl.rules.check' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.endswith("\nFalse\n")


def test_a_release_that_is_not_known_is_warned_of(dractl: Runner) -> None:
    ran = dractl("fields", "resourceclaim", "--kubernetes-version", "1.99")
    assert ran.status == 0
    assert ran.err.startswith("warning: Kubernetes 1.99 is unknown here")
