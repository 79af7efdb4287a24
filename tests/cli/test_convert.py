"""`dractl convert`: files, streams, exit status."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.run import Runner, program

OLD = """\
# requests for training
apiVersion: resource.k8s.io/v1beta1  # soon gone
kind: ResourceClaim
metadata:
  name: gpu
spec:
  devices:
    requests:
    - name: gpu
      # the big ones
      deviceClassName: gpu.example.com
      count: 2
"""
NEW = """\
# requests for training
apiVersion: resource.k8s.io/v1  # soon gone
kind: ResourceClaim
metadata:
  name: gpu
spec:
  devices:
    requests:
    - name: gpu
      exactly:
        # the big ones
        deviceClassName: gpu.example.com
        count: 2
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\ndata:   {a:   'b'}\n"
LOSSY = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: lossy}
spec:
  devices:
    requests:
    - name: a
      exactly: {}
"""


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    file = tmp_path / "claim.yaml"
    file.write_text(OLD)
    return file


def test_manifests_come_out_with_their_comments(dractl: Runner, claim: Path) -> None:
    ran = dractl("convert", str(claim))

    assert (ran.status, ran.out) == (0, NEW)
    assert ran.err == (
        f"{claim}:1: ResourceClaim gpu: resource.k8s.io/v1beta1 is deprecated since "
        "Kubernetes 1.35 and gone in 1.38\n"
    ).replace(":1:", ":2:")


def test_there_and_back_is_the_same_text(dractl: Runner, claim: Path) -> None:
    claim.write_text(NEW)

    assert dractl("convert", str(claim), "--to", "1.32", "-q").out == OLD


def test_files_follow_one_another(dractl: Runner, claim: Path) -> None:
    other = claim.with_name("other.yaml")
    other.write_text(CONFIG_MAP)
    data = claim.with_name("data.json")
    data.write_text(json.dumps({"apiVersion": "v1", "kind": "Pod"}))

    ran = dractl("convert", str(other), str(claim), str(data), "-q")

    assert ran.out == f"{CONFIG_MAP}---\n{NEW}---\napiVersion: v1\nkind: Pod\n"


def test_json_is_one_list(dractl: Runner, claim: Path) -> None:
    claim.write_text(f"{OLD}---\napiVersion: v1\nkind: List\nitems: [{{kind: Pod}}]\n")

    ran = dractl("convert", str(claim), "-o", "json", "-q")

    printed = json.loads(ran.out)
    assert (printed["apiVersion"], printed["kind"]) == ("v1", "List")
    assert [each["kind"] for each in printed["items"]] == ["ResourceClaim", "Pod"]
    assert printed["items"][0]["apiVersion"] == "resource.k8s.io/v1"


def test_defaults_are_written_when_asked(dractl: Runner, claim: Path) -> None:
    ran = dractl("convert", str(claim), "--defaults", "-q")

    assert ran.out == f"{NEW}        allocationMode: ExactCount\n"


def test_in_place_changes_what_must_change_and_nothing_else(
    dractl: Runner, claim: Path
) -> None:
    other = claim.with_name("other.yaml")
    other.write_text(CONFIG_MAP)
    before = other.stat().st_mtime_ns
    claim.chmod(0o600)

    ran = dractl("convert", str(claim.parent), "--in-place")

    assert (ran.status, ran.out) == (0, "")
    assert f"{claim}: converted\n" in ran.err
    assert claim.read_text() == NEW
    assert stat.S_IMODE(claim.stat().st_mode) == 0o600
    assert other.read_text() == CONFIG_MAP
    assert other.stat().st_mtime_ns == before
    again = dractl("convert", str(claim.parent), "--in-place")
    assert (again.status, again.err) == (0, "")


def test_json_stays_json_in_place(dractl: Runner, tmp_path: Path) -> None:
    file = tmp_path / "claim.json"
    request = {"name": "a", "deviceClassName": "x"}
    document = {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaim",
        "spec": {"devices": {"requests": [request]}},
    }
    file.write_text(json.dumps(document, indent=4) + "\n")

    assert dractl("convert", str(file), "--in-place", "-q").status == 0

    document["apiVersion"] = "resource.k8s.io/v1"
    exact = {"name": "a", "exactly": {"deviceClassName": "x"}}
    document["spec"] = {"devices": {"requests": [exact]}}
    assert file.read_text() == json.dumps(document, indent=4) + "\n"


def test_check_names_what_would_change(dractl: Runner, claim: Path) -> None:
    ran = dractl("convert", str(claim), "--check", "-q")

    assert (ran.status, ran.out) == (
        1,
        f"{claim}:1: resource.k8s.io/v1beta1 ResourceClaim gpu\n".replace(":1:", ":2:"),
    )
    assert claim.read_text() == OLD
    assert dractl("convert", str(claim), "--check", "--to", "v1beta1").status == 0


def test_diff_shows_what_would_change(dractl: Runner, claim: Path) -> None:
    ran = dractl("convert", str(claim), "--diff", "-q")

    assert ran.status == 1
    assert ran.out.startswith(f"--- {claim}\n+++ {claim}\n@@ ")
    assert "-apiVersion: resource.k8s.io/v1beta1  # soon gone\n" in ran.out
    assert "+      exactly:\n" in ran.out
    assert claim.read_text() == OLD
    same = dractl("convert", str(claim), "--diff", "--to", "v1beta1")
    assert (same.status, same.out) == (0, "")


def test_the_diff_of_a_last_line_without_a_break(dractl: Runner, claim: Path) -> None:
    claim.write_text(OLD.removesuffix("\n"))

    ran = dractl("convert", str(claim), "--diff", "-q")

    assert ran.out.count("\\ No newline at end of file\n") == 2


def test_what_cannot_be_expressed_is_named_and_the_rest_converted(
    dractl: Runner, claim: Path
) -> None:
    claim.write_text(f"{LOSSY}---\n{NEW}")

    ran = dractl("convert", str(claim), "--to", "v1beta1", "-q")

    assert ran.status == 1
    assert ran.out == f"{LOSSY}---\n{OLD}"
    assert ran.err == (
        f"error: {claim}:8: ResourceClaim lossy: spec.devices.requests[0].exactly: "
        "cannot be expressed in v1beta1: v1beta1 cannot tell this from another "
        "meaning\n"
    )


def test_a_broken_document_stays_and_the_rest_is_converted(
    dractl: Runner, claim: Path
) -> None:
    claim.write_text(f"a: [\n---\n{OLD}")

    ran = dractl("convert", str(claim), "-q")

    assert (ran.status, ran.out) == (3, f"a: [\n---\n{NEW}")
    assert f"error: {claim}:2: is not YAML" in ran.err


def test_a_missing_file_does_not_stop_the_others(dractl: Runner, claim: Path) -> None:
    ran = dractl("convert", str(claim.with_name("none.yaml")), str(claim), "-q")

    assert (ran.status, ran.out) == (3, NEW)
    assert "none.yaml: cannot be read" in ran.err


def test_a_file_that_cannot_be_written_fails(dractl: Runner, tmp_path: Path) -> None:
    import gzip

    file = tmp_path / "claim.yaml.gz"
    file.write_bytes(gzip.compress(OLD.encode()))

    assert dractl("convert", str(file), "-q").out == NEW
    ran = dractl("convert", str(file), "--in-place", "-q")
    assert ran.status == 3
    assert "is gzipped" in ran.err


def test_old_constructs_are_explained_and_converted(
    dractl: Runner, claim: Path
) -> None:
    claim.write_text(
        "apiVersion: resource.k8s.io/v1beta2\n"
        "kind: ResourceClaimTemplate\n"
        "metadata:\n"
        "  name: t  # its name\n"
        "spec:\n"
        "  resourceClassName: gpu-class\n"
    )

    ran = dractl("convert", str(claim), "-q")

    assert ran.status == 0
    assert ran.out == (
        "apiVersion: resource.k8s.io/v1\n"
        "kind: ResourceClaimTemplate\n"
        "metadata:\n"
        "  name: t  # its name\n"
        "spec:\n"
        "  spec:\n"
        "    devices:\n"
        "      requests:\n"
        "      - name: device\n"
        "        exactly:\n"
        "          deviceClassName: gpu-class\n"
    )
    assert [
        line.split(": ")[1].rpartition(":")[2] for line in ran.err.splitlines()
    ] == [
        "5",
        "6",
    ]


def test_comments_that_cannot_be_kept_are_missed(dractl: Runner, claim: Path) -> None:
    claim.write_text(
        OLD.replace("metadata:", "x: &x {count: 2} # a\nmetadata:").replace(
            "      count: 2\n", "      <<: *x\n"
        )
    )

    ran = dractl("convert", str(claim), "-q")

    assert ran.status == 0
    assert "comments inside this document could not be kept" in ran.err


def test_stdin_is_read() -> None:
    ran = program("convert", "-", "-q", stdin=OLD.encode())

    assert (ran.status, ran.out, ran.err) == (0, NEW, "")


@pytest.mark.parametrize(
    "argv",
    [
        ("-", "-"),
        ("-", "--in-place"),
        ("x", "--check", "--diff"),
        ("x", "--in-place", "--diff"),
        ("x", "-o", "json", "--check"),
        ("x", "--to", "v3"),
        ("x", "-o", "xml"),
        (),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    dractl: Runner, argv: tuple[str, ...]
) -> None:
    assert dractl("convert", *argv).status == 2
