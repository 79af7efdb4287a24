from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.expressions import A, answer
from tests.cli.run import Runner


def test_what_is_expected_and_selected_is_a_yes(dractl: Runner, cluster: str) -> None:
    ran = dractl(
        "cel", f"has({A}.model)", "--snapshot", cluster,
        "--expect", "gpu.example.com/n1/gpu-*",
    )  # fmt: skip
    assert ran.status == 0
    assert "EXPECTED" not in ran.out


def test_a_selection_that_differs_is_shown_as_a_difference(
    dractl: Runner, cluster: str
) -> None:
    argv = (
        "cel", f'{A}.model == "A"', "--snapshot", cluster,
        "--expect", "gpu.example.com/n1/gpu-1", "--expect", "gpu.example.com/n2/gpu-0",
        "--expect", "gpu.example.com/n2/gpu-7", "--expect", "x/*/*",
    )  # fmt: skip
    ran = dractl(*argv)
    assert ran.status == 1
    shown = ran.out.partition("NOT AS EXPECTED\n")[2].partition("\n\n")[0]
    assert shown.splitlines() == [
        f"  - gpu.example.com/n1/gpu-1  no: {A}.model",
        '    == "A"',
        "  - gpu.example.com/n2/gpu-0  fails: no such key: model:",
        f'    {A}.model == "A"',
        "  - gpu.example.com/n2/gpu-7  no such device",
        "  - x/*/*  nothing fits",
        "  + gpu.example.com/n1/gpu-0",
    ]
    found = answer(dractl, *argv[1:])["expectation"]
    assert (found["met"], len(found["missing"])) == (False, 4)
    assert found["unexpected"] == ["gpu.example.com/n1/gpu-0"]


def test_expected_devices_are_not_tried_where_nothing_compiles(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl(
        "cel", "1 +", "--snapshot", cluster, "--expect", "gpu.example.com/n1/gpu-0"
    )
    assert ran.status == 1
    assert "  - gpu.example.com/n1/gpu-0  not tried\n" in ran.out


def cases(path: Path, *found: Any) -> str:
    path.write_text(yaml.safe_dump(list(found)))
    return str(path)


def test_cases_of_a_file_are_tried_one_by_one(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    path = cases(
        tmp_path / "cases.yaml",
        {"name": "A", "expression": f'{A}.model == "A"', "count": 1},
        {"expression": "true", "node": "n2", "selects": ["gpu.example.com/n2/gpu-0"]},
        {"expression": "false", "selects": []},
        {"expression": "foo", "count": 0},
        {"count": 2, "class": "a"},
    )
    argv = ("true", "--expect-file", path, "--snapshot", cluster)
    ran = dractl("cel", *argv)
    assert ran.status == 1
    assert ran.out.splitlines() == [
        f'ok    A: {A}.model == "A"',
        "ok    case 2: true",
        "ok    case 3: false",
        "FAIL  case 4: foo",
        "      does not compile: undeclared reference to 'foo' (in container '')",
        "FAIL  case 5: true",
        "      selects 1, not 2",
    ]
    assert ran.err == "5 cases, 2 failed (judged as Kubernetes 1.37)\n"
    document = answer(dractl, *argv)
    assert [each["passed"] for each in document["cases"]] == [True] * 3 + [False] * 2
    assert dractl("cel", *argv, "-o", "name").out == "A\ncase 2\ncase 3\n"


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"expression": "true"}, "needs selects or count"),
        ({"count": 1}, "has no expression"),
        ({"expression": "true", "count": "1"}, "count is no number"),
        ({"expression": "true", "selects": "x"}, "selects is no list"),
        ({"expression": 1, "count": 1}, "expression is no text"),
        ({"expresion": "true", "count": 1}, "has unknown fields: expresion"),
        ("true", "is no mapping"),
    ],
)
def test_a_case_that_cannot_be_read_is_named(
    dractl: Runner, tmp_path: Path, case: object, message: str
) -> None:
    path = cases(tmp_path / "cases.yaml", case)
    ran = dractl("cel", "--expect-file", path, "--demo")
    assert (ran.status, ran.out) == (3, "")
    assert message in ran.err
    assert "cases.yaml" in ran.err
