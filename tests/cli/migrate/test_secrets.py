"""Nothing secret in manifests is printed by a plan.

These are values of environment variables, arguments, annotations, Secrets, and whatever
else stands in objects that only mention a resource.
"""

from pathlib import Path

import pytest

from tests.cli.run import Runner

FILE = Path(__file__).with_name("files") / "secrets.yaml"
MARK = "SECRET"
"""Stands in everything that nobody may see; hidden values are all there is to find."""


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-v"],
        ["-o", "wide"],
        ["-o", "json"],
        ["-o", "yaml"],
        ["-o", "name"],
        ["--route", "extended-resource"],
        ["--resource", "nvidia.com/gpu", "--kubernetes-version", "1.31"],
    ],
    ids=" ".join,
)
def test_a_plan_shows_no_secrets(dractl: Runner, options: list[str]) -> None:
    ran = dractl("migrate", "plan", str(FILE), *options)

    assert "chat" in ran.out
    assert MARK not in ran.out + ran.err


def test_mentions_are_told_all_the_same(dractl: Runner) -> None:
    out = " ".join(dractl("migrate", "plan", str(FILE)).out.split())

    assert "other: Thing a/t says token: ... nvidia.com/gpu" in out
    assert "Secret a/s" not in out


def test_what_rendering_says_shows_no_secrets(dractl: Runner) -> None:
    ran = dractl("migrate", "render", str(FILE))

    assert "resourceClaims" in ran.out
    assert MARK not in ran.err
    assert [
        each
        for each in ran.out.splitlines()
        if MARK in each and each.startswith(("+", "-"))
    ] == []
