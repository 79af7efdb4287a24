import json
from pathlib import Path

import pytest

from dractl.sources.yaml_edit import values_of
from tests.cli.run import Runner, program

CLASS = """\
# of the team
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata:
  name: gpu
spec:
  selectors:
  - cel:
      expression: device.driver = 'a.example.com' # ours
  - cel:
      expression: | # large
        device.driver == 'a.example.com' &&
          device.capacity['a.example.com'].memory.isGreaterThan(quantity('40GB'))
      # after
"""
CLAIM = """\
apiVersion: resource.k8s.io/v1beta1
kind: ResourceClaim
metadata: {name: mine}
spec:
  devices:
    requests:
    - name: gpu
      deviceClassName: gpu
      capacity:
        requests:
          memory: 6 GiB # enough
"""
BELOW = CLAIM.replace("/v1beta1", "/v1").replace(
    "      deviceClassName: gpu\n      capacity:\n        requests:\n          memory",
    "      exactly:\n        deviceClassName: gpu\n        capacity:\n"
    "          requests:\n            memory",
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_is_certain_is_mended_beside_its_comments(dractl: Runner) -> None:
    file = Path("all.yaml")
    file.write_text(f"{CLASS}---\n{BELOW}")
    ran = dractl("validate", "all.yaml", "--fix")
    assert (ran.status, ran.out) == (0, "")
    assert "all.yaml:9: spec.selectors[0].cel.expression: " in ran.err
    assert "capacity.requests.memory: 6 GiB -> 6Gi\n" in ran.err
    expected = f"{CLASS}---\n{BELOW}"
    for old, new in (
        ("device.driver = 'a.example.com'", "\"device.driver == 'a.example.com'\""),
        ("quantity('40GB')", 'quantity("40G")'),
        ("6 GiB", '"6Gi"'),
    ):
        assert old in expected
        expected = expected.replace(old, new)
    assert file.read_text() == expected


def test_a_version_without_exactly_is_mended_as_well(dractl: Runner) -> None:
    Path("old.yaml").write_text(CLAIM)
    ran = dractl("validate", "old.yaml", "--fix", "--quiet")
    assert Path("old.yaml").read_text() == CLAIM.replace("6 GiB", '"6Gi"')
    assert "not a quantity" not in ran.out


def test_a_second_run_changes_nothing_and_the_mode_stays(dractl: Runner) -> None:
    file = Path("all.yaml")
    file.write_text(f"{CLASS}---\n{BELOW}")
    file.chmod(0o640)
    dractl("validate", "all.yaml", "--fix")
    once, inode = file.read_bytes(), file.stat().st_ino
    assert file.stat().st_mode & 0o777 == 0o640
    assert " -> " not in dractl("validate", "all.yaml", "--fix").err
    assert (file.read_bytes(), file.stat().st_ino) == (once, inode)


def test_json_stays_json_and_lists_are_looked_into(dractl: Runner) -> None:
    (claim,) = values_of(BELOW)
    whole = {"apiVersion": "v1", "kind": "List", "items": [claim, claim]}
    Path("list.json").write_text(json.dumps(whole, indent=4))
    assert dractl("validate", "list.json", "--fix").status == 0
    expected = json.dumps(whole, indent=4).replace("6 GiB", "6Gi")
    assert Path("list.json").read_text() == expected


@pytest.mark.parametrize("amount", ["5mb", "5 m", "3 e", "five", "1.2.3 Gi"])
def test_what_is_not_certain_is_left_and_reported(dractl: Runner, amount: str) -> None:
    text = BELOW.replace("6 GiB", amount)
    Path("claim.yaml").write_text(text)
    ran = dractl("validate", "claim.yaml", "--fix")
    assert Path("claim.yaml").read_text() == text
    assert (ran.status, "not a quantity" in ran.out) == (1, True)


def test_a_mark_inside_of_a_text_may_be_meant(dractl: Runner) -> None:
    text = CLASS.replace(
        "device.driver = 'a.example.com'",
        "device.driver = 'x' || device.attributes['x'].a == 'k=v'",
    )
    Path("class.yaml").write_text(text)
    dractl("validate", "class.yaml", "--fix")
    assert "'k=v'" in Path("class.yaml").read_text()


def test_an_alias_is_left_since_it_has_no_text_of_its_own(dractl: Runner) -> None:
    text = BELOW.replace("6 GiB", "&much 6 GiB") + "            other: *much\n"
    Path("claim.yaml").write_text(text)
    assert dractl("validate", "claim.yaml", "--fix").status == 1
    assert "# enough" in Path("claim.yaml").read_text()


def test_what_an_object_ignores_is_not_changed(dractl: Runner) -> None:
    text = BELOW.replace(
        "{name: mine}", "{name: mine, annotations: {dractl.dev/ignore: all}}"
    )
    Path("claim.yaml").write_text(text)
    assert dractl("validate", "claim.yaml", "--fix").status == 0
    assert Path("claim.yaml").read_text() == text


def test_stdin_cannot_be_mended() -> None:
    ran = program("validate", "-", "--fix", stdin=BELOW.encode())
    assert (ran.status, ran.out) == (2, "")
    assert "--fix changes files" in ran.err
    assert "hint: " in ran.err


def test_a_file_that_cannot_be_written_is_told(dractl: Runner) -> None:
    import gzip

    Path("claim.yaml.gz").write_bytes(gzip.compress(BELOW.encode()))
    ran = dractl("validate", "claim.yaml.gz", "--fix")
    assert ran.status == 3
    assert "not changed in place" in ran.err
    assert "not a quantity" in ran.out
