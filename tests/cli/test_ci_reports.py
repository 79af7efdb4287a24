import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.cli.test_validate import BAD, GOOD, REGRET


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b:c d.yaml").write_text(REGRET)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "good.yaml").write_text(
        f"{GOOD}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: other}}\n"
    )
    return tmp_path


def test_annotations_are_escaped_and_the_worst_come_first(dractl: Runner) -> None:
    lines = dractl("validate", ".", "-o", "github").out.splitlines()
    assert lines == [
        (
            "::error file=bad.yaml,line=12,col=16,title=count-exact::"
            "spec.devices.requests[0].exactly.count: -1 devices cannot be asked for"
            "%0Afix: use 1 or more"
        ),
        (
            "::warning file=a%2Cb%3Ac d.yaml,line=12,col=16,title=too-many-devices::"
            "spec.devices.requests[0].exactly.count: the claim needs 40 devices; an "
            "allocation can hold 32%0Afix: split it into several claims"
        ),
    ]


def test_a_percent_sign_is_no_escape(dractl: Runner, folder: Path) -> None:
    (folder / "bad.yaml").write_text(GOOD.replace("name: gpu\n", 'name: "%0A"\n'))
    (line,) = dractl("validate", "bad.yaml", "-o", "github").out.splitlines()
    assert "'%250A'" in line


def test_sarif_points_at_rules_and_files(dractl: Runner) -> None:
    log = json.loads(dractl("validate", ".", "-o", "sarif").out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == ["count-exact", "too-many-devices"]
    assert all(each["help"]["text"].strip() for each in rules)
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == (
        "too-many-devices",
        1,
        "warning",
    )
    (location,) = first["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a%2Cb:c%20d.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 16},
    }
    assert location["logicalLocations"] == [
        {
            "fullyQualifiedName": "ResourceClaim/ml/regret/"
            "spec.devices.requests[0].exactly.count"
        }
    ]
    assert second["level"] == "error"


def fingerprints(dractl: Runner, path: str) -> list[str]:
    (run,) = json.loads(dractl("validate", path, "-o", "sarif").out)["runs"]
    return [each["partialFingerprints"]["dractl/v1"] for each in run["results"]]


def test_a_fingerprint_stays_when_lines_are_added(dractl: Runner, folder: Path) -> None:
    before = fingerprints(dractl, "bad.yaml")
    (folder / "bad.yaml").write_text(f"# a line\n# another\n{BAD}")
    assert fingerprints(dractl, "bad.yaml") == before
    assert re.fullmatch("[0-9a-f]{32}", before[0])


def test_a_path_is_relative_to_the_working_folder(dractl: Runner, folder: Path) -> None:
    assert fingerprints(dractl, str(folder / "bad.yaml")) == fingerprints(
        dractl, "bad.yaml"
    )


def cases(text: str) -> dict[str, list[str]]:
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    return {
        str(case.get("name")): [each.tag for each in case]
        for case in suite.findall("testcase")
    }


def test_junit_has_a_case_per_object(dractl: Runner) -> None:
    out = dractl("validate", ".", "-o", "junit").out
    assert cases(out) == {
        "ResourceClaim ml/regret": ["system-out"],
        "ResourceClaim ml/bad": ["failure"],
        "ResourceClaim ml/good": [],
        "ConfigMap other": ["skipped"],
    }
    assert 'tests="4" failures="1" errors="0" skipped="1"' in out


def test_junit_fails_what_makes_the_status_1(dractl: Runner) -> None:
    argv = ("validate", ".", "-o", "junit", "--fail-on", "warning")
    assert cases(dractl(*argv).out)["ResourceClaim ml/regret"] == ["failure"]


def test_junit_shows_what_is_unreadable(dractl: Runner, folder: Path) -> None:
    (folder / "bad.yaml").write_text("a: [<&")
    ran = dractl("validate", "bad.yaml", "-o", "junit")
    assert (ran.status, list(cases(ran.out).values())) == (3, [["failure"]])
