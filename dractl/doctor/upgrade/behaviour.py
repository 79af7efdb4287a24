"""What the release to come does otherwise: gates, validation, known bugs, plans."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from dractl.api.versions import GROUP
from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case, Given
from dractl.doctor.checks.uses import USERS
from dractl.doctor.configuration import settings
from dractl.doctor.run import examine
from dractl.doctor.signs import TRIGGERS
from dractl.doctor.upgrade.question import ReleaseQuestion, subject_of
from dractl.doctor.upgrade.registry import RELEASES, Stage
from dractl.model.bugs import BUGS, Bug
from dractl.model.cluster import GATES, NEWEST, KubernetesVersion, Profile, stage
from dractl.rules.registry import Severity, Violation
from dractl.rules.server import Judgement, judged
from dractl.rules.subject import mapping, text

_PLANNED: Final = KubernetesVersion(1, 38)
_LAYOUT: Final = KubernetesVersion(1, 35)
_DRA: Final = "DynamicResourceAllocation"
_FEW: Final = 5
_ON: Final = frozenset("BGL")
_TURNS: Final = {"L": "is locked from then on", "x": "is not there any more"}
_UNSERVED: Final = frozenset({"version-not-served", "version-off", "kind-unknown"})
_RECHECKED: Final = (
    "kubelet-skew", "gate-unknown", "gate-locked", "gate-dependency",
    "driver-permissions", "status-permissions",
)  # fmt: skip
"""Checks of the doctor whose answer depends on the release."""


@RELEASES.point("not-ready-then", Severity.ERROR, Stage.CONTROL_PLANE)
def checks_still_pass(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """A check of `dractl doctor` would fail in the target, and does not now.

    Kubelets that would be too old (more than three minor releases), gates in flags and
    files that the target locks or does not know, and what drivers and schedulers have
    to be allowed: from 1.36 on, who writes the status of claims needs verbs of its own.
    """
    then = dataclasses.replace(
        question.snapshot, profile=question.profile(question.target)
    )
    later = Case(then, question.case.now, question.case.configuration)
    answer = examine(later, _RECHECKED)
    now = examine(question.case, _RECHECKED)
    known = {(each.code, each.subject, each.severity) for each in now.findings}
    for each in answer.findings:
        if (each.code, each.subject, each.severity) not in known:
            yield dataclasses.replace(
                each, code="not-ready-then", message=f"{each.code}: {each.message}"
            )
    for skipped in answer.skipped:
        yield Skipped("not-ready-then", f"{skipped.code}: {skipped.why}")


@RELEASES.point("refused-then", Severity.ERROR, Stage.OBJECTS)
def objects_are_accepted(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """An object is refused by the target, and not now.

    That counts for what is in a version of the API that is not served now, too.
    What is stored stays as it is, until somebody changes or makes it again: a claim
    from a template, a slice that its driver writes, a manifest that is applied. From
    1.35 on, counters and the devices that draw on them have to be in slices of their
    own.
    """
    then = question.profile(question.target)
    for document, where in _judgeable(question):
        new = _objections(_judgement(document, then))
        if not new or _objections(_judgement(document, question.snapshot.profile)):
            continue
        first = _first(question, document, {each.code for each in new})
        yield Finding(
            "refused-then",
            Severity.ERROR,
            f"{first} refuses {new[0].path}: {new[0].message}"
            + (f" (and {len(new) - 1} more)" if len(new) > 1 else ""),
            subject_of(document),
            where,
            new[0].fix or "rewrite it before",
            evidence={
                "release": str(first),
                "violations": [
                    {"code": each.code, "path": str(each.path)} for each in new
                ],
            },
        )


@RELEASES.point("fields-change", Severity.WARNING, Stage.OBJECTS)
def fields_are_kept(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """A field of a manifest is kept now and dropped then, or the other way round.

    A field whose gate is off is dropped without a word. When the gate comes on, the
    same manifest begins to ask for more than it did.
    """
    now, then = question.snapshot.profile, question.profile(question.target)
    for each in question.manifests:
        if not text(each.value, "apiVersion").startswith(f"{GROUP}/"):
            continue
        before, after = _dropped(each, now), _dropped(each, then)
        for field, gate in sorted(before.items() ^ after.items()):
            comes = field in before
            yield Finding(
                "fields-change",
                Severity.WARNING,
                f"{field} is dropped {'now' if comes else 'then'}, and kept "
                f"{'then' if comes else 'now'}: {gate} "
                f"{'comes on' if comes else 'goes off'}",
                subject_of(each.value),
                each.where,
                "see that it says what you want" if comes else f"set {gate}=true",
                evidence={"field": field, "gate": gate},
            )


@RELEASES.point("gate-default", Severity.WARNING, Stage.CONTROL_PLANE)
def gates_are_alike(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """A feature gate comes on, goes off, gets locked or vanishes on the way.

    Told are those that something in the cluster uses, and those that are set to another
    value than their default; the rest come in one line.
    """
    now, then = question.snapshot.profile, question.profile(question.target)
    quiet: dict[str, list[str]] = {}
    for gate in GATES:
        if now.enabled(gate) == then.enabled(gate):
            if turns := _TURNS.get(stage(gate, question.target)):
                if stage(gate, now.version) != stage(gate, question.target):
                    quiet.setdefault(turns, []).append(gate)
            elif then.knows(gate) and not now.knows(gate):
                quiet.setdefault("is new, and off", []).append(gate)
            continue
        find = USERS.get(gate)
        using = list(dict.fromkeys(find(question.snapshot))) if find else []
        when = _since(gate, question, on=then.enabled(gate))
        turns = "comes on by default" if then.enabled(gate) else "goes off"
        if not using:
            quiet.setdefault(turns, []).append(f"{gate} ({when})")
            continue
        yield Finding(
            "gate-default",
            Severity.WARNING,
            f"it {turns} with {when}, and {listed(using, _FEW)} "
            f"{'use' if len(using) > 1 else 'uses'} it",
            gate,
            fix="see that these objects ask for what you want"
            if then.enabled(gate)
            else "do without it, or set the gate where the release has it",
            evidence={"gate": gate, "release": str(when), "objects": using},
        )
    for turns, gates in quiet.items():
        yield Finding(
            "gate-default",
            Severity.INFO,
            f"what {turns}: {listed(gates, len(gates))}",
            evidence={"gates": gates},
        )


@RELEASES.point("bug-comes", Severity.WARNING, Stage.PLAN)
def no_bugs_come(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """The target may have a known bug that the cluster has not.

    A warning where something in the cluster can meet it. Which patch release has the
    fix is not known of all: take the newest.
    """
    for bug in _bugs(question, come=True):
        sign = TRIGGERS.get(bug.id)
        met = "" if sign is None else sign(question.case)
        yield Finding(
            "bug-comes",
            Severity.WARNING if met else Severity.INFO,
            f"{bug.symptom} ({bug.reference})" + (f"; here: {met}" if met else ""),
            bug.id,
            bug.part.value,
            f"take the newest patch release of {question.target}",
            evidence={"bug": bug.id, "reference": bug.reference},
        )


@RELEASES.point("bug-goes", Severity.INFO, Stage.AFTER)
def which_bugs_go(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """The target has no longer a known bug that the cluster may have."""
    found = _bugs(question, come=False)
    if found:
        yield Finding(
            "bug-goes",
            Severity.INFO,
            f"{counted(len(found), 'known bug')}: "
            f"{listed((each.id for each in found), len(found))}",
            evidence={"bugs": [each.id for each in found]},
        )


@RELEASES.point("counters-layout", Severity.WARNING, Stage.CHART)
def counters_are_apart(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """Slices have counters and devices together, which 1.35 does not accept.

    In 1.34 both had to be in one slice; from 1.35 on a slice has either. The driver has
    to write its pools anew: it has to look at the release of the API server, and be of
    a version that knows both forms.
    """
    if not question.current < _LAYOUT <= question.target:
        return
    both: dict[str, list[str]] = {}
    for each in question.snapshot.slices:
        if each.shared_counters and each.devices:
            both.setdefault(each.driver, []).append(each.name)
    for driver, names in both.items():
        yield Finding(
            "counters-layout",
            Severity.WARNING,
            f"{counted(len(names), 'slice')} such as {min(names)} "
            f"{'have' if len(names) > 1 else 'has'} both counters and devices",
            f"driver {driver}",
            fix="have a version of the driver that knows both forms, and start it "
            "again after the API server is upgraded",
            evidence={"slices": names},
        )


@RELEASES.point("planned-change", Severity.WARNING, Stage.CONTROL_PLANE)
def plans_do_no_harm(question: ReleaseQuestion) -> Iterator[Finding | Skipped]:
    """Plans for 1.38 concern this cluster.

    They are from the changelogs of its alpha versions, and may still change: the gate
    DynamicResourceAllocation is removed; names with more than one slash are refused;
    the node selector of a device may have one term only.
    """
    if not question.current < _PLANNED <= question.target:
        return
    for each in settings(question.case).components:
        if _DRA in each.gates and not each.is_measured:
            yield Finding(
                "planned-change",
                Severity.WARNING,
                f"it is planned that {_PLANNED} does not know the gate: the component "
                "would not start",
                _DRA,
                each.name,
                "take it out of feature-gates",
            )
    for piece in question.snapshot.slices:
        names = {
            name
            for device in piece.devices
            for name in (*device.attributes, *device.qualified_capacity)
            if name.count("/") > 1
        }
        many = [
            device.name
            for device in piece.devices
            if device.scope is not None
            and device.scope.selector is not None
            and len(device.scope.selector.terms) > 1
        ]
        said = [
            f"{what} ({listed(sorted(which), _FEW)})"
            for what, which in (
                ("names with more than one slash", names),
                ("node selectors of devices with several terms", many),
            )
            if which
        ]
        if said:
            yield Finding(
                "planned-change",
                Severity.WARNING,
                f"it is planned that {_PLANNED} refuses {' and '.join(said)}",
                f"ResourceSlice/{piece.name}",
                fix=f"see that a version of driver {piece.driver} writes it otherwise",
            )


def _judgeable(question: ReleaseQuestion) -> Iterator[tuple[Mapping[str, object], str]]:
    for given, where in (
        *((each, "") for each in question.documents),
        *((each, each.where) for each in question.manifests),
    ):
        if text(given.value, "apiVersion").startswith(f"{GROUP}/"):
            yield given.value, where


def _judgement(document: Mapping[str, object], profile: Profile) -> Judgement:
    # Of namespaces, all are taken to have the label: that they lack it is no news.
    space = text(mapping(document, "metadata"), "namespace") or "default"
    return judged(document, profile, (space,))


def _objections(judgement: Judgement) -> list[Violation]:
    return [each for each in judgement.violations if each.code not in _UNSERVED]


def _codes(judgement: Judgement) -> set[str]:
    return {each.code for each in judgement.violations}


def _first(
    question: ReleaseQuestion, document: Mapping[str, object], codes: set[str]
) -> KubernetesVersion:
    """Return the first release on the way that has one of these objections."""
    for release in question.way:
        if _codes(_judgement(document, question.profile(release))) & codes:
            return release
    return question.target


def _dropped(given: Given, profile: Profile) -> dict[str, str]:
    found = _judgement(given.value, profile).dropped
    return {str(each.path): each.gate for each in found}


def _since(gate: str, question: ReleaseQuestion, *, on: bool) -> KubernetesVersion:
    """Return the first release on the way in which a gate is so."""
    for release in question.way:
        if (stage(gate, release) in _ON) is on:
            return release
    return question.target


def _bugs(question: ReleaseQuestion, *, come: bool) -> list[Bug]:
    now, then = question.snapshot.profile, question.profile(question.target)
    sides = (then, now) if come else (now, then)
    # Of a release that is not known, only fixes are that went into it already.
    is_known = then.version <= NEWEST
    return [
        each
        for each in BUGS
        if ((each.affected and is_known) or each.gone_in)
        and each.chance(sides[0]) is not None
        and each.chance(sides[1]) is None
    ]
