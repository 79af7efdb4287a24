import hashlib
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from dractl import __version__
from tools.archive import PLUGIN, launcher, manifest, packed, platform_name

URL = "https://downloads.example/dractl/"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive for this Python whose dractl only says its arguments."""
    folder = tmp_path / "folder"
    package = folder / "lib" / "dractl" / "cli"
    package.mkdir(parents=True)
    for each in (package, package.parent):
        (each / "__init__.py").touch()
    (package / "app.py").write_text(
        "import sys\n\n\ndef run():\n    print(sys.argv[1:])\n"
    )
    start = folder / PLUGIN
    start.write_text(launcher(sys.version_info[:2]))
    start.chmod(0o755)
    path = tmp_path / f"dractl-{__version__}-linux-amd64-py311.tar.gz"
    path.write_bytes(packed(folder))
    assert packed(folder) == path.read_bytes()
    return path


def test_an_archive_starts_wherever_it_is_unpacked_and_through_a_link(
    archive: Path, tmp_path: Path
) -> None:
    with tarfile.open(archive) as found:
        found.extractall(tmp_path / "there", filter="data")
    link = tmp_path / PLUGIN
    link.symlink_to(tmp_path / "there" / PLUGIN)
    done = subprocess.run(
        [sys.executable, link, "a"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "['a']\n"


def test_another_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    start = tmp_path / PLUGIN
    start.write_text(launcher((3, 99)))
    done = subprocess.run(
        [sys.executable, start], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "needs python3.99" in done.stderr


def test_a_manifest_has_what_krew_asks_for(archive: Path) -> None:
    found = yaml.safe_load(manifest([archive], URL))
    assert found["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2"
    assert found["metadata"] == {"name": "dra"}
    spec = found["spec"]
    assert re.fullmatch(r"v\d+\.\d+\.\d+", spec["version"])
    assert len(spec["shortDescription"]) <= 50
    [only] = spec["platforms"]
    assert only == {
        "selector": {"matchLabels": {"os": "linux", "arch": "amd64"}},
        "uri": f"{URL}{archive.name}",
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "bin": PLUGIN,
    }


def test_a_platform_is_named_as_krew_names_it() -> None:
    system, machine = platform_name()
    assert system in {"linux", "darwin", "windows"}
    assert machine != "x86_64"
