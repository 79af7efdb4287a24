"""What `dractl taint` does to a cluster, and what others do to it meanwhile."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.keyboard import Keyboard
from tests.cli.run import Ran, Runner, program
from tests.cluster.ground import Ground
from tests.cluster.objects import claim, device_class, devices, pod

AVOID = "example.com/test:NoSchedule"
EVICT = "example.com/test:NoExecute"


class Tainting:
    """Taints the first device of a place."""

    def __init__(self, dractl: Runner, place: Ground) -> None:
        self._dractl = dractl
        self.place = place
        self.device = f"{place.driver}/{place.name}/d0"

    def __call__(self, *argv: str) -> Ran:
        ran = self._dractl("taint", self.device, *argv)
        if "serves no DeviceTaintRules" in ran.err:
            pytest.skip("the cluster serves no DeviceTaintRules")
        return ran

    def elsewhere(self, *argv: str) -> Ran:
        """Run it in a process of its own, as somebody else would."""
        return program("taint", self.device, *argv)

    def answered(self, *argv: str) -> Ran:
        """Run it with a taint that evicts, where a controller does that."""
        with self.place.acting():
            ran = self(EVICT, *argv, "--timeout", "10s")
        if "no controller says anything" in ran.err:
            pytest.skip("no controller of the cluster evicts")
        if "--preview needs the effect None" in ran.err:
            pytest.skip("the cluster is too old for previews")
        return ran

    def expired(self, *argv: str) -> list[str]:
        """Return what is said of rules that are past their time, line by line."""
        return self._dractl("taint", "--expired", *argv).out.splitlines()

    def outcome(self, *argv: str) -> str:
        """Return what became of the rule."""
        ran = self(*argv, "--yes")
        return ran.out.splitlines()[-1].split()[-1] if ran.out else ran.err

    def listed(self) -> str:
        """Return what is listed of the device."""
        return self("--list", "-o", "name").out


@pytest.fixture
def taint(dractl: Runner, place: Ground) -> Iterator[Tainting]:
    place.add(device_class(place), devices(place, "A", "B"))
    tainting = Tainting(dractl, place)
    yield tainting
    tainting.elsewhere("example.com/test-", "--yes")


def test_a_taint_comes_changes_and_goes(taint: Tainting) -> None:
    tried = taint.outcome(AVOID, "--dry-run=server")
    made = taint.outcome(AVOID, "--owner", "test")
    again = taint.outcome(AVOID)
    refused = taint(EVICT, "--yes").status
    changed = taint.outcome(EVICT, "--overwrite")
    listed = taint.listed()
    removed = taint.outcome("example.com/test-")

    assert tried == "server)"
    assert [made, again, refused, changed, removed] == [
        "created",
        "unchanged",
        1,
        "changed",
        "removed",
    ]
    assert listed.startswith("devicetaintrule.resource.k8s.io/dractl-test-")
    assert taint.listed() == ""


def test_of_two_at_once_one_wins_and_the_other_says_so(
    taint: Tainting, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival = ("example.com/test=mine:NoSchedule", "--yes", "--overwrite")
    won: list[int] = []

    def win() -> None:
        won.append(taint.elsewhere(*rival).status)

    monkeypatch.setattr(sys, "stdin", Keyboard("y\n", win))
    creating = taint(AVOID)
    monkeypatch.setattr(sys, "stdin", Keyboard("y\n", lambda: _steal(taint)))
    changing = taint(AVOID, "--overwrite")

    assert (won, creating.status, changing.status) == ([0], 1, 1)
    assert "it says example.com/test=mine:NoSchedule" in creating.out
    assert "somebody removed it meanwhile" in changing.out


def _steal(taint: Tainting) -> None:
    assert taint.elsewhere("example.com/test-", "--yes").status == 0


def test_fields_of_another_manager_are_theirs(taint: Tainting) -> None:
    theirs = taint(AVOID, "--yes", "--field-manager", "dractl-test")

    refused = taint(EVICT, "--yes", "--overwrite")
    forced = taint(EVICT, "--yes", "--overwrite", "--force-conflicts")

    assert (theirs.status, refused.status, forced.status) == (0, 3, 0)
    assert "dractl-test" in refused.err


def test_a_pod_that_does_not_tolerate_a_taint_is_told_of(taint: Tainting) -> None:
    place = taint.place
    _use(place)

    ran = taint(
        EVICT, "--dry-run=client", "--feature-gates", "DRADeviceTaintRules=true"
    )

    assert ran.status == 0
    assert f"EVICTED: 1 pod\n  at once; does not tolerate {EVICT}\n" in ran.out
    assert f"    {place.namespace}/mine  {place.name}\n" in ran.out


def test_the_server_says_whom_it_would_evict_and_nothing_is_left(
    taint: Tainting,
) -> None:
    user = _use(taint.place)

    ran = taint.answered("--preview")

    assert ran.status == 0, ran.err
    assert f"WHAT THE SERVER SAYS\n  {taint.device}: " in ran.out
    assert taint.listed() == ""
    assert taint.place.get(user) is not None


def test_an_eviction_is_followed_until_the_pod_is_gone(taint: Tainting) -> None:
    user = _use(taint.place)

    ran = taint.answered("--yes", "--wait")

    assert ran.status == 0, ran.err
    assert "1 of 1 pod gone\n" in ran.out
    assert taint.place.get(user) is None


def test_a_rule_that_is_past_its_time_is_found_and_removed(taint: Tainting) -> None:
    place = taint.place
    assert taint.outcome(AVOID, "--for", "2s") == "created"
    before = taint.expired("-o", "name")

    place.wait(lambda: any(place.name in each for each in taint.expired("-o", "name")))
    if len(taint.expired("-o", "name")) > 1:
        pytest.skip("rules of others are past their time, too")
    removed = taint.expired("--remove", "--yes")

    assert before == []
    assert removed[-1].endswith(" removed")
    assert taint.listed() == ""


def _use(place: Ground) -> dict[str, Any]:
    """Let a pod on the place's node have the first device; return the pod."""
    held, user = claim(place, "mine"), pod(place, "mine", nodeName=place.name)
    made, running = place.add(held, user)
    place.state(made, _given(place, running["metadata"]["uid"]))
    return running


def _given(place: Ground, uid: str) -> dict[str, Any]:
    result = {"request": "gpu", "driver": place.driver, "pool": place.name}
    return {
        "allocation": {"devices": {"results": [{**result, "device": "d0"}]}},
        "reservedFor": [{"resource": "pods", "name": "mine", "uid": uid}],
    }
