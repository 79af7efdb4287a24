"""`dractl taint --preview` and `--wait`: what the server's controller says and does."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.apiserver import ApiServer, Fault, Kind
from tests.apiserver.repeating import repeating
from tests.cli.run import Runner
from tests.cli.tainted import (
    AVOID,
    EVICT,
    GPU,
    OTHER,
    PATH,
    RULE,
    Tainter,
    cluster,
    tolerating,
)

PREVIEW = f"{RULE}-preview"


def meanwhile(
    work: Callable[[], object], when: Callable[[], bool]
) -> AbstractContextManager[None]:
    """Do something in a thread of its own once something is the case."""
    done: list[object] = []

    def once() -> None:
        if not done and when():
            done.append(work())

    return repeating(once, 0.01)


# -- previews


def test_the_server_says_whom_it_would_evict_and_nothing_is_left(
    taint: Tainter,
) -> None:
    with taint.server.evicting():
        ran = taint(GPU, EVICT, "--preview")

    assert ran.status == 0
    assert ran.out.endswith(
        "WHAT THE SERVER SAYS\n"
        f"  {GPU}: 1 published and 1 allocated devices selected. With NoExecute: 1 "
        "pods in 1 namespaces to be evicted.\n"
    )
    assert taint.rules() == {}
    assert len(taint.server.objects("Pod")) == 1


def test_a_verdict_is_data_too(taint: Tainter) -> None:
    with taint.server.evicting():
        document = taint.document(GPU, OTHER, EVICT, "--preview")

    (first, second) = document["verdicts"]
    assert first["name"] == RULE
    assert first["eviction"]["reason"] == "NoEffect"
    assert "0 pods in 0 namespaces" in second["eviction"]["message"]


def test_where_no_controller_answers_that_is_said(taint: Tainter) -> None:
    ran = taint(GPU, EVICT, "--preview", "--timeout", "1s")

    assert ran.status == 3
    assert f"  {GPU}: no answer\n" in ran.out
    assert "warning: no controller says anything of the rules" in ran.err
    assert taint.rules() == {}


def test_a_preview_that_is_interrupted_leaves_nothing(taint: Tainter) -> None:
    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with meanwhile(interrupt, lambda: PREVIEW in taint.rules()):
        ran = taint(GPU, EVICT, "--preview")

    assert ran.status == 130
    assert taint.rules() == {}


def test_a_preview_that_fails_leaves_nothing(taint: Tainter) -> None:
    other = f"{PATH}gpu.example.com--n1--gpu-0--maint.example.com-preview"
    taint.server.faults.add(Fault(Kind.UNAVAILABLE, "PATCH", other, times=None))

    ran = taint(GPU, OTHER, EVICT, "--preview", "--request-timeout", "1s")

    assert ran.status == 3
    assert taint.rules() == {}


def test_what_a_preview_cannot_remove_is_told_and_cleared_later(
    taint: Tainter,
) -> None:
    fault = Fault(Kind.UNAVAILABLE, "DELETE", f"{PATH}*", times=None)
    taint.server.faults.add(fault)

    with taint.server.evicting():
        ran = taint(GPU, EVICT, "--preview", "--request-timeout", "1s")

    assert ran.status == 3
    assert f"may be left behind, without effect: DeviceTaintRule {PREVIEW}" in ran.err
    assert taint.rules() == {PREVIEW: "None"}
    taint.server.faults.clear()
    with taint.server.evicting():
        assert taint(GPU, EVICT, "--preview").status == 0
    assert taint.rules() == {}


def test_a_release_without_the_effect_has_no_preview(
    dractl: Runner, tmp_path: Path
) -> None:
    with ApiServer(kubernetes="1.34", feature_gates={"AllAlpha": True}) as server:
        server.add(cluster())
        ran = Tainter(dractl, server, tmp_path)(GPU, EVICT, "--preview")

    assert ran.status == 2
    assert "--preview needs the effect None" in ran.err


# -- evictions


def test_an_eviction_is_followed_to_its_end(taint: Tainter) -> None:
    with taint.server.evicting():
        ran = taint(GPU, EVICT, "--yes", "--wait")

    assert ran.status == 0
    assert ran.out.endswith(
        f"devicetaintrule {RULE} created\n"
        "1 of 1 pod gone\n"
        f"devicetaintrule {RULE} Completed: 1 pods evicted so far.\n"
    )
    assert taint.server.objects("Pod") == []


def test_an_eviction_that_takes_longer_goes_on_without_us(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add(cluster(**tolerating(600)))
    taint = Tainter(dractl, api_server, tmp_path)

    with api_server.evicting():
        ran = taint(GPU, EVICT, "--yes", "--wait", "--timeout", "500ms")
        api_server.clock.advance(600)
        again = taint(GPU, EVICT, "--wait")

    assert ran.status == 1
    assert "0 of 1 pod gone\n" in ran.out
    assert "the time is over: the rules stay in place" in ran.err
    assert again.status == 0
    assert f"keep DeviceTaintRule {RULE}\n" in again.out
    assert again.out.endswith(f"{RULE} Completed: 1 pods evicted so far.\n")


def test_who_interrupts_an_eviction_is_told_that_it_goes_on(taint: Tainter) -> None:
    def interrupt() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    with meanwhile(interrupt, lambda: RULE in taint.rules()):
        ran = taint(GPU, EVICT, "--yes", "--wait")

    assert ran.status == 130
    assert f"devicetaintrule {RULE} created\n" in ran.out
    assert "interrupted: the rules stay in place, and so does the eviction" in ran.err
    assert taint.rules() == {RULE: "NoExecute"}


def test_where_no_controller_evicts_that_is_said(taint: Tainter) -> None:
    ran = taint(GPU, EVICT, "--yes", "--wait", "--timeout", "300ms")

    assert ran.status == 3
    assert f"devicetaintrule {RULE}: no controller says anything of it\n" in ran.out
    assert "the feature gate may be off in kube-controller-manager" in ran.err


def test_a_taint_that_evicts_nobody_has_nothing_to_wait_for(taint: Tainter) -> None:
    ran = taint(GPU, AVOID, "--yes", "--wait")

    assert ran.status == 0
    assert "nothing to wait for: no taint of these evicts\n" in ran.err


def test_a_cluster_that_is_lost_meanwhile_is_told(taint: Tainter) -> None:
    fault = Fault(Kind.UNAVAILABLE, "GET", f"{PATH}*", times=None)
    taint.server.faults.add(fault)

    ran = taint(GPU, EVICT, "--yes", "--wait", "--request-timeout", "1s")

    assert ran.status == 3
    assert f"devicetaintrule {RULE} created\n" in ran.out
    assert "not followed any more: the rules stay in place" in ran.err
