import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import ROOT, Runner
from tools.completions import FILES, SHELLS, TARGET, stale


def values(text: str) -> list[str]:
    return [line.partition("\t")[0] for line in text.splitlines()[:-1]]


@pytest.mark.parametrize(
    ("words", "expected", "directive"),
    [
        (
            [""],
            [
                "allocate",
                "attributes",
                "cel",
                "cleanup",
                "completion",
                "convert",
                "diff",
                "discover",
                "doctor",
                "explain",
                "fields",
                "health",
                "migrate",
                "options",
                "render",
                "report",
                "snapshot",
                "taint",
                "top",
                "validate",
                "version",
            ],
            ":4",
        ),
        (["ver"], ["version"], ":4"),
        (["fields", "ResourceS"], ["ResourceSlice"], ":4"),
        (["fields", "claim.spec.devices.r"], ["claim.spec.devices.requests"], ":4"),
        (["fields", "nothing.s"], [], ":4"),
        (["allocate", "--pol"], ["--policy"], ":4"),
        (["allocate", "--policy", ""], ["first", "spread", "pack"], ":4"),
        (["allocate", "--policy=s"], ["--policy=spread"], ":4"),
        (["allocate", "-o", "j"], ["json"], ":4"),
        (["allocate", "--snapshot", ""], [], ":0"),
        (["allocate", "--demo", ""], [], ":0"),
        (["discover", "--vendor", "am"], ["amd"], ":4"),
        (["discover", "--driver", "gpu.n"], ["gpu.nvidia.com"], ":4"),
        (["discover", "--driver-schema", "dranet=1.0"], ["dranet=1.0"], ":4"),
        (["discover", "--demo", "--node-name", "h"], ["h100-1", "h100-2"], ":4"),
        (["allocate", "--", "--pol"], [], ":0"),
        (["allocate", "--demo", "--de"], [], ":4"),
        (["allocate", "--demo", "--node", "h"], ["h100-1", "h100-2"], ":4"),
        (["allocate", "--node", "h"], [], ":4"),
        (["allocate", "--demo", "-n", "t"], ["training"], ":4"),
        (["allocate", "--kubernetes-version", "1.31"], ["1.31"], ":4"),
        (
            ["allocate", "--feature-gates", "DRAAdminAccess=true,DRAConsumable"],
            [
                "DRAAdminAccess=true,DRAConsumableCapacity=true",
                "DRAAdminAccess=true,DRAConsumableCapacity=false",
            ],
            ":4",
        ),
        (["completion", "z"], ["zsh"], ":4"),
        (
            ["no-such-command", "a"],
            ["allocate", "attributes"],
            ":4",
        ),
        (["cel", "--demo", "--driver", "gpu.a"], ["gpu.amd.com"], ":4"),
        (["cel", "--demo", "--class", "rdma"], ["rdma-nic"], ":4"),
        (["attributes", "--demo", "--node", "l"], ["l40s-1"], ":4"),
        (["explain", "p"], ["pending", "pod"], ":4"),
        (["explain", "--demo", "pod", "chat"], ["chat-0"], ":4"),
        (
            ["explain", "--demo", "-n", "video", "pod", ""],
            ["transcode-0", "transcode-1"],
            ":4",
        ),
        (
            ["explain", "--demo", "device", "gpu.intel.com"],
            [
                "gpu.intel.com/flex-1/0000-4d-00-0-0x56c0",
                "gpu.intel.com/flex-1/0000-b3-00-0-0x56c0",
            ],
            ":4",
        ),
        (["explain", "pod", ""], [], ":4"),
        (["health", ""], ["claim", "device", "node"], ":4"),
        (["health", "--demo", "node", "h"], ["h100-1", "h100-2"], ":4"),
        (
            ["health", "--demo", "claim", "transcode-0"],
            ["transcode-0-devices-a8269"],
            ":4",
        ),
        (
            ["health", "--demo", "device", "gpu.nvidia.com/h100-2/gpu-7"],
            ["gpu.nvidia.com/h100-2/gpu-7"],
            ":4",
        ),
        (
            ["taint", "--demo", "gpu.nvidia.com/h100-1/gpu-7"],
            ["gpu.nvidia.com/h100-1/gpu-7"],
            ":4",
        ),
        (["taint", "--demo", "--node", "h"], ["h100-1", "h100-2"], ":4"),
        (["taint", "a.example.com/b:NoEx"], ["a.example.com/b:NoExecute"], ":4"),
        (
            ["taint", "--demo", "--claim", "video/"],
            ["video/transcode-0-devices-a8269"],
            ":4",
        ),
        (
            ["migrate", ""],
            ["apply", "plan", "render", "rollback", "status", "verify"],
            ":4",
        ),
        (["migrate", "pl"], ["plan"], ":4"),
        (["migrate", "plan", ""], [], ":0"),
        (["migrate", "plan", "--wa"], ["--wave-size"], ":4"),
        (["migrate", "plan", "--route", "e"], ["extended-resource"], ":4"),
        (["migrate", "plan", "--route=e"], ["--route=extended-resource"], ":4"),
        (["migrate", "plan", "--mapping", ""], [], ":0"),
        (["migrate", "plan", "--explain", "amb"], ["ambiguous-resource"], ":4"),
        (["doctor", "upgrade", "--explain", "already"], ["already-there"], ":4"),
        (["migrate", "plan", "--demo", "-n", "v"], ["video"], ":4"),
        (["migrate", "plan", "--demo", "--pool-label", "po"], ["pool"], ":4"),
        (
            ["migrate", "plan", "--demo", "--resource", "gpu.i"],
            ["gpu.intel.com/i915"],
            ":4",
        ),
        (["migrate", "plan", "--driver-schema", "dranet=1.0"], ["dranet=1.0"], ":4"),
        (["render", "r"], ["rbac"], ":4"),
        (["render", "claim", ""], [], ":4"),
        (
            ["render", "kubeadm", "--feature", "DRADeviceTaint"],
            ["DRADeviceTaints", "DRADeviceTaintRules"],
            ":4",
        ),
        (
            ["render", "claim", "--vendor", "n"],
            ["nvidia", "nvidia-compute-domain", "neuron"],
            ":4",
        ),
    ],
    ids=" ".join,
)
def test_completion_offers(
    dractl: Runner, words: list[str], expected: list[str], directive: str
) -> None:
    ran = dractl("__complete", *words)
    assert (ran.status, values(ran.out), ran.err) == (0, expected, "")
    assert ran.out.splitlines()[-1] == directive


