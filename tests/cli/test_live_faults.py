"""Commands of clusters that do not answer, answer wrongly, or take too long."""

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.apiserver import ADMIN, ApiServer, Fault, Kind
from tests.cli.clusters import served
from tests.cli.processes import piped
from tests.cli.run import Runner
from tests.cli.waiting import CLUSTER

EXEC = "client.authentication.k8s.io/v1"


def test_an_answer_that_takes_too_long_ends_a_command(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.faults.add(Fault(Kind.LATENCY, path="*slices", times=None, seconds=5))

    ran = dractl("explain", *served(api_server, tmp_path), "--request-timeout", "300ms")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err == (
        f"error: {api_server.url} does not answer when asked to list "
        "resourceslices.resource.k8s.io: no answer in time\n"
        "hint: try again, with a longer --request-timeout if the cluster is slow\n"
    )


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind.WRONG_TYPE, "with something that no API server says"),
        (Kind.REDIRECT, "answers 307 when asked to get /apis"),
        (Kind.GARBAGE, "does not answer when asked to get /apis"),
        (Kind.UNAVAILABLE, "still answers 503 when asked to get /apis"),
        (Kind.TOO_MANY_REQUESTS, "still answers 429 when asked to get /apis"),
        (Kind.EXPIRED_TOKEN, "does not accept the credentials (asked to get /apis)"),
        (Kind.DROP_BEFORE, "does not answer when asked to get /apis: the connection"),
    ],
)
def test_a_cluster_that_always_fails_is_told(
    dractl: Runner, api_server: ApiServer, tmp_path: Path, kind: Kind, message: str
) -> None:
    options = served(api_server, tmp_path)
    api_server.faults.add(
        Fault(kind, times=None, seconds=9, location="http://127.0.0.1:1/")
    )

    ran = dractl("explain", *options, "--request-timeout", "250ms")

    assert (ran.status, ran.out) == (3, "")
    assert message in ran.err
    assert "\nhint: " in ran.err


def test_every_tenth_request_may_fail(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    options = (*served(api_server, tmp_path), "-A", "-o", "json")
    sound = dractl("explain", *options)
    api_server.faults.add(
        Fault(Kind.INTERNAL_ERROR, every=10, times=None),
        Fault(Kind.TRUNCATE_CHUNKED, every=9, times=None),
        Fault(Kind.DROP_AFTER, every=11, times=None),
    )

    failing = dractl("explain", *options)

    assert api_server.faults.struck() > 1
    assert failing.out == sound.out


def test_a_token_that_expires_on_the_way_is_replaced(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(CLUSTER)
    first = api_server.access.token("admin")
    second = api_server.access.renew(ADMIN)
    login = {"command": str(_login(tmp_path, first, second)), "apiVersion": EXEC}
    api_server.faults.add(Fault(Kind.EXPIRED_TOKEN, path="*nodes"))

    ran = dractl("explain", *served(api_server, tmp_path, credentials={"exec": login}))

    assert ran.status == 1
    statuses = [each.status for each in api_server.requests]
    assert 401 in statuses
    assert {each.headers["authorization"] for each in api_server.requests} == {
        f"Bearer {first}", f"Bearer {second}",
    }  # fmt: skip


def _login(folder: Path, first: str, second: str) -> Path:
    """Write a program that gives one token, and from then on another one."""
    for name, token in (("first", first), ("second", second)):
        made = {
            "apiVersion": EXEC,
            "kind": "ExecCredential",
            "status": {"token": token},
        }
        (folder / name).write_text(json.dumps(made))
    path = folder / "login"
    path.write_text(
        f"#!/bin/sh\ncd {folder}\ncat first && cp second next && mv next first\n"
    )
    path.chmod(0o755)
    return path


# -- interrupts


def interrupted(
    options: Sequence[str], is_waiting: Callable[[], bool]
) -> tuple[int, str, float]:
    """Press Ctrl-C while a command waits; return status, stderr, seconds it took."""
    with piped("explain", *options, in_session=True) as child:
        while child.poll() is None and not is_waiting():
            time.sleep(0.02)
        time.sleep(0.1)
        pressed = time.monotonic()
        os.killpg(child.pid, signal.SIGINT)
        _, errors = child.communicate()
        return child.wait(), errors, time.monotonic() - pressed


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.LATENCY, path="/apis", times=None, seconds=30),
        Fault(Kind.LATENCY, path="/api/v1/pods", times=None, seconds=30),
        Fault(Kind.LATENCY, path="/a*", every=3, times=None, seconds=30),
        Fault(Kind.TOO_MANY_REQUESTS, path="/apis", times=None, seconds=30),
        Fault(Kind.TOO_MANY_REQUESTS, path="/api/v1/pods", times=None, seconds=30),
    ],
    ids=["first", "list", "several", "pause", "pause of a list"],
)
def test_an_interrupt_ends_a_command_at_once(
    api_server: ApiServer, tmp_path: Path, fault: Fault
) -> None:
    options = served(api_server, tmp_path)
    api_server.faults.add(fault)

    status, errors, seconds = interrupted(
        options, lambda: api_server.faults.struck() > 0
    )

    assert (status, errors) == (130, "")
    assert seconds < 5


def test_an_interrupt_ends_a_program_for_credentials(
    api_server: ApiServer, tmp_path: Path
) -> None:
    script = f"touch {tmp_path}/runs; sleep 30"
    login = {"command": "sh", "args": ["-c", script], "apiVersion": EXEC}
    options = served(api_server, tmp_path, credentials={"exec": login})

    status, errors, seconds = interrupted(options, (tmp_path / "runs").exists)

    assert (status, errors) == (130, "")
    assert seconds < 5
