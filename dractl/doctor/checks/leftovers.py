"""What `cleanup` finds: told here in short, and of slices and claims in full."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.leftovers.answer import Finding as Leftover
from dractl.leftovers.answer import Verdict
from dractl.leftovers.codes import CODES
from dractl.rules.registry import Severity

_SLICES: Final[Mapping[str, str]] = {
    "slice-node-gone": (
        "delete it: kube-controller-manager does so where the node owns the slice"
    ),
    "slice-driver-gone": "install the driver again, or delete its slices",
    "slice-by-hand": "leave slices to the driver, or delete them",
    "slice-old-generation": "delete them, if their driver does not",
}
_URGENT: Final = "slice-node-gone"
_ONCE: Final = "slice-driver-gone"  # told of one slice of the driver
_TITLES: Final[Mapping[str, str]] = {
    "slice-driver-gone": "no pod or workload looks like that of the driver of",
    "slice-by-hand": "no driver has written",
    "slice-old-generation": "their pools have a newer generation than",
}
_FEW: Final = 2
_CLAIMS: Final = ("claim-held-by-finished", "claim-reserved-for-gone")
_TOLD: Final = frozenset({*_SLICES, *_CLAIMS})


@check("slice-stale", Severity.WARNING)
def slices_are_kept(case: Case) -> Iterator[Finding | Skipped]:
    """A ResourceSlice that nobody keeps: of a node or a driver that is gone, or old.

    The scheduler goes on giving out devices that are published, whoever published them.
    Told of slices: the node is gone; the driver seems to run nowhere; the pool has a
    newer generation; it was written by hand, so that no driver keeps it.
    """
    doubts: dict[str, None] = {}
    others: dict[tuple[str, str], list[str]] = {}
    drivers = {each.name: each.driver for each in case.snapshot.slices}
    for each in case.leftovers.findings:
        if each.code not in _SLICES:
            continue
        if each.verdict is Verdict.UNKNOWN:
            doubts[each.why.partition(",")[2].partition(";")[0].strip()] = None
        elif each.code == _URGENT:
            yield _told("slice-stale", each, _SLICES[_URGENT])
        else:
            driver, found = drivers[each.meta.name], [each.meta.name]
            if each.code == _ONCE:
                found = [name for name, of in drivers.items() if of == driver]
            others.setdefault((each.code, driver), []).extend(found)
    yield from (_together(*key, names) for key, names in others.items())
    for doubt in doubts:
        yield Skipped("slice-stale", f"whether nodes are gone: {doubt}")


def _together(code: str, driver: str, names: Sequence[str]) -> Finding:
    return Finding(
        "slice-stale",
        Severity.INFO,
        f"{_TITLES[code]} {counted(len(names), 'slice')}: {listed(names, _FEW)}",
        f"driver {driver}",
        fix=_SLICES[code],
        commands=(f"dractl cleanup -A --only {code}",),
        evidence={"leftover": code, "driver": driver, "slices": list(names)},
    )


@check("claim-held-in-vain", Severity.WARNING)
def claims_are_used(case: Case) -> Iterator[Finding | Skipped]:
    """A claim holds devices for pods that have ended, or that are gone.

    Of a claim that a pod made for itself, kube-controller-manager takes finished pods
    off; one that is reserved for pods that have ended keeps its devices, and one
    reserved for pods that are gone tells that the controller does not run. Claims that
    are being deleted are told by claim-deletion-stuck.
    """
    for each in case.leftovers.findings:
        is_known = each.verdict is not Verdict.UNKNOWN
        if each.code in _CLAIMS and is_known and not each.meta.deletion_timestamp:
            fix = (
                "delete the pods that have ended, or look into kube-controller-manager"
            )
            yield _told("claim-held-in-vain", each, fix)


@check("leftovers", Severity.INFO)
def nothing_is_left(case: Case) -> Iterator[Finding | Skipped]:
    """There are objects that nobody needs any more, which `dractl cleanup` lists."""
    proposed = [each.code for each in case.leftovers.proposed if each.code not in _TOLD]
    if proposed:
        counts = Counter(proposed)
        said = "; ".join(f"{CODES[c]} ({number})" for c, number in counts.items())
        yield Finding(
            "leftovers",
            Severity.INFO,
            said,
            fix="look at them, and delete what is safe to delete",
            commands=("dractl cleanup -A",),
            evidence={"counts": dict(counts)},
        )


def _told(code: str, each: Leftover, fix: str) -> Finding:
    named = "/".join(part for part in each.meta.key if part)
    return Finding(
        code,
        Severity.WARNING,
        each.why + (f"; {listed(each.affects, _FEW)}" if each.affects else ""),
        f"{each.kind}/{named}",
        fix=fix,
        commands=(f"dractl cleanup -A --only {each.code}",),
        evidence={"leftover": each.code},
    )
