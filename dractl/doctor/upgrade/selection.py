"""What expressions and constraints make of the devices that a new version publishes."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.cel.errors import SelectorEvalError
from dractl.cel.selector import Selector
from dractl.diagnose.words import counted
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import DriverQuestion
from dractl.doctor.upgrade.registry import DRIVERS, Stage
from dractl.model.claims import ClaimSpec, Constraint
from dractl.model.devices import Device
from dractl.rules.registry import Severity
from dractl.rules.world import compiled

_ATTRIBUTES: Final = "attributes"
_SHORT: Final = 100


class _Text(NamedTuple):
    """An expression, and the object that has it.

    `is_held`: a claim that has its devices, which no scheduler evaluates again.
    """

    subject: str
    where: str
    text: str
    is_held: bool


@dataclasses.dataclass(frozen=True, slots=True)
class _Tried:
    """Which devices an expression selects, and on how many it fails."""

    chosen: frozenset[int]
    failed: int
    number: int

    @staticmethod
    def of(selector: Selector, devices: Sequence[Device]) -> "_Tried":
        chosen, failed = set(), 0
        for place, each in enumerate(devices):
            try:
                if selector.matches(each):
                    chosen.add(place)
            except SelectorEvalError:
                failed += 1
        return _Tried(frozenset(chosen), failed, len(devices))

    def __str__(self) -> str:
        said = f"{len(self.chosen)} of {counted(self.number, 'device')}"
        return f"{said} (it fails on {self.failed})" if self.failed else said


@dataclasses.dataclass(frozen=True, slots=True)
class _Changes:
    """Whole names of attributes: gone, with what takes their place; changed; old."""

    gone: Mapping[str, str]
    changed: Mapping[str, str]
    deprecated: Mapping[str, str]

    @staticmethod
    def of(question: DriverQuestion) -> "_Changes":
        def whole(name: str) -> str:
            return name if "/" in name or not name else f"{question.driver}/{name}"

        ways = question.releases
        # What is deprecated already stays so.
        old = question.history.between("", question.target)
        gone = {whole(k): whole(v) for each in ways for k, v in each.gone.items()}
        if question.versions[0] is None and question.devices:
            # Nothing tells what goes but that it is still there.
            there = {name for each in question.devices for name in each.attributes}
            gone = {name: new for name, new in gone.items() if name in there}
        return _Changes(
            gone,
            {whole(k): v for each in ways for k, v in each.changed.items()},
            {whole(k): whole(v) for each in old for k, v in each.deprecated.items()},
        )


@DRIVERS.point("attribute-gone", Severity.ERROR, Stage.OBJECTS)
def expressions_find_it(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """An expression reads an attribute that the target does not publish.

    Reading what a device does not have ends the evaluation with an error, which stops
    the scheduler for the whole pod; with a guard, the expression selects nothing. The
    expressions of classes, templates and claims are evaluated on the devices that are
    published now, and on the same as the target would publish them: what selects the
    same devices then is only told. -f takes manifests
    whose templates are not in the cluster: charts, Kueue, KServe.
    """
    changes = _Changes.of(question)
    if not changes.gone:
        return
    later = [_later(each, changes) for each in question.devices]
    tried: dict[str, tuple[_Tried, _Tried]] = {}
    for each in _texts(question):
        found = compiled((each.text,))
        if not found:
            continue
        # What it reads may hang on the device: then only trying it tells.
        is_open = found[0].reads is None
        gone = sorted(
            changes.gone if is_open else changes.gone.keys() & _read(found[0])
        )
        if not gone:
            continue
        if each.text not in tried:
            tried[each.text] = (
                _Tried.of(found[0], question.devices),
                _Tried.of(found[0], later),
            )
        before, after = tried[each.text]
        if is_open and before == after:
            continue
        is_same = before == after and after.chosen and not after.failed
        yield Finding(
            "attribute-gone",
            Severity.INFO if each.is_held or is_same else Severity.ERROR,
            f"{each.text[:_SHORT]!r} {'may read' if is_open else 'reads'} "
            f"{', '.join(gone)}; it selects {before} now, and {after} then",
            each.subject,
            each.where,
            _instead(gone, changes),
            evidence={
                "expression": each.text, "attributes": gone,
                "before": str(before), "after": str(after),
            },
        )  # fmt: skip


@DRIVERS.point("attribute-changed", Severity.WARNING, Stage.OBJECTS)
def expressions_mean_the_same(
    question: DriverQuestion,
) -> Iterator[Finding | Skipped]:
    """An expression reads an attribute that means something else in the target."""
    changes = _Changes.of(question)
    for each in _texts(question) if changes.changed else ():
        found = compiled((each.text,))
        for name in sorted(changes.changed.keys() & _read(found[0]) if found else ()):
            yield Finding(
                "attribute-changed",
                Severity.INFO if each.is_held else Severity.WARNING,
                f"{each.text[:_SHORT]!r} reads {name}, which then is "
                f"{changes.changed[name]}",
                each.subject,
                each.where,
                "write the values that the target publishes",
                evidence={"expression": each.text, "attributes": [name]},
            )


@DRIVERS.point("attribute-deprecated", Severity.INFO, Stage.AFTER)
def expressions_read_what_stays(
    question: DriverQuestion,
) -> Iterator[Finding | Skipped]:
    """An expression or a constraint names an attribute that is to go later."""
    changes = _Changes.of(question)
    if not changes.deprecated:
        return
    named = [
        (each.subject, each.where, name)
        for each in _texts(question)
        if (found := compiled((each.text,)))
        for name in changes.deprecated.keys() & _read(found[0])
    ]
    named += [
        (subject, where, name)
        for subject, where, constraint in _constraints(question)
        if (name := _tied(constraint)) in changes.deprecated
    ]
    for subject, where, name in dict.fromkeys(named):
        yield Finding(
            "attribute-deprecated",
            Severity.INFO,
            f"{name} is deprecated",
            subject,
            where,
            f"read {changes.deprecated[name]}",
            evidence={"attributes": [name]},
        )


@DRIVERS.point("constraint-gone", Severity.ERROR, Stage.OBJECTS)
def constraints_find_it(question: DriverQuestion) -> Iterator[Finding | Skipped]:
    """A constraint ties devices by an attribute that the target does not publish.

    matchAttribute and distinctAttribute need the same whole name on every device: a
    device without it is never taken.
    """
    changes = _Changes.of(question)
    for subject, where, constraint in _constraints(question):
        name = _tied(constraint)
        if name in changes.gone:
            yield Finding(
                "constraint-gone",
                Severity.ERROR,
                f"it ties devices by {name}, which the target does not publish: no "
                "device of the driver fits",
                subject,
                where,
                _instead([name], changes),
                evidence={"attributes": [name]},
            )


def reading(question: DriverQuestion, name: str) -> Iterator[tuple[str, str]]:
    """Yield what has an expression that reads an attribute, and where it is from."""
    for each in _texts(question):
        found = compiled((each.text,))
        if found and not each.is_held and name in _read(found[0]):
            yield each.subject, each.where


def _instead(gone: Sequence[str], changes: _Changes) -> str:
    new = [f"{name} -> {changes.gone[name]}" for name in gone if changes.gone[name]]
    lost = [name for name in gone if not changes.gone[name]]
    said = [f"rewrite it: {', '.join(new)}"] if new else []
    said += [f"do without {', '.join(lost)}"] if lost else []
    return "; ".join(said)


def _texts(question: DriverQuestion) -> Iterator[_Text]:
    for where, snapshot in (("", question.snapshot), *question.given):
        for each in snapshot.classes:
            for text in each.selectors:
                if text:
                    yield _Text(f"DeviceClass/{each.name}", where, text, is_held=False)
        for subject, spec, is_held in _specs(snapshot):
            for text in _selectors(spec):
                yield _Text(subject, where, text, is_held)


def _constraints(question: DriverQuestion) -> Iterator[tuple[str, str, Constraint]]:
    for where, snapshot in (("", question.snapshot), *question.given):
        for subject, spec, is_held in _specs(snapshot):
            if not is_held:
                for each in spec.constraints:
                    yield subject, where, each


def _specs(snapshot: Snapshot) -> Iterator[tuple[str, ClaimSpec, bool]]:
    """Yield the specs of templates and claims, and whether these have devices."""
    for template in snapshot.templates:
        yield (
            f"ResourceClaimTemplate/{'/'.join(template.meta.key)}",
            template.spec,
            False,
        )
    for claim in snapshot.claims:
        is_held = claim.allocation is not None
        yield f"ResourceClaim/{'/'.join(claim.meta.key)}", claim.spec, is_held


def _selectors(spec: ClaimSpec) -> Iterator[str]:
    for request in spec.requests:
        for option in request.options:
            yield from filter(None, option.selectors)


def _tied(constraint: Constraint) -> str:
    return constraint.match_attribute or constraint.distinct_attribute or ""


def _read(selector: Selector) -> frozenset[str]:
    """Return the attributes that an expression reads, by their whole names."""
    found = selector.reads or frozenset()
    return frozenset(name for kind, name in found if kind == _ATTRIBUTES)


def _later(device: Device, changes: _Changes) -> Device:
    """Return a device as the target publishes it."""
    kept = {k: v for k, v in device.attributes.items() if k not in changes.gone}
    new = {
        changes.gone[name]: value
        for name, value in device.attributes.items()
        if changes.gone.get(name)
    }
    return dataclasses.replace(device, attributes={**new, **kept})
