import json
from pathlib import Path

import pytest

from tests.cli.run import Runner

CLAIM = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata:
  name: mine
  namespace: ml
spec:
  devices:
    requests:
    - name: gpu
      exactly:
        deviceClassName: gpu.example.com
        count: -1
"""
LISTED = {
    "file": "claim.yaml",
    "kind": "ResourceClaim",
    "namespace": "ml",
    "name": "mine",
    "path": "spec.devices.requests[0].exactly.count",
    "code": "count-exact",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("claim.yaml").write_text(CLAIM)


def test_what_is_listed_is_left_out_also_after_edits(dractl: Runner) -> None:
    ran = dractl("validate", "claim.yaml", "--write-baseline", "known.json")
    assert (ran.status, ran.out) == (0, "")
    assert "known.json: 1 finding listed\n" in ran.err
    assert json.loads(Path("known.json").read_text())["findings"] == [LISTED]
    Path("claim.yaml").write_text(f"# moved\n\n{CLAIM}".replace("-1", "-2"))
    ran = dractl("validate", "./claim.yaml", "--baseline", "known.json")
    assert (ran.status, ran.out) == (0, "")
    assert "known.json: lists 1 finding, left out here\n" in ran.err


def test_a_new_finding_is_reported(dractl: Runner) -> None:
    dractl("validate", "claim.yaml", "--write-baseline", "known.json")
    Path("claim.yaml").write_text(CLAIM + "    - name: Not-A-Label\n")
    ran = dractl("validate", "claim.yaml", "--baseline", "known.json", "-o", "json")
    codes = {each["code"] for each in json.loads(ran.out)["findings"]}
    assert ran.status == 1
    assert codes
    assert "count-exact" not in codes


def test_another_object_with_the_same_mistake_is_reported(dractl: Runner) -> None:
    dractl("validate", "claim.yaml", "--write-baseline", "known.json")
    Path("claim.yaml").write_text(f"{CLAIM}---\n{CLAIM.replace('mine', 'yours')}")
    ran = dractl("validate", "claim.yaml", "--baseline", "known.json")
    assert (ran.status, ran.out.count("count-exact")) == (1, 1)


def test_it_is_written_the_same_each_time_over_what_was_there(dractl: Runner) -> None:
    Path("more.yaml").write_text(CLAIM.replace("mine", "more"))
    target = Path("known.json")
    dractl("validate", "more.yaml", "claim.yaml", "--write-baseline", "known.json")
    once = target.read_bytes()
    target.chmod(0o600)
    dractl("validate", "claim.yaml", "more.yaml", "--write-baseline", "known.json")
    assert target.read_bytes() == once
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in Path().iterdir()) == [
        "claim.yaml",
        "known.json",
        "more.yaml",
    ]


def test_what_cannot_be_read_is_never_accepted(dractl: Runner) -> None:
    Path("claim.yaml").write_text("a: [\n")
    ran = dractl("validate", "claim.yaml", "--write-baseline", "known.json")
    assert ran.status == 3
    assert "unreadable" in ran.out
    assert json.loads(Path("known.json").read_text())["findings"] == []
    ran = dractl("validate", "claim.yaml", "--baseline", "known.json")
    assert (ran.status, "unreadable" in ran.out) == (3, True)


def test_what_is_listed_is_not_mended(dractl: Runner) -> None:
    text = CLAIM.replace("count: -1", "capacity: {requests: {memory: 6 GiB}}")
    Path("claim.yaml").write_text(text)
    dractl("validate", "claim.yaml", "--write-baseline", "known.json")
    ran = dractl("validate", "claim.yaml", "--baseline", "known.json", "--fix")
    assert (ran.status, Path("claim.yaml").read_text()) == (0, text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "ValidateBaseline"}'])
def test_another_file_is_no_baseline(dractl: Runner, text: str) -> None:
    Path("known.json").write_text(text)
    ran = dractl("validate", "claim.yaml", "--baseline", "known.json")
    assert (ran.status, ran.out) == (3, "")
    assert "known.json: is no baseline" in ran.err


@pytest.mark.parametrize(
    "options", [("--baseline", "a", "--write-baseline", "a"), ("--write-baseline", "-")]
)
def test_options_that_make_no_sense(dractl: Runner, options: tuple[str, ...]) -> None:
    assert dractl("validate", "claim.yaml", *options).status == 2
