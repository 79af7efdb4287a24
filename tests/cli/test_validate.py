import gzip
import json
from pathlib import Path

import pytest
import yaml

from tests.answers import validate
from tests.cli.run import ROOT, Runner, program

SCHEMA = json.loads((ROOT / "schemas/output/validate.v1.json").read_text("utf-8"))
GOOD = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata:
  name: good
  namespace: ml
spec:
  devices:
    requests:
    - name: gpu
      exactly:
        deviceClassName: gpu.example.com
"""
BAD = GOOD.replace("name: good", "name: bad") + "        count: -1\n"
REGRET = GOOD.replace("name: good", "name: regret") + "        count: 40\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(f"# Source: chart\n---\n{GOOD}---\n{BAD}")
    (tmp_path / "regret.yaml").write_text(REGRET)
    (tmp_path / "notes.txt").write_text("no manifest")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper/bad.json").write_text(json.dumps(yaml.safe_load(BAD)))
    return tmp_path


def test_what_is_right_gives_no_output_and_status_0(
    dractl: Runner, folder: Path
) -> None:
    del folder
    ran = dractl("validate", "good.yaml")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == (
        "1 document in 1 file: nothing found (judged as Kubernetes 1.37)\n"
    )


def test_an_error_has_its_place_its_line_and_a_fix(
    dractl: Runner, folder: Path
) -> None:
    del folder
    ran = dractl("validate", "bad.yaml")
    assert ran.status == 1
    assert ran.out == (
        "bad.yaml:26:16: error count-exact: -1 devices cannot be asked for\n"
        "    count: -1\n"
        "           ^^\n"
        "  fix: use 1 or more\n"
    )
    assert ran.err == "2 documents in 1 file: 1 error (judged as Kubernetes 1.37)\n"


@pytest.mark.parametrize(
    ("argv", "status", "codes"),
    [
        (["."], 1, ["count-exact", "too-many-devices"]),
        (["-R", "."], 1, ["count-exact", "count-exact", "too-many-devices"]),
        (["regret.yaml"], 0, ["too-many-devices"]),
        (["regret.yaml", "--fail-on", "warning"], 1, ["too-many-devices"]),
        (["regret.yaml", "--fail-on", "warning", "--min-severity", "error"], 0, []),
        (["bad.yaml", "--fail-on", "never"], 0, ["count-exact"]),
        (["bad.yaml", "--exit-zero"], 0, ["count-exact"]),
        (["bad.yaml", "--ignore", "count-exact"], 0, []),
        (["*.yaml"], 1, ["count-exact", "too-many-devices"]),
        (["**/*.json"], 1, ["count-exact"]),
        (["-f", "bad.yaml", "-f", "bad.yaml"], 1, ["count-exact"]),
        (["good.yaml", "regret.yaml"], 0, ["too-many-devices"]),
    ],
)
def test_paths_and_levels(
    dractl: Runner, folder: Path, argv: list[str], status: int, codes: list[str]
) -> None:
    del folder
    ran = dractl("validate", *argv, "-o", "json")
    answer = json.loads(ran.out)
    validate(answer, SCHEMA)
    found = sorted(each["code"] for each in answer["findings"])
    assert (ran.status, found) == (status, codes)


def test_a_finding_as_data(dractl: Runner, folder: Path) -> None:
    del folder
    answer = json.loads(dractl("validate", "bad.yaml", "-o", "json").out)
    assert answer["findings"] == [
        {
            "file": "bad.yaml",
            "document": 1,
            "line": 26,
            "column": 16,
            "kind": "ResourceClaim",
            "namespace": "ml",
            "name": "bad",
            "path": "spec.devices.requests[0].exactly.count",
            "code": "count-exact",
            "severity": "error",
            "reason": "FieldValueInvalid",
            "message": "-1 devices cannot be asked for",
            "fix": "use 1 or more",
        }
    ]
    del answer["findings"]
    assert answer == {
        "apiVersion": "dractl/v1",
        "kind": "ValidateResult",
        "kubernetes": "1.37",
        "files": 1,
        "documents": 2,
        "skipped": 0,
        "ignored": 0,
        "unreadable": 0,
        "counts": {"error": 1, "warning": 0, "info": 0},
    }


def test_yaml_is_the_same_as_json(dractl: Runner, folder: Path) -> None:
    del folder
    as_json = json.loads(dractl("validate", ".", "-o", "json").out)
    assert yaml.safe_load(dractl("validate", ".", "-o", "yaml").out) == as_json


def test_standard_input_is_read(folder: Path) -> None:
    del folder
    ran = program("validate", "-", "-o", "json", stdin=BAD.encode())
    (finding,) = json.loads(ran.out)["findings"]
    assert (ran.status, finding["file"], finding["line"]) == (1, "stdin", 12)


def test_gzip_is_read(dractl: Runner, folder: Path) -> None:
    (folder / "bad.yaml.gz").write_bytes(gzip.compress(BAD.encode()))
    assert dractl("validate", "bad.yaml.gz").out.startswith("bad.yaml.gz:12:16: error")


def test_lists_and_other_kinds(dractl: Runner, folder: Path) -> None:
    items = "".join(
        "- " + text.replace("\n", "\n  ").rstrip() + "\n" for text in (GOOD, BAD)
    )
    text = f"kind: List\napiVersion: v1\nitems:\n{items}"
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
    values = "image: {tag: v1}\n"
    (folder / "list.yaml").write_text(f"{text}---\n{other}---\n{values}---\n# end\n")
    ran = dractl("validate", "list.yaml")
    assert ran.out.startswith("list.yaml:26:18: error count-exact: ")
    assert ran.err == (
        "3 documents in 1 file, 2 of other kinds: 1 error (judged as Kubernetes 1.37)\n"
    )


def test_what_is_unreadable_is_status_3_and_the_rest_is_checked(
    dractl: Runner, folder: Path
) -> None:
    (folder / "mixed.yaml").write_text(f"a: [\n---\n{BAD}")
    ran = dractl("validate", "mixed.yaml", "no-such-file.yaml", "-o", "json")
    answer = json.loads(ran.out)
    found = [(each["code"], each["file"], each["line"]) for each in answer["findings"]]
    assert found == [
        ("unreadable", "mixed.yaml", 2),
        ("count-exact", "mixed.yaml", 14),
        ("unreadable", "no-such-file.yaml", 1),
    ]
    assert (ran.status, answer["unreadable"]) == (3, 2)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "there is nothing to validate: no PATH"),
        (["x.yaml", "--ignore", "count-exakt"], "there is no rule 'count-exakt'"),
        (["--explain", "nothing"], "there is no rule 'nothing'"),
        (["-", "--snapshot", "-"], "stdin can be read only once"),
        (["x.yaml", "--snapshot", "y", "--demo"], "--demo and --snapshot exclude"),
        (["x.yaml", "-o", "xml"], "'xml' is not one of"),
        (["x.yaml", "--kubernetes-version", "new"], "'new' is not a Kubernetes"),
    ],
)
def test_wrong_usage(dractl: Runner, argv: list[str], message: str) -> None:
    ran = dractl("validate", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize("path", ["empty", "*.yml"])
def test_a_path_that_means_no_file(dractl: Runner, folder: Path, path: str) -> None:
    (folder / "empty").mkdir()
    ran = dractl("validate", path)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"error: {path}: no .yaml")


def test_the_manual_of_a_rule_and_the_list_of_all(dractl: Runner) -> None:
    ran = dractl("validate", "--explain", "taint-rule-hits-all")
    assert ran.out.startswith(
        "taint-rule-hits-all (warning)\n\nA DeviceTaintRule with an empty selector"
    )
    ran = dractl("validate", "--explain", "unreadable")
    assert ran.out.startswith("unreadable (error)\n\nA file, or a document in it, ")
    listed = dractl("validate", "--explain", "all").out.splitlines()
    assert len(listed) > 150
    assert listed == sorted(listed)
    assert all(line.split()[1] in {"error", "warning", "info"} for line in listed)


def test_the_release_decides(dractl: Runner, folder: Path) -> None:
    (folder / "old.yaml").write_text(
        GOOD + "        tolerations: [{key: a, operator: Exists}]\n"
    )
    now = dractl("validate", "old.yaml", "--kubernetes-version", "1.36")
    assert (now.status, now.out) == (0, "")
    then = dractl("validate", "old.yaml", "--kubernetes-version", "1.35")
    assert "warning field-dropped: Kubernetes 1.35 drops tolerations" in then.out
    gate = ["--feature-gates", "DRADeviceTaints=true"]
    on = dractl("validate", "old.yaml", "--kubernetes-version", "1.35", *gate)
    assert on.out == ""


def test_the_sample_cluster_knows_its_classes(dractl: Runner, folder: Path) -> None:
    text = GOOD.replace("gpu.example.com", "gpu.nvidia.co")
    (folder / "class.yaml").write_text(text)
    assert dractl("validate", "class.yaml").out == ""
    ran = dractl("validate", "class.yaml", "--demo")
    assert "warning class-missing: there is no DeviceClass gpu.nvidia.co" in ran.out
    assert "fix: gpu.nvidia.com" in ran.out
    assert ran.err.endswith("(judged as Kubernetes 1.36)\n")


def test_the_sample_cluster_itself_is_fine(dractl: Runner) -> None:
    from dractl.demo import PATH

    ran = dractl("validate", str(PATH), "--demo", "--kubernetes-version", "1.36")
    assert "error" not in ran.out
    assert ran.status == 0


def test_names_in_one_file_are_defined_in_another(dractl: Runner, folder: Path) -> None:
    device_class = (
        "apiVersion: resource.k8s.io/v1\nkind: DeviceClass\n"
        "metadata: {name: gpus.example.com}\n"
    )
    (folder / "class.yaml").write_text(device_class)
    ran = dractl("validate", "good.yaml", "class.yaml")
    assert "but gpus.example.com" in ran.out


def test_many_files_are_shared_among_processes(dractl: Runner, folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    for number in range(130):
        text = BAD if number % 10 == 0 else GOOD
        (many / f"{number:03}.yaml").write_text(text)
    (many / "zz.yaml").write_text("a: [")
    ran = dractl("validate", "many", "-o", "json")
    answer = json.loads(ran.out)
    assert (ran.status, answer["documents"], answer["unreadable"]) == (3, 131, 1)
    found = [each["file"] for each in answer["findings"]]
    assert found == sorted(found)
    assert len(found) == 14


def test_hostile_text_reaches_no_terminal_raw(dractl: Runner, folder: Path) -> None:
    text = GOOD.replace("name: gpu", 'name: "\\e[2J\\n::error::x"')
    (folder / "hostile.yaml").write_text(text)
    for form in ("text", "github", "junit", "sarif", "json"):
        ran = dractl("validate", "hostile.yaml", "-o", form)
        assert ran.status == 1
        assert "\x1b" not in ran.out
        assert "\n::error::x" not in ran.out


def test_a_comment_leaves_out_rules_for_a_file(dractl: Runner, tmp_path: Path) -> None:
    here, other = tmp_path / "here.yaml", tmp_path / "other.yaml"
    here.write_text(f"# dractl.dev/ignore: count-exact, cel-cost\n{BAD}")
    other.write_text(BAD)

    ran = dractl("validate", str(tmp_path), "-o", "json")

    findings = json.loads(ran.out)["findings"]
    assert [(Path(each["file"]).name, each["code"]) for each in findings] == [
        ("other.yaml", "count-exact")
    ]
    assert json.loads(ran.out)["ignored"] == 1


def test_a_text_in_a_document_is_no_such_comment(
    dractl: Runner, tmp_path: Path
) -> None:
    note = "annotations:\n    note: |\n      # dractl.dev/ignore: all\n  name: bad\n"
    file = tmp_path / "bad.yaml"
    file.write_text(BAD.replace("name: bad\n", note))

    assert dractl("validate", str(file)).status == 1
