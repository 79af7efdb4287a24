"""An examination: all checks, or those that are asked for."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from dractl.doctor.answer import Examination, Finding, Skipped, rank
from dractl.doctor.case import Case
from dractl.doctor.checks import (
    access,
    admin,
    bugs,
    claims,
    classes,
    drivers,
    files,
    gates,
    leftovers,
    nodes,
    permissions,
    plugins,
    pools,
    quota,
    registration,
    release,
    runtime,
    scaling,
    uses,
)
from dractl.doctor.registry import CHECKS, Check
from dractl.model.cluster_info import Cause

_UNREAD: Final = frozenset({Cause.FORBIDDEN, Cause.FAILED})
MODULES: Final = (
    release, uses, gates, files, drivers, registration, pools, leftovers, nodes,
    classes, claims, plugins, runtime, quota, admin, access, permissions, scaling, bugs,
)  # fmt: skip
"""Whose import enters their checks into the table."""


def table() -> Mapping[str, Check]:
    """Return all checks by code."""
    return CHECKS


def examine(
    case: Case, only: Collection[str] = (), skip: Collection[str] = ()
) -> Examination:
    """Return what the checks say; without `only`, all but those to `skip`.

    Checks on demand are made only where `only` names them. A check that could not look
    at everything counts as skipped, not as passed, though what it has found is told.
    """
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    passed: list[str] = []
    for each in table().values():
        is_asked = each.code in only if only else not each.on_demand
        if each.code in skip or not is_asked:
            continue
        said: list[Finding | Skipped] = [*_lacking(each, case)]
        said = said or list(each.look(case))
        findings += (one for one in said if isinstance(one, Finding))
        skipped += (one for one in said if isinstance(one, Skipped))
        if not said:
            passed.append(each.code)
    findings.sort(key=lambda each: rank(each.severity))
    return Examination(
        profile=case.snapshot.profile,
        findings=tuple(findings),
        skipped=tuple(skipped),
        passed=tuple(passed),
        problems=case.snapshot.problems,
        unread=tuple(
            str(gap) for gap in case.snapshot.info.gaps if gap.cause in _UNREAD
        ),
    )


def _lacking(each: Check, case: Case) -> Iterator[Skipped]:
    for kind in each.needs:
        if why := case.lack_of(kind):
            yield Skipped(each.code, why)
