import json
from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.cli.test_validate import BAD, GOOD, REGRET


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a#b.yaml").write_text(REGRET)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "good.yaml").write_text(
        f"{GOOD}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: other}}\n"
    )
    return tmp_path


def results_in(out: str) -> list[str]:
    return [each for each in out.splitlines() if each.startswith(("ok", "not ok"))]


def test_tap_has_a_test_per_object(dractl: Runner) -> None:
    ran = dractl("validate", ".", "-o", "tap")

    assert ran.status == 1
    assert ran.out.splitlines()[:2] == ["TAP version 14", "1..4"]
    assert results_in(ran.out) == [
        "ok 1 - a\\#b.yaml: ResourceClaim ml/regret",
        "not ok 2 - bad.yaml: ResourceClaim ml/bad",
        "ok 3 - good.yaml: ResourceClaim ml/good",
        "ok 4 - good.yaml: ConfigMap other # SKIP not a kind of DRA",
    ]


def test_tap_fails_what_makes_the_status_1(dractl: Runner) -> None:
    out = dractl("validate", ".", "-o", "tap", "--fail-on", "warning").out

    assert [each.split(" - ")[0] for each in results_in(out)] == [
        "not ok 1",
        "not ok 2",
        "ok 3",
        "ok 4",
    ]


def test_tap_tells_each_finding_in_a_block(dractl: Runner) -> None:
    lines = dractl("validate", "bad.yaml", "-o", "tap").out.splitlines()

    start, end = lines.index("  ---"), lines.index("  ...")
    head, told = lines[start + 1 : end]
    assert head == "  findings:"
    found = json.loads(told.removeprefix("    - "))
    assert (found["line"], found["column"], found["code"]) == (12, 16, "count-exact")


def test_tap_shows_what_is_unreadable(dractl: Runner, folder: Path) -> None:
    (folder / "bad.yaml").write_text("a: [<&")

    ran = dractl("validate", "bad.yaml", "-o", "tap")

    assert (ran.status, results_in(ran.out)[0][:8]) == (3, "not ok 1")


def test_markdown_is_a_table_with_the_counts(dractl: Runner) -> None:
    lines = dractl("validate", ".", "-o", "markdown").out.splitlines()

    assert lines[0] == "**dractl validate**: 1 error, 1 warning"
    assert lines[2:4] == ["| where | object | finding |", "|---|---|---|"]
    assert lines[4].startswith(
        r"| a\#b.yaml:12:16 | ResourceClaim ml/regret "
        r"spec.devices.requests\[0\].exactly.count | **warning** too-many-devices: "
    )
    assert lines[5].endswith("<br>fix: use 1 or more |")


def test_markdown_counts_several(dractl: Runner, folder: Path) -> None:
    (folder / "other.yaml").write_text(BAD)

    out = dractl("validate", ".", "-o", "markdown").out

    assert out.startswith("**dractl validate**: 2 errors, 1 warning\n")


def test_markdown_shows_markup_as_text(dractl: Runner, folder: Path) -> None:
    name = "<b>|`*_x_*`|"
    (folder / "bad.yaml").write_text(GOOD.replace("name: gpu\n", f"name: '{name}'\n"))

    line = dractl("validate", "bad.yaml", "-o", "markdown").out.splitlines()[4]

    assert r"&lt;b\>\|\`\*\_x\_\*\`\|" in line
    assert line.replace(r"\|", "").count("|") == 4


def test_markdown_of_what_is_right_is_one_sentence(dractl: Runner) -> None:
    assert dractl("validate", "good.yaml", "-o", "markdown").out == (
        "**dractl validate**: nothing found\n"
    )
