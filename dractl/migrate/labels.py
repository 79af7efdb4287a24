"""Requirements on node labels that become requirements on devices.

A requirement moves only if the same pod asks for a device of the driver that knows the
value; of terms of which any one is enough, all move or none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Moved, Target, User
from dractl.migrate.hazards.registry import Hazard, listed
from dractl.migrate.readings import BLANKS, Said, UnclearError, said, sanitised
from dractl.migrate.wants import Term, Want, preferred, required, selected
from dractl.model.nodeselection import Requirement
from dractl.rules.registry import Severity
from dractl.vendors import VENDORS
from dractl.vendors.labels_clouds import CLOUDS
from dractl.vendors.labels_nfd import NFD
from dractl.vendors.plugins import Fate, Label, wild

MOVED: Final = listed(
    "label-moved",
    Severity.INFO,
    """A requirement on a node label becomes one on the device.

    The label told what devices a node has. The device itself has it as an attribute or
    capacity, so that the claim asks for it, and the requirement on nodes goes.
    """,
)
KEPT: Final = listed(
    "label-kept",
    Severity.INFO,
    """A requirement on a node label stays as it is.

    The label is about the machine, or no attribute of the device says the same, or
    scaling of nodes depends on it.
    """,
)
GONE: Final = listed(
    "label-gone",
    Severity.INFO,
    """A requirement on a node label goes, as it means nothing with DRA.

    The label is for the device plugin or its operator, or it says what the request for
    the device says anyway.
    """,
)
UNCLEAR: Final = listed(
    "label-unclear",
    Severity.WARNING,
    """It is not clear what a requirement on a node label says of devices.

    It stays a requirement on nodes. If the label is one that goes with the device
    plugin, pods will find no node: then ask for an attribute of the device instead.
    """,
)
PREFERRED: Final = listed(
    "preferred-lost",
    Severity.WARNING,
    """A preference for nodes has no equivalent for devices.

    It stays as it is, and is of use as long as nodes have the label. An order of
    alternatives within a claim (firstAvailable) comes near to it.
    """,
)
LOSSY: Final = listed(
    "product-name-lossy",
    Severity.WARNING,
    """The name of a product is compared in the spelling of a node label.

    A label cannot have all characters of a device's name, so that other devices could
    have the same label. No device with that label is published in the cluster that is
    looked at: with one, its exact name would be taken.
    """,
)


@dataclass(frozen=True, slots=True)
class Translated:
    """What becomes of a user's requirements on nodes."""

    moved: tuple[Moved, ...] = ()
    findings: tuple[Finding, ...] = ()


