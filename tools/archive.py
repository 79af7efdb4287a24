"""Builds an archive with all that dractl needs beside Python, and a manifest for krew.

The archive is for the platform and the Python that run this, since typer brings
compiled parts along: run it once on each platform. The manifest lists all archives of
this version that are in the folder. To publish it, put the archives where `--url` says
and send the manifest to krew's index.
"""

import argparse
import gzip
import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from dractl import __version__

ROOT: Final = Path(__file__).parents[1]
PLUGIN: Final = "kubectl-dra"
_MACHINES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_LAUNCHER: Final = """\
#!/usr/bin/env python3
import os
import shutil
import sys

WANTED = {wanted}
here = os.path.realpath(__file__)
if sys.version_info[:2] != WANTED:
    name = "python%d.%d" % WANTED
    other = shutil.which(name)
    if other is None or "DRACTL_TRIED" in os.environ:
        sys.exit("error: dractl needs " + name + ", for which this archive was made")
    os.environ["DRACTL_TRIED"] = "1"
    os.execv(other, [other, *sys.argv])
sys.path.insert(0, os.path.join(os.path.dirname(here), "lib"))
from dractl.cli.app import run

run()
"""


def platform_name() -> tuple[str, str]:
    """Return the system and the architecture as krew spells them."""
    machine = platform.machine().lower()
    return platform.system().lower(), _MACHINES.get(machine, machine)


def launcher(wanted: tuple[int, int]) -> str:
    """Return the program that starts dractl with that Python."""
    return _LAUNCHER.format(wanted=wanted)


def packed(folder: Path) -> bytes:
    """Return a folder as an archive; the same files give the same bytes."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            entry = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = (
                0,
                0,
                0,
                "",
                "",
            )
            if entry.isfile():
                with path.open("rb") as stream:
                    archive.addfile(entry, stream)
            else:
                archive.addfile(entry)
    return gzip.compress(plain.getvalue(), mtime=0)


def manifest(archives: Sequence[Path], url: str) -> str:
    """Return krew's manifest for archives, each of which is for one platform."""
    document = {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
        "kind": "Plugin",
        "metadata": {"name": PLUGIN.removeprefix("kubectl-")},
        "spec": {
            "version": f"v{__version__}",
            "shortDescription": "Work with Dynamic Resource Allocation (DRA)",
            "description": (
                "Says which devices pods get and why not, checks whether a cluster is\n"
                "ready for DRA, taints devices, and writes, checks and converts\n"
                "manifests. Needs Python of the version in the name of the archive.\n"
            ),
            "platforms": list(_platforms(archives, url)),
        },
    }
    text: str = yaml.safe_dump(document, sort_keys=False)
    return text


def _platforms(archives: Sequence[Path], url: str) -> Iterator[dict[str, Any]]:
    for path in archives:
        *_, system, machine, _ = path.name.split("-")
        yield {
            "selector": {"matchLabels": {"os": system, "arch": machine}},
            "uri": f"{url.rstrip('/')}/{path.name}",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bin": PLUGIN,
        }


def build(out: Path, wheels: Path | None) -> Path:
    """Write the archive of this platform to a folder; return its path.

    `wheels` is a folder with those of dractl and of all that it needs, so that no
    package index is asked; None: dractl is built, and the index has the others.
    """
    system, machine = platform_name()
    version = (sys.version_info.major, sys.version_info.minor)
    name = f"dractl-{__version__}-{system}-{machine}-py{version[0]}{version[1]}.tar.gz"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-compile")
        options = ("--disable-pip-version-check", "--target", str(folder / "lib"))
        source = ("--no-index", "--find-links", str(wheels), f"dractl=={__version__}")
        what = (str(ROOT),) if wheels is None else source
        subprocess.run([*pip, *options, *what], check=True)  # noqa: S603 - ours
        start = folder / PLUGIN
        start.write_text(launcher(version), encoding="utf-8")
        start.chmod(0o755)
        (folder / "LICENSE").write_bytes((ROOT / "LICENSE").read_bytes())
        out.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(packed(folder))
    return out / name


def main() -> None:
    """Build the archive and write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="a folder")
    parser.add_argument(
        "--url", required=True, help="where the archives will be, without their names"
    )
    parser.add_argument("--wheels", type=Path, help="a folder with all that it takes")
    options = parser.parse_args()
    print(build(options.out, options.wheels))
    archives = sorted(options.out.glob(f"dractl-{__version__}-*.tar.gz"))
    target = options.out / "dra.yaml"
    target.write_text(manifest(archives, options.url), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
