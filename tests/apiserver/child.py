"""The double in a process of its own, for benchmarks and for whole commands."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.apiserver.faults import Fault, Kind
from tests.apiserver.server import ApiServer

_ROOT: Final = Path(__file__).resolve().parents[2]


@contextmanager
def child_server(documents: Path, kubeconfig: Path, *options: str) -> Iterator[str]:
    """Serve a file of documents from another process; yield the URL.

    The kubeconfig is written; options are those of `python -m tests.apiserver`.
    """
    command = [sys.executable, "-m", "tests.apiserver", str(documents)]
    with subprocess.Popen(
        [*command, "--kubeconfig", str(kubeconfig), *options],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        if not url:
            raise ChildProcessError("the server did not start")
        try:
            yield url
        finally:
            child.stdin.close()


def serve(arguments: Sequence[str]) -> None:
    """Serve until standard input ends; the first line of output is the URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.apiserver")
    parser.add_argument("documents", nargs="*", type=Path, help="JSON files")
    parser.add_argument("--kubeconfig", type=Path, help="write one for admin")
    parser.add_argument("--kubernetes", default="1.36")
    parser.add_argument("--latency", type=float, default=0.0, help="in seconds")
    parser.add_argument("--failing", type=int, help="let every n-th request fail")
    parser.add_argument("--metrics", type=Path, help="lines that /metrics begins with")
    asked = parser.parse_args(arguments)
    metrics = asked.metrics.read_bytes() if asked.metrics else b""
    with ApiServer(kubernetes=asked.kubernetes, metrics=metrics) as server:
        for path in asked.documents:
            server.add(json.loads(path.read_text("utf-8")))
        if asked.latency:
            server.faults.add(Fault(Kind.LATENCY, times=None, seconds=asked.latency))
        if asked.failing:
            fault = Fault(Kind.INTERNAL_ERROR, every=asked.failing, times=None)
            server.faults.add(fault)
        if asked.kubeconfig:
            server.kubeconfig(asked.kubeconfig)
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
