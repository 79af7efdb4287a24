"""`dractl migrate render`: what is written where, and what stays byte by byte."""

import difflib
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from dractl.sources.text import read_text
from tests.cli.run import Runner, program
from tests.migrate import rendered
from tests.migrate.rendered import FILES, NAMES

every_file = pytest.mark.parametrize("name", NAMES)

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: main   # only one
    image: example.com/a
    resources: {limits: {nvidia.com/gpu: 1}}
"""
SERVICE = "# not ours\nkind: Service\napiVersion: v1\nmetadata: {name: s}\n"
# What lines that go may have: a resource, a label, or what only held such.
TOUCHED = re.compile(
    r"(nvidia|amd|intel)\.com/|\*(res|gpu)\b|^ *(limits|requests|nodeSelector):$"
    r"|^ *# only these two$|^ *operator: In$|^ *values: \[NVIDIA|^ *\]$"
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@every_file
def test_the_difference_is_the_recorded_one(name: str) -> None:
    assert rendered.difference(name) == rendered.recorded(name)


def _lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went, and those that came."""
    found = list(difflib.ndiff(before.splitlines(True), after.splitlines(True)))
    gone = [line[2:] for line in found if line.startswith("- ")]
    return gone, [line[2:] for line in found if line.startswith("+ ")]


def _in_place(dractl: Runner, name: str, text: str, *options: str) -> str:
    Path(name).write_bytes(text.encode())
    dractl("migrate", "render", name, "--in-place", *options)
    return Path(name).read_bytes().decode()


@every_file
def test_only_lines_about_devices_go(dractl: Runner, name: str) -> None:
    before = (FILES / name).read_text()

    gone, _ = _lines(before, _in_place(dractl, name, before))

    assert [each for each in gone if not TOUCHED.search(each)] == []


@every_file
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
@pytest.mark.parametrize("ending", ["\r\n", "\n"], ids=["windows", "unix"])
def test_marks_and_line_breaks_stay(
    dractl: Runner, name: str, mark: str, ending: str
) -> None:
    text = (FILES / name).read_text()
    if "\n" not in text:
        ending = "\n"
    before = mark + text.replace("\n", ending)

    after = _in_place(dractl, name, before)

    plain = _in_place(dractl, name, text)
    assert after == mark + plain.replace("\n", ending)


def _values(text: str) -> list[Any]:
    return [each.document for each in read_text(text, "x").documents]


