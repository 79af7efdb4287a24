"""The answer to whether something can be upgraded: all that the tables look at."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple, TypeVar

from dractl.api.problems import Problem
from dractl.doctor.answer import Examination, Finding, Skipped, rank
from dractl.doctor.registry import CHECKS
from dractl.doctor.run import examine
from dractl.doctor.upgrade import (
    behaviour,
    nodefiles,
    path,
    releases,
    rollout,
    selection,
    settings,
    steps,
    use,
)
from dractl.doctor.upgrade.answer import Upgrade, Verdict
from dractl.doctor.upgrade.question import DriverQuestion, Question, ReleaseQuestion
from dractl.doctor.upgrade.registry import DRIVERS, RELEASES, Table
from dractl.rules.registry import Severity

Q = TypeVar("Q", bound=Question)
MODULES: Final = (
    path, rollout, use, nodefiles, selection, settings, releases, behaviour,
)  # fmt: skip
"""Whose import enters what they look at into the tables."""
_OF_DRIVERS: Final = (
    "pool-incomplete", "pool-invalid", "slice-near-limit", "slice-stale",
    "driver-not-ready", "class-resource-twice", "runtime-without-cdi",
    "driver-permissions", "gate-needed", "gate-off", "api-not-served",
)  # fmt: skip
_OF_RELEASES: Final = ("pool-incomplete", "driver-not-ready", "node-lost")
"""Checks of the doctor that should pass before."""


class _Seen(NamedTuple):
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    passed: tuple[str, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]
    verdict: Verdict


def driver_upgrade(question: DriverQuestion) -> Upgrade:
    """Return whether a driver can be upgraded in place, and what to do before."""
    seen = _seen(DRIVERS, question, _concerning(question))
    return Upgrade(
        subject=question.driver,
        current=question.current,
        target=question.target,
        steps=steps.for_driver(question, seen.findings),
        interruptions=steps.interruptions_of_driver(question),
        **seen._asdict(),
    )


def release_upgrade(question: ReleaseQuestion) -> Upgrade:
    """Return whether a cluster can become another release, and what to do before."""
    seen = _seen(RELEASES, question, examine(question.case, _OF_RELEASES))
    return Upgrade(
        subject="Kubernetes",
        current=str(question.current),
        target=str(question.target),
        steps=steps.for_release(question, seen.findings),
        interruptions=steps.interruptions_of_release(question),
        **seen._asdict(),
    )


def title_of(code: str) -> str:
    """Return what a finding's code looks for, in one line."""
    found = DRIVERS.rows.get(code) or RELEASES.rows.get(code) or CHECKS.get(code)
    return found.title if found else ""


def _seen(table: Table[Q], question: Q, health: Examination) -> _Seen:
    """Return what a table and the doctor say, and the verdict on it."""
    found, skipped = list(health.findings), list(health.skipped)
    passed = list(health.passed)
    for each in table.rows.values():
        said = list(each.look(question))
        found += (one for one in said if isinstance(one, Finding))
        skipped += (one for one in said if isinstance(one, Skipped))
        if not said:
            passed.append(each.code)
    stops = frozenset(each.code for each in table.rows.values() if each.stops)
    found.sort(key=lambda each: (rank(each.severity), each.code not in stops))
    return _Seen(
        tuple(found),
        tuple(dict.fromkeys(skipped)),
        tuple(dict.fromkeys(passed)),
        health.problems,
        health.unread,
        _verdict(found, stops),
    )


def _verdict(findings: Iterable[Finding], stops: frozenset[str]) -> Verdict:
    errors = {each.code for each in findings if each.severity is Severity.ERROR}
    if errors & stops:
        return Verdict.STOP
    return Verdict.PREPARE if errors else Verdict.GO


def _concerning(question: DriverQuestion) -> Examination:
    """Return what the doctor says of a driver, and of all drivers."""
    health = examine(question.case, _OF_DRIVERS)
    skipped = (each.concerning(question.driver) for each in health.skipped)
    return replace(
        health,
        findings=tuple(each for each in health.findings if _concerns(each, question)),
        skipped=tuple(each for each in skipped if each is not None),
    )


def _concerns(finding: Finding, question: DriverQuestion) -> bool:
    """Tell whether what the doctor finds is about a driver, or about all of them."""
    driver, evidence = question.driver, finding.evidence
    if isinstance(told := evidence.get("driver"), str):
        return told == driver
    for name, own in (
        ("drivers", {driver}),
        ("slices", question.slices),
        ("nodes", question.nodes),
    ):
        if isinstance(told := evidence.get(name), list | tuple):
            return not set(own).isdisjoint(told)
    kind, _, name = finding.subject.replace(" ", "/", 1).partition("/")
    if kind == "pool":
        return name.startswith(f"{driver}/")
    if kind == "ResourceSlice":
        return name in question.slices
    return kind != "driver" or name == driver
