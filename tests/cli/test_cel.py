import json
from pathlib import Path

import pytest
import yaml

from tests.cli import wire
from tests.cli.expressions import HOSTILE, A, C, answer
from tests.cli.run import Runner, program


def test_what_each_clause_leaves_is_shown_with_what_it_costs_and_lacks(
    dractl: Runner, cluster: str
) -> None:
    text = f'device.driver == "{wire.DRIVER}" && {A}.model == "C"'
    ran = dractl("cel", text, "--snapshot", cluster)
    assert ran.status == 1
    assert ran.out == (
        "LEFT  CLAUSE\n"
        "   3  devices\n"
        '   3  device.driver == "gpu.example.com"\n'
        '   0  device.attributes["gpu.example.com"].model == "C"\n'
        "        fails on 1 device, such as gpu.example.com/n2/gpu-0: "
        "no such key: model\n"
        "        values of model: A (1), B (1); 1 lacks it\n"
        "\n"
        "COST\n"
        "  estimate 9 of 1000000 (0.0009 %); at most 9 on these devices\n"
        "\n"
        "GUARDED\n"
        '  device.driver == "gpu.example.com"\n'
        '  && has(device.attributes["gpu.example.com"].model)\n'
        '  && device.attributes["gpu.example.com"].model == "C"\n'
    )
    assert ran.err == (
        "warning: scheduling would stop with an error at 1 device\n"
        "selects 0 of 3 devices (judged as Kubernetes 1.37)\n"
    )


def test_the_json_says_the_same(dractl: Runner, cluster: str) -> None:
    text = f'device.driver == "{wire.DRIVER}" && {A}.model == "A"'
    document = answer(dractl, text, "--snapshot", cluster)
    assert document["devices"] == ["gpu.example.com/n1/gpu-0"]
    assert [
        (each["text"], each["before"], each["after"], each["failing"])
        for each in document["clauses"]
    ] == [
        (f'device.driver == "{wire.DRIVER}"', 3, 3, 0),
        (f'{A}.model == "A"', 3, 1, 1),
    ]
    assert document["clauses"][1]["error"] == "no such key: model"
    assert document["cost"]["worstDevice"] == "gpu.example.com/n1/gpu-0"
    text = dractl("cel", text, "--snapshot", cluster, "-o", "yaml").out
    assert yaml.safe_load(text) == document


def test_the_selectors_of_a_class_come_first(dractl: Runner, cluster: str) -> None:
    document = answer(dractl, "true", "--class", "a", "--snapshot", cluster)
    assert [(each["owner"], each["after"]) for each in document["clauses"]] == [
        ("class a", 2),
        ("class a", 1),
        ("expression", 1),
    ]


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["true"], ["n1/gpu-0", "n1/gpu-1", "n2/gpu-0"]),
        (["true", "--node", "n1"], ["n1/gpu-0", "n1/gpu-1"]),
        (["true", "--driver", wire.DRIVER, "--node", "n2"], ["n2/gpu-0"]),
        (["true", "--class", "a"], ["n1/gpu-0"]),
    ],
    ids=" ".join,
)
def test_options_narrow_down_what_can_be_selected(
    dractl: Runner, cluster: str, argv: list[str], names: list[str]
) -> None:
    ran = dractl("cel", *argv, "--snapshot", cluster, "-o", "name")
    assert ran.status == 0
    assert ran.out.splitlines() == [f"{wire.DRIVER}/{each}" for each in names]


def test_wide_tells_what_became_of_each_device(dractl: Runner, cluster: str) -> None:
    ran = dractl("cel", f'{A}.model == "A"', "--snapshot", cluster, "-o", "wide")
    assert ran.out == (
        "DEVICE                    NODE  VERDICT\n"
        "gpu.example.com/n1/gpu-0  n1    selected\n"
        'gpu.example.com/n1/gpu-1  n1    no: {A}.model == "A"\n'
        "gpu.example.com/n2/gpu-0  n2    fails: no such key: model: "
        '{A}.model == "A"\n'
    ).replace("{A}", A)


def test_what_does_not_compile_is_pointed_at(dractl: Runner, cluster: str) -> None:
    text = f'device.driver == "x" &&\n{C}.memory >= "40Gi"'
    ran = dractl("cel", text, "--snapshot", cluster)
    assert ran.status == 1
    assert ran.out == (
        "DOES NOT COMPILE\n"
        "  line 2, column 43: found no matching overload for '_>=_' applied to\n"
        "    '(kubernetes.Quantity, string)'\n"
        f'    {C}.memory >= "40Gi"\n'
        f"{' ' * 46}^\n"
        "\n"
        "SUGGESTIONS\n"
        "  no driver x publishes devices\n"
        "  memory is a quantity, not a string\n"
        '    device.driver == "x" &&\n'
        f'    {C}.memory.compareTo(quantity("40Gi")) >= 0\n'
    )
    assert ran.err == "does not compile (judged as Kubernetes 1.37)\n"


def test_a_compile_error_is_part_of_the_data(dractl: Runner, cluster: str) -> None:
    document = answer(dractl, "1 +", "--snapshot", cluster)
    assert (document["compiles"], document["selected"]) == (False, 0)
    assert (document["error"]["line"], document["error"]["column"]) == (1, 4)
    assert document["cost"] is None
    whole = answer(dractl, "1", "--snapshot", cluster)
    assert (whole["error"]["line"], whole["error"]["column"]) == (None, None)


