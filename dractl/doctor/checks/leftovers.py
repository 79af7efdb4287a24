"""What `cleanup` finds: told here in short, and of slices and claims in full."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.leftovers.answer import Finding as Leftover
from dractl.leftovers.answer import Verdict
from dractl.leftovers.codes import CODES
from dractl.rules.registry import Severity

_SLICES: Final[Mapping[str, tuple[Severity, str]]] = {
    "slice-node-gone": (
        Severity.WARNING,
        "delete it: kube-controller-manager does so where the node owns the slice",
    ),
    "slice-driver-gone": (
        Severity.INFO,
        "install the driver again, or delete its slices",
    ),
    "slice-by-hand": (
        Severity.INFO,
        "leave slices to the driver, or delete it",
    ),
    "slice-old-generation": (
        Severity.INFO,
        "delete it, if its driver does not",
    ),
}
_FEW: Final = 2
_CLAIMS: Final = ("claim-held-by-finished", "claim-reserved-for-gone")


@check("slice-stale", Severity.WARNING)
def slices_are_kept(case: Case) -> Iterator[Finding | Skipped]:
    """A ResourceSlice that nobody keeps: of a node or a driver that is gone, or old.

    The scheduler goes on giving out devices that are published, whoever published them.
    Told of slices: the node is gone; the driver seems to run nowhere; the pool has a
    newer generation; it was written by hand, so that no driver keeps it.
    """
    doubts: dict[str, None] = {}
    for each in case.leftovers.findings:
        if each.code not in _SLICES:
            continue
        if each.verdict is Verdict.UNKNOWN:
            doubts[each.why.partition(",")[2].partition(";")[0].strip()] = None
            continue
        severity, fix = _SLICES[each.code]
        yield _told("slice-stale", severity, each, fix)
    for doubt in doubts:
        yield Skipped("slice-stale", f"whether nodes are gone: {doubt}")


@check("claim-held-in-vain", Severity.WARNING)
def claims_are_used(case: Case) -> Iterator[Finding | Skipped]:
    """A claim holds devices for pods that have ended, or that are gone.

    Of a claim that a pod made for itself, kube-controller-manager takes finished pods
    off; one that is reserved for pods that have ended keeps its devices, and one
    reserved for pods that are gone tells that the controller does not run.
    """
    for each in case.leftovers.findings:
        if each.code in _CLAIMS and each.verdict is not Verdict.UNKNOWN:
            fix = (
                "delete the pods that have ended, or look into kube-controller-manager"
            )
            yield _told("claim-held-in-vain", Severity.WARNING, each, fix)


@check("leftovers", Severity.INFO)
def nothing_is_left(case: Case) -> Iterator[Finding | Skipped]:
    """There are objects that nobody needs any more, which `dractl cleanup` lists."""
    proposed = [
        each.code for each in case.leftovers.proposed if each.code not in _SLICES
    ]
    if proposed:
        counts = Counter(proposed)
        said = "; ".join(f"{number} times {CODES[c]}" for c, number in counts.items())
        yield Finding(
            "leftovers",
            Severity.INFO,
            said,
            fix="look at them, and delete what is safe to delete",
            commands=("dractl cleanup -A",),
            evidence={"counts": dict(counts)},
        )


def _told(code: str, severity: Severity, each: Leftover, fix: str) -> Finding:
    named = "/".join(part for part in each.meta.key if part)
    return Finding(
        code,
        severity,
        each.why + (f"; {listed(each.affects, _FEW)}" if each.affects else ""),
        f"{each.kind}/{named}",
        fix=fix,
        commands=(f"dractl cleanup -A --only {each.code}",),
        evidence={"leftover": each.code},
    )
