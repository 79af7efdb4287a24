import typing
from pathlib import Path

import jsonschema
import pytest
import yaml

from dractl.cli.explain import FormatOption
from dractl.diagnose.table import CODES
from tests.answers import validate
from tests.cli import wire
from tests.cli.run import Runner
from tests.cli.waiting import CLUSTER, SCHEMA, answer, codes, headings


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    return wire.written(tmp_path / "cluster.yaml", *CLUSTER)


def test_the_sample_cluster_shows_what_waits_and_why(dractl: Runner) -> None:
    found = codes(answer(dractl, "--demo"))

    assert {name: each for name, each in found.items() if each} == {
        "wants-blackwell": ["selector-no-match"],
        "wants-eight": ["devices-in-use"],
        "wants-whole-mig": ["counters-exhausted"],
        "wants-that-gpu": ["devices-tainted"],
        "wants-one-root": ["constraint-unsatisfiable"],
        "wants-npu": ["class-missing"],
        "unguarded-cel": ["selector-error"],
        "all-the-nics": ["too-many-devices"],
    }


def test_what_is_stuck_makes_exit_status_1(dractl: Runner, cluster: str) -> None:
    ran = dractl("explain", "--snapshot", cluster)

    assert ran.status == 1
    assert "pod default/waits" in ran.out
    assert "devices-in-use" in ran.out


@pytest.mark.parametrize("options", [["--namespace="], ["-n", ""]], ids=" ".join)
def test_an_empty_namespace_is_none_as_for_kubectl(
    dractl: Runner, cluster: str, options: list[str]
) -> None:
    whole = dractl("explain", "--snapshot", cluster)
    assert dractl("explain", "--snapshot", cluster, *options) == whole


def test_what_is_well_is_not_shown_unless_it_is_asked_for(
    dractl: Runner, cluster: str
) -> None:
    short = dractl("explain", "--snapshot", cluster)
    wide = dractl("explain", "--snapshot", cluster, "-o", "wide")

    assert headings(short) == ["pod default/waits"]
    assert headings(wide) == [
        "pod default/runs",
        "pod default/waits",
        "pod default/fits",
    ]


def test_nothing_stuck_makes_exit_status_0(dractl: Runner, tmp_path: Path) -> None:
    free = wire.written(tmp_path / "free.yaml", *CLUSTER[:5])

    ran = dractl("explain", "--snapshot", free)

    assert (ran.status, ran.out) == (0, "")
    assert "0 of 1 pod with devices stuck" in ran.err


def test_how_much_is_stuck_is_said_beside_the_answer(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl("explain", "--snapshot", cluster)

    assert ran.err.splitlines()[-1] == (
        "1 of 3 pods with devices stuck, 1 would fit now (judged as Kubernetes 1.37)"
    )


def test_what_the_source_lacks_is_said_beside_the_answer(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl("explain", "--snapshot", cluster)

    assert (
        "not checked: no Events in the snapshot: failures to prepare devices or to "
        "make claims cannot be seen\n"
    ) in ran.err


def test_quiet_leaves_only_the_answer(dractl: Runner, cluster: str) -> None:
    ran = dractl("explain", "--snapshot", cluster, "-q")

    assert (ran.status, ran.err) == (1, "")
    assert ran.out


# -- forms


def test_names_are_written_as_kubectl_writes_them(dractl: Runner, cluster: str) -> None:
    ran = dractl("explain", "--snapshot", cluster, "-o", "name")

    assert (ran.status, ran.out) == (1, "pod/waits\n")


def test_a_device_is_named_by_its_path(dractl: Runner, cluster: str) -> None:
    name = "gpu.example.com/n1/gpu-1"

    ran = dractl("explain", "device", name, "--snapshot", cluster, "-o", "name")

    assert ran.out == f"{name}\n"


def test_yaml_says_what_json_says(dractl: Runner, cluster: str) -> None:
    ran = dractl("explain", "--snapshot", cluster, "-o", "yaml")

    assert yaml.safe_load(ran.out) == answer(dractl, "--snapshot", cluster)


def test_no_colour_reaches_a_pipe(dractl: Runner) -> None:
    assert "\x1b" not in dractl("explain", "--demo").out


def test_each_form_of_the_answer_can_be_asked_for(dractl: Runner, cluster: str) -> None:
    forms = typing.get_args(typing.get_args(FormatOption)[0])

    assert {
        dractl("explain", "--snapshot", cluster, "-o", each).status for each in forms
    } == {1}


def test_the_schema_lists_exactly_the_codes_that_there_are() -> None:
    assert SCHEMA["$defs"]["cause"]["properties"]["code"]["enum"] == list(CODES)


def test_the_schema_refuses_a_code_that_is_none(dractl: Runner, cluster: str) -> None:
    document = answer(dractl, "--snapshot", cluster)
    (cause,) = next(each["causes"] for each in document["pods"] if each["causes"])
    cause["code"] = "bad-luck"

    with pytest.raises(jsonschema.ValidationError):
        validate(document, SCHEMA)