@pytest.mark.parametrize("form", ["wide", "name"])
def test_a_compile_error_is_told_in_every_format(
    dractl: Runner, cluster: str, form: str
) -> None:
    ran = dractl("cel", "1 +", "--snapshot", cluster, "-o", form)
    assert ran.status == 1
    assert "line 1, column 4: Syntax error" in ran.out + ran.err
    assert bool(ran.out) == (form == "wide")


def test_the_release_and_its_gates_decide_what_compiles(
    dractl: Runner, cluster: str
) -> None:
    argv = ("cel", f'{A}.model.includes("A")', "--snapshot", cluster)
    off = dractl(*argv, "--kubernetes-version", "1.36")
    assert "includes needs the feature gate DRAListTypeAttributes" in off.out
    assert "judged as Kubernetes 1.36" in off.err
    on = dractl(*argv, "--feature-gates", "DRAListTypeAttributes=true")
    assert on.status == 0


def test_an_expression_that_may_cost_too_much_is_refused(
    dractl: Runner, cluster: str
) -> None:
    loop = "device.attributes.exists(x, "
    text = loop * 5 + "true" + ")" * 5
    ran = dractl("cel", text, "--snapshot", cluster, "-o", "json")
    document = json.loads(ran.out)
    assert (ran.status, document["selected"]) == (1, 2)
    assert document["refused"].endswith("1000000 are allowed")
    assert "warning: the API server refuses the expression: it may cost" in ran.err


def test_an_expression_that_is_too_long_does_not_compile(
    dractl: Runner, cluster: str
) -> None:
    document = answer(dractl, "true" + " " * 10_240, "--snapshot", cluster)
    assert document["error"] == {
        "message": "Too long: may not be more than 10240 bytes",
        "line": None,
        "column": None,
    }


def test_the_expression_can_stand_in_a_file_or_on_stdin(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    (tmp_path / "x.cel").write_text("true &&\n  true\n")
    from_file = dractl("cel", f"@{tmp_path}/x.cel", "--snapshot", cluster, "-o", "name")
    piped = program("cel", "-", "--snapshot", cluster, "-o", "name", stdin=b"true\n")
    assert from_file.out == piped.out
    assert len(piped.out.splitlines()) == 3


def test_a_file_that_is_gone_is_named(dractl: Runner) -> None:
    ran = dractl("cel", "@gone.cel", "--demo")
    assert (ran.status, ran.out) == (3, "")
    assert "gone.cel: cannot be read" in ran.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "there is no expression to try"),
        (["-", "--snapshot", "-"], "stdin can be read only once"),
        (["true", "--demo", "--expect", "gpu-0"], "--expect: 'gpu-0' is no device"),
        (
            ["true", "--demo", "--expect", "a/b/c", "--expect-file", "x"],
            "--expect and --expect-file exclude each other",
        ),
        (["true", "--demo", "--node", "h100-9"], "no node is called 'h100-9'"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_usage_says_what_is_wrong(
    dractl: Runner, argv: list[str], message: str
) -> None:
    ran = dractl("cel", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        HOSTILE,
        "\x00",
        "(" * 120 + "true" + ")" * 120,
        "!" * 101 + "true",
        "[1].exists(x, " * 100 + "true" + ")" * 100,
        '"' + "x" * 20_000 + '" == device.driver',
        f"device.driver == '{HOSTILE!r}' && {A}['{'y' * 500}'] == 'z'",
        "//",
        "true // \x1b[2J",
        "true &&\n\n\n" * 50 + "true",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_expression_ends_in_a_traceback_or_obeys(
    dractl: Runner, cluster: str, text: str
) -> None:
    for form in ("table", "wide", "json", "yaml", "name"):
        ran = dractl("cel", "--snapshot", cluster, "-o", form, "--", text)
        assert ran.status in {0, 1}
        assert (ran.out + ran.err).replace("\n", "").isprintable()


def test_hostile_devices_reach_no_terminal_raw(dractl: Runner, tmp_path: Path) -> None:
    path = wire.written(
        tmp_path / "hostile.yaml",
        wire.device_class(HOSTILE, "true"),
        wire.resource_slice(
            "n1",
            wire.device(HOSTILE, {"model": {"string": HOSTILE}, HOSTILE: {"int": 1}}),
        ),
    )
    argv = ("cel", f'{A}.model == "x"', "--snapshot", path, "--class", HOSTILE)
    for form in ("table", "wide", "json", "yaml", "name"):
        ran = dractl(*argv, "--expect", "a/b/c", "-o", form)
        assert ran.status == 1
        assert (ran.out + ran.err).replace("\n", "").isprintable()


def test_an_empty_cluster_is_a_no(dractl: Runner, tmp_path: Path) -> None:
    empty = wire.written(tmp_path / "empty.yaml", wire.node("n1"))
    ran = dractl("cel", f'{A}.model == "x"', "--snapshot", empty)
    assert ran.status == 1
    assert ran.err == (
        "selects 0 of 0 devices, for the source has no ResourceSlices "
        "(judged as Kubernetes 1.37)\n"
    )
    assert "SUGGESTIONS" not in ran.out


def test_the_sample_cluster_fits_80_columns(dractl: Runner) -> None:
    ran = dractl("cel", "device.attributes.exists(d, d != 'x')", "--demo")
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= 80
