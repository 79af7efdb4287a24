"""DeviceTaintRules of a live cluster: written only where nobody else did meanwhile."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final, NamedTuple

from dractl.api.decode import Decoded, decode
from dractl.api.spelling import written
from dractl.api.versions_back import from_hub
from dractl.live import deletion
from dractl.live.connection import Connection, unlike
from dractl.live.errors import ClusterError
from dractl.live.kinds import TAINT_RULE
from dractl.live.place import Place
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.plan import Change, PlannedRule

# No object has it: a server that finds one refuses, one that finds none creates it.
_NO_VERSION: Final = "1"
_MAY_BE_GUARD: Final = frozenset(
    {HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
)
"""How a server may refuse a new object that names a version; also for other faults."""
_TRIES: Final = 5  # while a controller writes the status


class Outcome(StrEnum):
    """What became of a rule; the last three where the work ended before."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    GONE = "gone"
    OUTDATED = "outdated"
    FAILED = "failed"
    UNSURE = "unsure"
    LEFT = "not-tried"

    @property
    def is_in_effect(self) -> bool:
        """Whether the rule is now as it was planned, or gone as planned."""
        return self in {
            Outcome.CREATED,
            Outcome.CHANGED,
            Outcome.UNCHANGED,
            Outcome.REMOVED,
            Outcome.GONE,
        }


class Result(NamedTuple):
    """What became of a rule, and why where that is not plain."""

    name: str
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True)
class TaintRules:
    """The rules of a cluster, in the version that it serves.

    They are applied as `manager`; `forces` takes over fields of other managers. With
    `is_dry`, the server only says what it would do.
    """

    connection: Connection
    version: str
    manager: str
    forces: bool = False
    is_dry: bool = False

    def carry_out(self, change: PlannedRule | DeviceTaintRule) -> Result:
        """Apply a planned rule, or remove one that there is."""
        if isinstance(change, DeviceTaintRule):
            return self.remove(change)
        return self.apply(change)

    def apply(self, planned: PlannedRule) -> Result:
        """Make a rule what the plan wants, if it still is what the plan was made for.

        Raises ClusterError where the server refuses, as for fields of other managers.
        """
        if planned.change is Change.NOTHING:
            return Result(planned.name, Outcome.UNCHANGED)
        outcome = Outcome.CHANGED if planned.before else Outcome.CREATED
        repeats = self.connection.repeats
        standing = planned.before
        guard = _NO_VERSION
        for _ in range(_TRIES):
            try:
                self._send(planned, standing, guard)
            except ClusterError as error:
                is_guarded = standing is None and bool(guard)
                may_be = _MAY_BE_GUARD if is_guarded else {HTTPStatus.CONFLICT}
                if error.http not in may_be or _is_owned(error):
                    raise
                refusal = error
            else:
                return Result(planned.name, outcome)
            standing = self.read(planned.name)
            # Nothing is there, so what the server did not like is the guard itself.
            guard = "" if standing is None else guard
            if standing is not None and planned.is_in_place(standing):
                # An earlier try may have done it, with the answer lost on its way.
                was_repeated = self.connection.repeats > repeats
                found = outcome if was_repeated else Outcome.UNCHANGED
                return Result(planned.name, found)
            if not _is_same(planned.before, standing):
                return Result(planned.name, Outcome.OUTDATED, _told(standing))
        raise refusal

    def _send(
        self, planned: PlannedRule, standing: DeviceTaintRule | None, guard: str
    ) -> None:
        seen = {"resourceVersion": guard} if guard else {}
        if standing is not None:
            meta = standing.meta
            seen = {"uid": meta.uid, "resourceVersion": meta.resource_version}
        metadata = {**planned.document["metadata"], **seen}
        self.connection.apply(
            self._place(planned.name),
            from_hub({**planned.document, "metadata": metadata}, self.version),
            manager=self.manager,
            force=self.forces,
            dry_run=self.is_dry,
        )

    def remove(self, rule: DeviceTaintRule) -> Result:
        """Remove a rule, if it still says what it said."""
        standing = rule
        for _ in range(_TRIES):
            fate, message = deletion.deleted(
                self.connection,
                self._place(rule.name),
                uid=standing.meta.uid,
                version=standing.meta.resource_version,
                dry_run=self.is_dry,
            )
            if fate is not deletion.Fate.CHANGED:
                is_gone = fate is deletion.Fate.GONE
                return Result(rule.name, Outcome.GONE if is_gone else Outcome.REMOVED)
            found = self.read(rule.name)
            if found is None:
                return Result(rule.name, Outcome.GONE)
            if not _is_same(rule, found):
                return Result(rule.name, Outcome.OUTDATED, _told(found))
            standing = found
        return Result(rule.name, Outcome.OUTDATED, message)

    def read(self, name: str) -> DeviceTaintRule | None:
        """Return a rule as it is now; None: there is none."""
        place = self._place(name)
        try:
            document = self.connection.read(place)
        except ClusterError as error:
            if error.http != HTTPStatus.NOT_FOUND:
                raise
            return None
        found = decode(document)
        if isinstance(found, Decoded) and isinstance(found.value, DeviceTaintRule):
            return found.value
        raise unlike(self.connection.server, place.path)

    def _place(self, name: str) -> Place:
        return TAINT_RULE.place(self.version).of(name)


def _is_owned(error: ClusterError) -> bool:
    """Tell whether it is other managers that a change met, not another state."""
    return any(each.reason == "FieldManagerConflict" for each in error.causes)


def _is_same(before: DeviceTaintRule | None, now: DeviceTaintRule | None) -> bool:
    """Tell whether a rule still says what it said; its status does not count."""
    if before is None or now is None:
        return before is now
    return (
        before.meta.uid == now.meta.uid
        and before.taint == now.taint
        and before.selector == now.selector
        and before.meta.labels == now.meta.labels
        and before.meta.annotations == now.meta.annotations
    )


def _told(rule: DeviceTaintRule | None) -> str:
    if rule is None:
        return "somebody removed it meanwhile"
    return (
        f"somebody else changed it meanwhile: it says {written(rule.taint)} on "
        f"{rule.selector or 'nothing'}"
    )
