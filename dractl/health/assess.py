"""From a snapshot to how its devices are."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.health import freeform
from dractl.health.answer import (
    ORDER,
    Eviction,
    FreeStatus,
    Health,
    Level,
    Sign,
    Silent,
    State,
    Subject,
    Thing,
    User,
)
from dractl.health.conditions import signs_of
from dractl.health.places import Places
from dractl.health.published import Published, health_of, is_watched, of_rule
from dractl.health.reports import Report, reports_of
from dractl.health.scope import Scope
from dractl.health.unchecked import is_unseen
from dractl.model.claims import DeviceResult, DeviceStatus, ResourceClaim
from dractl.model.devices import DeviceId
from dractl.model.workloads import Pod
from dractl.solver.inventory import Entry
from dractl.solver.rules import rules_of
from dractl.taints.availability import hindrances
from dractl.taints.eviction import EVICTING, Evictions, users_of
from dractl.taints.fleet import Fleet
from dractl.taints.selection import RuleIndex, in_force

_USING: Final = ("ResourceClaim", "Pod")
_KUBELET: Final = "ResourceHealthStatus"


def health(snapshot: Snapshot, scope: Scope | None = None) -> Health:
    """Return how the devices are that are asked about.

    Devices of which nobody says how they are count as unknown; they are told by driver
    in `silent`, and are no states unless they are asked about by name.
    """
    return _Survey(snapshot, scope or Scope()).answer()


class _Survey:
    """One snapshot, and what is asked of it."""

    def __init__(self, snapshot: Snapshot, scope: Scope) -> None:
        self._snapshot = snapshot
        self._scope = scope
        self._fleet = fleet = Fleet(snapshot)
        rules = in_force(snapshot.taint_rules, snapshot.profile)
        self._rules = RuleIndex(rules)
        self._of_rule = {id(each): of_rule(each) for each in rules}
        self._evictions = Evictions(fleet, rules)
        self._places = Places(fleet)
        has_taints = rules_of(snapshot.profile).taints
        self._published = Published(has_taints=has_taints)

    def answer(self) -> Health:
        """Return the answer."""
        states: list[State] = []
        silent: dict[tuple[str, bool | None], list[DeviceId]] = {}
        counts: Counter[Level] = Counter()
        for state in self._states():
            counts[state.level] += 1
            is_silent = all(each.level is None for each in state.signs)
            if is_silent and isinstance(state.subject, DeviceId):
                is_in_use = True if state.users else self._unused
                key = (state.subject.driver, is_in_use)
                silent.setdefault(key, []).append(state.subject)
            if state.signs or self._scope.is_named:
                states.append(state)
        states.sort(key=lambda each: ORDER[each.level])
        profile = self._snapshot.profile
        return Health(
            profile,
            tuple(states),
            {level: counts[level] for level in Level},
            tuple(self._silent(silent)),
            tuple(self._running_evictions(states)),
            tuple(self._free(states)),
            hindrances(profile)[:1] if self._snapshot.taint_rules else (),
        )

    # -- what is known, by device

    @cached_property
    def _users(self) -> Mapping[DeviceId, list[Pod]]:
        """The pods that have each device, without those that have ended."""
        found: dict[DeviceId, list[Pod]] = {}
        held = [each for each in self._snapshot.claims if each.allocation is not None]
        for use in users_of(held, self._snapshot):
            if not use.pod.has_ended:
                for device in use.devices():
                    found.setdefault(device, []).append(use.pod)
        return found

    @cached_property
    def _statuses(self) -> Mapping[DeviceId, list[tuple[ResourceClaim, DeviceStatus]]]:
        """What drivers say of each device in claims that have it."""
        found: dict[DeviceId, list[tuple[ResourceClaim, DeviceStatus]]] = {}
        for claim in self._snapshot.claims:
            for status in claim.devices:
                holders = self._fleet.holders.get(status.device, ())
                if any(each is claim for each in holders):
                    found.setdefault(status.device, []).append((claim, status))
        return found

    @cached_property
    def _told(self) -> Mapping[Subject, list[Report]]:
        """What kubelets, and files with statuses of their own, say of each device."""
        found: dict[Subject, list[Report]] = {}
        for report in reports_of(self._snapshot):
            found.setdefault(report.subject, []).append(report)
        for claim in self._snapshot.claims:
            if claim.free_status is not None:
                sign = freeform.sign_of(claim.free_status)
                for subject in freeform.subjects_of(claim):
                    report = Report(subject, sign, claim=claim)
                    found.setdefault(subject, []).append(report)
        return found

    @cached_property
    def _watching(self) -> frozenset[str]:
        """The drivers that are seen to taint what is ill."""
        return frozenset(
            device.driver
            for device in self._fleet.devices.values()
            if device.taints and is_watched(device)
        )

    # -- states

    def _states(self) -> Iterator[State]:
        known: set[Subject] = set()
        for entries in self._fleet.pools.values():
            for entry in entries:
                known.add(entry.device.id)
                if self._may_matter(entry):
                    yield from self._scoped(self._of_entry(entry))
        for device in self._fleet.gone:
            known.add(device)
            yield from self._scoped(self._of_gone(device))
        for subject, told in self._told.items():
            if subject not in known:
                yield from self._scoped(self._of_other(subject, told))

    def _scoped(self, state: State) -> Iterator[State]:
        if self._scope.has(state):
            yield state

    def _may_matter(self, entry: Entry) -> bool:
        """Tell whether it is worth the time to look at a device."""
        return self._scope.has_all or entry.device.id in self._fleet.holders

    @cached_property
    def _unused(self) -> bool | None:
        """False: what no pod is seen to have is not in use; None: that is not known."""
        is_known = not any(is_unseen(self._snapshot, each) for each in _USING)
        return False if is_known else None

    @cached_property
    def _knows_slices(self) -> bool:
        return not is_unseen(self._snapshot, "ResourceSlice")

    def _of_entry(self, entry: Entry) -> State:
        device = entry.device
        claims = self._fleet.holders.get(device.id, ())
        node = entry.scope.node_name or ""
        signs = list(self._published.signs(device))
        signs += [self._of_rule[id(each)] for each in self._rules.of(device.id)]
        if node:
            signs += self._places.signs(device.driver, node, is_held=bool(claims))
        signs += self._of_claims(device.id, claims)
        return self._state(device.id, signs, (node,) if node else (), claims)

    def _of_gone(self, device: DeviceId) -> State:
        claims = self._fleet.holders[device]
        pods = self._users.get(device, ())
        signs: list[Sign] = []
        if self._knows_slices:
            signs.append(self._places.of_gone(device, is_used=bool(pods)))
        signs += [self._of_rule[id(each)] for each in self._rules.of(device)]
        signs += self._of_claims(device, claims)
        nodes = dict.fromkeys(each.node_name for each in pods if each.node_name)
        for node in nodes:
            signs += self._places.signs(device.driver, node, is_held=True)
        found = self._state(device, signs, tuple(nodes), claims)
        is_published = False if self._knows_slices else None
        return dataclasses.replace(found, is_published=is_published)

    def _of_other(self, subject: Subject, told: Sequence[Report]) -> State:
        signs = [each.sign for each in told]
        pods = {id(each.pod): each.pod for each in told if each.pod is not None}
        claims = {id(each.claim): each.claim for each in told if each.claim is not None}
        node = subject.node if isinstance(subject, Thing) else ""
        return State(
            subject,
            _worst(signs),
            tuple(_each_once(signs)),
            (node,) if node else (),
            is_published=False,
            claims=tuple(claims.values()),
            users=tuple(self._user(pod) for pod in pods.values()),
        )

    def _of_claims(
        self, device: DeviceId, claims: Sequence[ResourceClaim]
    ) -> Iterator[Sign]:
        for report in self._told.get(device, ()):
            yield report.sign
        if not claims or device not in self._statuses:
            return
        pods = self._users.get(device, ())
        for claim, status in self._statuses[device]:
            yield from signs_of(status, _result(claim, status), pods)

    def _state(
        self,
        device: DeviceId,
        signs: Sequence[Sign],
        nodes: tuple[str, ...],
        claims: tuple[ResourceClaim, ...],
    ) -> State:
        if not claims:
            return State(device, _worst(signs), tuple(_each_once(signs)), nodes)
        pods = self._users.get(device, ())
        # Most devices of a fleet are in use, and there is nothing to say of them.
        is_told = bool(signs) or self._scope.is_named
        users = tuple(self._user(each) if is_told else User(each) for each in pods)
        return State(
            device,
            _worst(signs),
            tuple(_each_once(signs)),
            nodes,
            claims=claims,
            users=users,
            statuses=tuple(status for _, status in self._statuses.get(device, ())),
        )

    def _user(self, pod: Pod) -> User:
        return User(pod, self._evictions.of_pod(pod))

    # -- beside the states

    def _silent(
        self, found: Mapping[tuple[str, bool | None], list[DeviceId]]
    ) -> Iterator[Silent]:
        is_on = self._snapshot.profile.enabled(_KUBELET)
        for (driver, is_in_use), devices in found.items():
            why = "no pod has them, and kubelets report only on what pods have"
            if is_in_use is None:
                why = "kubelets report on what pods have, and not all that is was seen"
            elif is_in_use and is_on:
                why = f"kubelets report nothing, though their gate {_KUBELET} is on"
            elif is_in_use:
                why = f"kubelets report nothing: their gate {_KUBELET} is off"
            switch = health_of(driver).switch
            if driver in self._watching:
                switch = ""
                why += "; their driver taints what is ill, and not these"
            yield Silent(driver, is_in_use, tuple(devices), why, switch)

    def _running_evictions(self, states: Sequence[State]) -> Iterator[Eviction]:
        users = {id(user.pod): user for state in states for user in state.users}
        met = {sign.rule for state in states for sign in state.signs}
        for rule in in_force(self._snapshot.taint_rules, self._snapshot.profile):
            if rule.taint.effect != EVICTING or rule.name not in met:
                continue
            leaving = tuple(
                user
                for user in users.values()
                if user.due is not None
                and any(each.taint.rule == rule.name for each in user.due.reasons)
            )
            if leaving or rule.eviction is not None:
                yield Eviction(rule, rule.eviction, leaving)

    def _free(self, states: Sequence[State]) -> Iterator[FreeStatus]:
        subjects = {each.subject for each in states}
        for claim in self._snapshot.claims:
            if claim.free_status is not None and not subjects.isdisjoint(
                freeform.subjects_of(claim)
            ):
                yield freeform.translated(claim, claim.free_status)


def _worst(signs: Sequence[Sign]) -> Level:
    """Return the worst level; unknown where nobody says anything."""
    levels = [each.level for each in signs if each.level is not None]
    return min(levels, key=ORDER.__getitem__, default=Level.UNKNOWN)


def _each_once(signs: Sequence[Sign]) -> Iterator[Sign]:
    """Yield the signs, worst first, none twice."""
    if len(signs) > 1:
        once = {each.key: each for each in signs}
        last = len(ORDER)
        yield from sorted(
            once.values(),
            key=lambda each: last if each.level is None else ORDER[each.level],
        )
    else:
        yield from signs


def _result(claim: ResourceClaim, status: DeviceStatus) -> DeviceResult | None:
    results = () if claim.allocation is None else claim.allocation.results
    return next(
        (
            each
            for each in results
            if each.device == status.device and each.share_id == status.share_id
        ),
        None,
    )
