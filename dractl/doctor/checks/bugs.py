"""Known bugs of Kubernetes that this release may have, and whether they matter here."""

from collections.abc import Iterator
from typing import Final

from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.doctor.signs import TRIGGERS
from dractl.model.bugs import BUGS, Bug
from dractl.rules.registry import Severity

_CRASHES: Final = frozenset({"all-mode-counters-panic", "rules-crash-scheduler"})
"""Those of which one object is enough to stop all scheduling."""
_HARMLESS: Final = frozenset({
    "alternatives-not-scored", "claims-requeue-all", "config-given-twice",
    "pool-status-miscounts", "selector-error-without-device",
})  # fmt: skip
"""Those that mislead, but keep no pod from its devices."""


@check("known-bug", Severity.ERROR)
def known_bugs(case: Case) -> Iterator[Finding | Skipped]:
    """The release may have a bug that objects of this cluster can meet.

    Releases are those that the issues name, with the feature gates that the bug needs;
    which patch has the fix is not known of all. Of kubelets the release is that of each
    node. It is an error where the scheduler can crash, so that no pod is placed any
    more, and only told where the issue does not say which releases have it, or where it
    keeps no pod from its devices. `dractl explain` tells which pods meet one now.
    """
    for bug in BUGS:
        for when, nodes in _chances(bug, case):
            sign = TRIGGERS.get(bug.id)
            what = "" if sign is None else sign(case)
            if what or sign is None:
                yield _found(bug, when, what, nodes, _way_out(bug, case))


@check("known-bug-unmet", Severity.INFO, on_demand=True)
def unmet_bugs(case: Case) -> Iterator[Finding | Skipped]:
    """The release may have bugs that nothing in this cluster meets.

    They matter once you use what they are about; -o json has what each is, and what to
    avoid. It is looked for only if --only names it.
    """
    found = {
        bug: when
        for bug in BUGS
        if (sign := TRIGGERS.get(bug.id)) is not None
        for when, _ in _chances(bug, case)
        if not sign(case)
    }
    if found:
        yield Finding(
            "known-bug-unmet",
            Severity.INFO,
            f"{counted(len(found), 'known bug')} that nothing here meets: "
            f"{listed((each.id for each in found), len(found))}",
            fix="nothing has to be done",
            evidence={"bugs": [_described(bug, when) for bug, when in found.items()]},
        )


def _chances(bug: Bug, case: Case) -> Iterator[tuple[str, list[str]]]:
    """Yield how a bug and the cluster go together, with the nodes that it is about."""
    profile = case.snapshot.profile
    if not bug.is_of_nodes or not (bug.affected or _has_kubelets(case)):
        when = bug.chance(profile, case.snapshot.info.kubernetes or "")
        if when is not None:
            yield when, []
        return
    found: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    for node in case.snapshot.nodes:
        version = node.kubelet_version
        when = bug.chance_on(profile, node.name, version)
        if when is not None:
            found.setdefault(version, []).append(node.name)
            said.setdefault(version, when)
    for version, nodes in found.items():
        more = f" (and on {len(nodes) - 1} more)" if len(nodes) > 1 else ""
        yield f"{said[version]}{more}", nodes


def _has_kubelets(case: Case) -> bool:
    return any(each.kubelet_version for each in case.snapshot.nodes)


def _way_out(bug: Bug, case: Case) -> str:
    """Return what helps: the release with the fix, and what to do before."""
    fixed = bug.fixed_in(case.snapshot.profile.version)
    if not fixed or bug.is_of_nodes:
        return bug.avoid
    return f"upgrade to {fixed}; until then {bug.avoid}"


def _found(bug: Bug, when: str, what: str, nodes: list[str], fix: str) -> Finding:
    told = f" ({what})" if what else ""
    return Finding(
        "known-bug",
        _severity(bug),
        f"{bug.symptom}{told}; {when}: {bug.reference}",
        bug.id,
        listed(nodes) if nodes else bug.part.value,
        fix,
        evidence={**_described(bug, when), "meets": what or None, "nodes": nodes},
    )


def _severity(bug: Bug) -> Severity:
    if bug.id in _CRASHES:
        return Severity.ERROR
    is_known = bug.affected or bug.gone_in is not None
    is_warning = is_known and bug.id not in _HARMLESS
    return Severity.WARNING if is_warning else Severity.INFO


def _described(bug: Bug, when: str) -> dict[str, object]:
    return {
        "id": bug.id,
        "part": bug.part.value,
        "symptom": bug.symptom,
        "releases": bug.releases,
        "gates": list(bug.gates),
        "when": when,
        "reference": bug.reference,
        "avoid": bug.avoid,
    }