def _plain(value: Any) -> Any:
    """Return a document with amounts as texts and without what says the same twice."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _plain(each) for key, each in value.items()}
    if "limits" in found:
        limits = {key: str(each) for key, each in found["limits"].items()}
        requests = {
            key: str(each)
            for key, each in found.get("requests", {}).items()
            if "/" not in key or str(each) != limits.get(key)
        }
        found = {"limits": limits} | ({"requests": requests} if requests else {})
    return found


@every_file
def test_there_and_back_is_the_same(dractl: Runner, name: str) -> None:
    before = (FILES / name).read_text()
    rewritten = _in_place(dractl, name, before)
    assert rewritten != before

    ran = dractl("migrate", "render", name, "--in-place", "--reverse")

    assert (ran.status, "warning" in ran.err) == (0, False)
    after = Path(name).read_text()
    assert _plain(_values(after)) == _plain(_values(before))
    assert "resource.k8s.io" not in after


@every_file
def test_a_second_time_changes_nothing(dractl: Runner, name: str) -> None:
    _in_place(dractl, name, (FILES / name).read_text())

    ran = dractl("migrate", "render", name)

    assert (ran.status, ran.out) == (0, "")


@every_file
def test_what_is_rendered_is_valid(dractl: Runner, name: str) -> None:
    _in_place(dractl, name, (FILES / name).read_text())

    assert dractl("validate", name).status == 0


def test_a_difference_is_status_1_and_none_is_0(dractl: Runner) -> None:
    Path("pod.yaml").write_text(POD)
    Path("service.yaml").write_text(SERVICE)

    assert dractl("migrate", "render", "pod.yaml").status == 1
    ran = dractl("migrate", "render", "service.yaml")
    assert (ran.status, ran.out) == (0, "")
    assert Path("pod.yaml").read_text() == POD


def test_a_pipe_gets_all_documents() -> None:
    text = f"{SERVICE}---\n{POD}"

    ran = program("migrate", "render", "-", "-o", "-", stdin=text.encode())

    assert ran.status == 0
    assert ran.out.startswith(f"{SERVICE}---\n{POD.partition('    resources')[0]}")
    kinds = [each["kind"] for each in _values(ran.out)]
    assert kinds == ["Service", "Pod", "ResourceClaimTemplate"]


def test_a_pipe_of_json_gets_yaml(dractl: Runner) -> None:
    Path("pod.json").write_text(json.dumps(_values(POD)[0]))

    out = dractl("migrate", "render", "pod.json", "-o", "-").out

    assert [each["kind"] for each in _values(out)] == ["Pod", "ResourceClaimTemplate"]
    assert out.startswith("apiVersion: v1\n")


def test_a_folder_gets_what_changes_under_its_name(dractl: Runner) -> None:
    Path("in/deep").mkdir(parents=True)
    Path("in/deep/pod.yaml").write_text(POD)
    Path("in/service.yaml").write_text(SERVICE)
    Path("pod.yaml").write_text(POD.replace("name: a", "name: b"))

    ran = dractl("migrate", "render", "in", "pod.yaml", "-R", "-o", "out")

    assert ran.status == 0
    files = sorted(str(each) for each in Path("out").rglob("*") if each.is_file())
    assert files == ["out/deep/pod.yaml", "out/pod.yaml"]
    assert "resourceClaimTemplateName: b-devices" in Path("out/pod.yaml").read_text()
    assert Path("in/deep/pod.yaml").read_text() == POD


def test_files_of_one_name_are_told_apart(dractl: Runner) -> None:
    for folder in ("one", "two"):
        Path(folder).mkdir()
        Path(folder, "pod.yaml").write_text(POD.replace("name: a", f"name: {folder}"))

    dractl("migrate", "render", "one/pod.yaml", "two", "-o", "out")

    files = sorted(str(each) for each in Path("out").rglob("*") if each.is_file())
    assert files == ["out/one/pod.yaml", "out/two/pod.yaml"]


def test_a_file_with_another_text_is_not_replaced(dractl: Runner) -> None:
    Path("pod.yaml").write_text(POD)
    Path("out").mkdir()
    Path("out/pod.yaml").write_text("mine")

    refused = dractl("migrate", "render", "pod.yaml", "-o", "out")
    kept = Path("out/pod.yaml").read_text()
    forced = dractl("migrate", "render", "pod.yaml", "-o", "out", "--force")
    again = dractl("migrate", "render", "pod.yaml", "-o", "out")

    assert (refused.status, kept) == (3, "mine")
    assert "--force" in refused.err
    assert (forced.status, again.status) == (0, 0)
    assert "resourceClaims" in Path("out/pod.yaml").read_text()


def test_no_file_leads_out_of_the_folder(dractl: Runner, tmp_path: Path) -> None:
    Path("pod.yaml").write_text(POD)
    Path("out").mkdir()
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("mine")
    Path("out/pod.yaml").symlink_to(elsewhere)

    ran = dractl("migrate", "render", "pod.yaml", "-o", "out", "--force")

    assert (ran.status, elsewhere.read_text()) == (3, "mine")


def test_a_file_that_is_reached_twice_is_changed_once(dractl: Runner) -> None:
    Path("pod.yaml").write_text(POD)
    Path("same.yaml").symlink_to("pod.yaml")

    ran = dractl("migrate", "render", ".", "./pod.yaml", "--in-place")
    back = dractl("migrate", "render", ".", "--in-place", "--reverse")

    assert (ran.status, ran.err.count("written"), "1 new" in ran.err) == (0, 1, True)
    assert (back.status, Path("pod.yaml").read_text()) == (0, POD)


CLASSES = ("--route", "extended-resource", "--kubernetes-version", "1.36")
UNKNOWN = POD.replace("nvidia.com/gpu", "example.com/fpga")


def test_classes_stand_beside_the_file(dractl: Runner) -> None:
    Path("in").mkdir()
    Path("in/pod.yaml").write_text(POD.replace("gpu:", "mig-1g.5gb:"))
    Path("in/kustomization.yaml").write_text("resources: [pod.yaml]\n")

    shown = dractl("migrate", "render", "in/pod.yaml", *CLASSES)
    ran = dractl("migrate", "render", "in/pod.yaml", *CLASSES, "--in-place")

    made = Path("in/dra-objects.yaml").read_text()
    assert "--- /dev/null\n+++ in/dra-objects.yaml\n" in shown.out
    assert (shown.status, ran.status) == (1, 0)
    assert "extendedResourceName: nvidia.com/mig-1g.5gb\n" in made
    assert "in/kustomization.yaml: add dra-objects.yaml" in ran.err
    assert Path("in/pod.yaml").read_text() == POD.replace("gpu:", "mig-1g.5gb:")
    again = dractl("migrate", "render", "in/pod.yaml", *CLASSES, "--in-place")
    assert again.status == 0
    assert Path("in/dra-objects.yaml").read_text() == made
    other = POD.replace("gpu:", "mig-2g.10gb:")
    Path("in/other.yaml").write_text(other)
    dractl("migrate", "render", "in/other.yaml", *CLASSES, "--in-place")
    both = Path("in/dra-objects.yaml").read_text()
    assert both.startswith(made)
    assert "extendedResourceName: nvidia.com/mig-2g.10gb\n" in both


def test_a_file_of_classes_that_is_not_ours_stays(dractl: Runner) -> None:
    Path("pod.yaml").write_text(POD.replace("gpu:", "mig-1g.5gb:"))
    Path("dra-objects.yaml").write_text(SERVICE)

    ran = dractl("migrate", "render", "pod.yaml", *CLASSES, "--in-place")

    assert ran.status == 3
    assert Path("dra-objects.yaml").read_text() == SERVICE


def test_one_file_that_cannot_be_written_does_not_keep_others(dractl: Runner) -> None:
    Path("a.yaml.gz").write_bytes(gzip.compress(POD.encode()))
    Path("b.yaml").write_text(POD.replace("name: a", "name: b"))

    ran = dractl("migrate", "render", ".", "--in-place")

    assert (ran.status, "not changed in place" in ran.err) == (3, True)
    assert "b-devices" in Path("b.yaml").read_text()