def translated(
    user: User, targets: Mapping[str, Target], snapshot: Snapshot
) -> Translated:
    """Return which requirements on nodes go, and what devices have to have instead.

    Nothing moves for a pod none of whose resources has a target.
    """
    if not targets:
        return Translated()
    work = _Work(user, targets, snapshot)
    for want in selected(user.spec, user.steps):
        work.take(want)
    terms = required(user.spec, user.steps)
    if len(terms) == 1:
        for want in terms[0].wants:
            work.take(want)
    else:
        work.take_terms(terms)
    for want in preferred(user.spec, user.steps):
        work.prefer(want)
    return Translated(tuple(work.moved), tuple(work.findings))


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a requirement comes to; `said` is what it says, by resource."""

    fate: Fate
    why: str = ""
    said: Mapping[str, Said] = field(default_factory=dict)
    code: Hazard = KEPT


@dataclass(slots=True)
class _Work:
    """A translation in the making."""

    user: User
    targets: Mapping[str, Target]
    snapshot: Snapshot
    moved: list[Moved] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, want: Want) -> None:
        """Take a requirement that holds whatever others do."""
        sense = self._sense(want)
        if sense is None:
            return
        if sense.fate == "node":
            self._tell(sense.code, want, sense.why)
        elif sense.fate == "gone":
            self._go(want, sense.why)
        else:
            self._move(want, sense)

    def take_terms(self, terms: tuple[Term, ...]) -> None:
        """Take terms of which any one is enough: all of them, or none."""
        senses = [[(want, self._sense(want)) for want in each.wants] for each in terms]
        flat = [each for term in senses for each in term]
        resources = {
            frozenset(sense.said)
            for _, sense in flat
            if sense is not None and sense.fate == "device"
        }
        can_move = len(resources) < 2 and all(  # noqa: PLR2004 - one set for all
            sense is not None and sense.fate != "node" for _, sense in flat
        )
        if not can_move or not all(each.wants and not each.has_more for each in terms):
            for want, sense in flat:
                if sense is not None:
                    self._keep_in_terms(want, sense)
            return
        self._move_terms(
            [[(w, s) for w, s in each if s is not None] for each in senses],
            next(iter(resources), frozenset()),
        )

    def prefer(self, want: Want) -> None:
        """Tell of a preference that devices cannot have."""
        sense = self._sense(want)
        if sense is not None and sense.fate != "node":
            self._tell(PREFERRED, want, "no request can say that it prefers a device")

    def _keep_in_terms(self, want: Want, sense: _Sense) -> None:
        code, why = sense.code, sense.why
        if sense.fate != "node":
            code, why = KEPT, _IN_TERMS
        self._tell(code, want, why)

    def _move(self, want: Want, sense: _Sense) -> None:
        for resource, told in sense.said.items():
            self._note(want, resource, told.text, sense.why)
        self._tell_moved(want, sense)

    def _move_terms(
        self, terms: list[list[tuple[Want, _Sense]]], resources: Iterable[str]
    ) -> None:
        """Move all terms: the first requirement takes the expression with it."""
        flat = [each for term in terms for each in term]
        if not all(any(sense.said for _, sense in term) for term in terms):
            for want, _ in flat:
                self._go(want, "one of the terms is enough, and one goes")
            return
        for resource in sorted(resources):
            whole = " || ".join(
                _bracketed(_all_of(_texts(term, resource))) for term in terms
            )
            self._note(flat[0][0], resource, whole, "any of the terms")
        for number, (want, sense) in enumerate(flat):
            if number > 0:
                self._note(want, why=sense.why or "all terms are in one expression")
            if sense.fate == "gone":
                self._tell(GONE, want, sense.why)
            else:
                self._tell_moved(want, sense)

    def _tell_moved(self, want: Want, sense: _Sense) -> None:
        what = ", ".join(sense.said)
        self._tell(MOVED, want, f"it becomes a selector of the request for {what}")
        if any(each.is_lossy for each in sense.said.values()):
            self._tell(LOSSY, want, "labels do not have all of a device's name")

    def _go(self, want: Want, why: str) -> None:
        self._note(want, why=why)
        self._tell(GONE, want, why)

    def _note(
        self, want: Want, resource: str = "", expression: str = "", why: str = ""
    ) -> None:
        key, operator = want.requirement.key, want.requirement.operator
        values = want.requirement.values
        self.moved.append(
            Moved(want.steps, key, operator, values, resource, expression, why)
        )

    def _tell(self, row: Hazard, want: Want, why: str) -> None:
        requirement = want.requirement
        values = f" {', '.join(requirement.values)}" if requirement.values else ""
        self.findings.append(
            Finding(
                row.code,
                row.severity,
                f"{requirement.key} {requirement.operator}{values}: {why}",
                self.user.input.title,
                self.user.input.place(want.steps),
            )
        )

    # -- what rows say

    def _sense(self, want: Want) -> _Sense | None:
        """Return what a requirement comes to; None for a label that no row knows."""
        rows = self._rows(want.requirement.key)
        suiting = [(row, self._suiting(row, want)) for row in rows]
        first = next((each for each in suiting if each[1] is not None), None)
        if first is None:
            whose = ", ".join(dict.fromkeys(row.driver for row in rows))
            why = f"the pod asks for no device of {whose} that has it"
            return _Sense("node", why) if rows else None
        row, resources = first
        if row.fate != "device":
            return _Sense(row.fate, row.why)
        told: dict[str, Said] = {}
        try:
            for resource in resources or ():
                together = [
                    each
                    for each, suits in suiting
                    if each is row
                    or (each.reading == "profile" and resource in (suits or ()))
                ]
                told[resource] = self._said(together, want.requirement)
        except UnclearError as error:
            return _Sense("node", str(error), code=UNCLEAR)
        why = next((each.why for each in told.values() if each.why), "")
        return _Sense("device", why or row.why, told)

    def _said(self, rows: Sequence[Label], want: Requirement) -> Said:
        """Return what rows of one label say together; raise UnclearError if nothing."""
        is_choice = want.operator in {"In", "NotIn"} and want.values
        if len(rows) == 1 or not is_choice:
            found = said(rows[0], want, self._names(rows[0]))
            if found is None:
                raise UnclearError(_UNTOLD)
            return found
        each_value = [replace(want, operator="In", values=(v,)) for v in want.values]
        wholes = []
        for one in each_value:
            parts = [said(row, one, self._names(row)) for row in rows]
            wholes.append([part for part in parts if part is not None])
            if not wholes[-1]:
                raise UnclearError(_UNTOLD)
        texts = [_all_of([part.text for part in parts]) for parts in wholes]
        text = texts[0] if len(texts) == 1 else " || ".join(map(_bracketed, texts))
        is_lossy = any(part.is_lossy for parts in wholes for part in parts)
        return Said(f"!({text})" if want.operator == "NotIn" else text, is_lossy)

    def _suiting(self, row: Label, want: Want) -> tuple[str, ...] | None:
        """Return the resources whose requests a row is about; None if it is not for us.

        A row about machines suits always, one without a driver every pod.
        """
        if row.fate == "node" or (row.fate == "gone" and not row.driver):
            return ()
        part = wild(row.pattern, want.requirement.key)
        resources = tuple(
            resource
            for resource, target in self.targets.items()
            if target.driver == row.driver
            and row.device_class in {"", target.device_class}
            and (not row.of_resource or _is_named(part, resource, target))
        )
        return resources or None

    def _rows(self, label: str) -> tuple[Label, ...]:
        taught = (
            row
            for target in self.targets.values()
            if target.plugin not in _PLUGINS
            for row in target.plugin.labels
            if row.part(label) is not None
        )
        return (*taught, *_known(label))

    def _names(self, row: Label) -> Mapping[str, Sequence[str]]:
        """Return the names of published devices by what labels make of them."""
        blank = BLANKS.get(row.reading)
        if blank is None:
            return {}
        name = row.name if "/" in row.name else f"{row.driver}/{row.name}"
        found: dict[str, list[str]] = {}
        for value in self.snapshot.texts_by_attribute.get((row.driver, name), ()):
            found.setdefault(sanitised(value, blank), []).append(value)
        return found


_UNTOLD: Final = "its value does not tell it"
_IN_TERMS: Final = (
    "it is in one of several terms of which any is enough, and others are about nodes: "
    "write the terms as workloads of their own"
)
_PLUGINS: Final = tuple(plugin for each in VENDORS for plugin in each.plugins)
_ALL: Final = (
    *(row for plugin in _PLUGINS for row in plugin.labels),
    *NFD,
    *CLOUDS,
)


@lru_cache(maxsize=4096)
def _known(label: str) -> tuple[Label, ...]:
    """Return the rows of a label in the order in which they are tried."""
    return tuple(row for row in _ALL if row.part(label) is not None)


def _is_named(part: str | None, resource: str, target: Target) -> bool:
    """Tell whether a part of a label's name is what the resource is about."""
    return part == wild(target.row.pattern, resource)


def _texts(term: list[tuple[Want, _Sense]], resource: str) -> list[str]:
    told = (sense.said.get(resource) for _, sense in term)
    return [each.text for each in told if each is not None]


def _all_of(texts: list[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    return " && ".join(f"({each})" if " || " in each else each for each in texts)


def _bracketed(text: str) -> str:
    return f"({text})" if " && " in text or " || " in text else text