def test_an_empty_word_under_the_cursor_has_a_request_of_its_own(
    dractl: Runner,
) -> None:
    asked = dractl("__complete-next", "allocate", "--policy")
    assert asked == dractl("__complete", "allocate", "--policy", "")


def test_an_unreadable_snapshot_offers_no_nodes(dractl: Runner, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    ran = dractl("__complete", "allocate", "--snapshot", str(broken), "--node", "")
    assert (ran.status, ran.out, ran.err) == (0, ":4\n", "")


def test_a_name_that_a_terminal_would_obey_is_not_offered(
    dractl: Runner, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile.yaml"
    hostile.write_text(
        'apiVersion: v1\nkind: Node\nmetadata: {name: "\\e[31mred"}\n---\n'
        "apiVersion: v1\nkind: Node\nmetadata: {name: plain}\n"
    )
    ran = dractl("__complete", "allocate", "--snapshot", str(hostile), "--node", "")
    assert ran.out == "plain\n:4\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_prints_the_script_of_the_shell(dractl: Runner, shell: str) -> None:
    ran = dractl("completion", shell)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (TARGET / FILES[f"dractl.{shell}"]).read_text()


def test_the_scripts_in_the_repository_are_current() -> None:
    assert stale() == []


def test_what_kubectl_runs_is_executable() -> None:
    assert (TARGET / "kubectl_complete-dra").stat().st_mode & 0o111


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("line", "replies"),
    [
        (["dractl", "all"], ["allocate"]),
        # as bash takes the line apart: at equals signs
        (["dractl", "allocate", "--policy", "=", "p"], ["pack"]),
        (["dractl", "allocate", "--policy", "="], ["first", "spread", "pack"]),
        (
            ["dractl", "allocate", "--feature-gates", "A", "=", "true,AllA"],
            ["true,AllAlpha=true", "true,AllAlpha=false"],
        ),
    ],
    ids=" ".join,
)
def test_bash_replaces_what_stands_under_the_cursor(
    tmp_path: Path, line: list[str], replies: list[str]
) -> None:
    program = tmp_path / "dractl"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m dractl "$@"\n')
    program.chmod(0o755)
    words = " ".join(f"'{word}'" for word in [str(program), *line[1:]])
    session = (
        f"source '{SHELLS}/dractl.bash'; COMP_WORDS=({words}); "
        f"COMP_CWORD={len(line) - 1}; _dractl; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", session],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.splitlines() == replies
