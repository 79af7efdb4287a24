"""Every published device: what it is, who has it, and whether it can be had."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.capacity.counters import CountersLeft
from dractl.capacity.models import model_of
from dractl.capacity.reach import Reach, Reached, Reason
from dractl.catalogue.drivers import drivers_of
from dractl.cel.errors import SelectorCompileError
from dractl.cel.selector import compile_cached
from dractl.diagnose.holders import Consumer, Holders
from dractl.model.claims import DeviceClass, DeviceResult, ResourceClaim
from dractl.model.devices import Device, DeviceId, Taint
from dractl.model.quantity import Quantity
from dractl.model.quick import quick
from dractl.solver.capacity import least, shares_left
from dractl.solver.eligibility import Eligibility
from dractl.solver.holders import Holder
from dractl.solver.inventory import Entry, Pool
from dractl.solver.view import untolerated

TAINTED: Final = "tainted"
COUNTERS: Final = "counters"
_UNUSED: Final[Mapping[str, int]] = {}


class State(Enum):
    """Whether a device can be had: each device is in exactly one of these.

    FREE: as a whole. PARTLY: others have shares of it, and there is more. ALLOCATED:
    nothing more of it can be had, for a claim has it. TAINTED and UNUSABLE have no
    claim; of the former, those could have it that tolerate the taint.
    """

    FREE = "free"
    PARTLY = "partly"
    ALLOCATED = "allocated"
    TAINTED = "tainted"
    UNUSABLE = "unusable"


class Amount(NamedTuple):
    """A capacity of a device, and how much of it claims have."""

    name: str
    total: Quantity
    used: Quantity

    @property
    def left(self) -> Quantity:
        """What nobody has; negative where it is over-committed."""
        return self.total - self.used


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A claim that has a device, and who the claim is reserved for."""

    claim: ResourceClaim
    result: DeviceResult
    consumers: tuple[Consumer, ...]

    @property
    def is_admin(self) -> bool:
        """Whether it only looks, so that others can have the device as well."""
        return self.result.admin_access

    @property
    def namespace(self) -> str:
        """The namespace of the claim and of its pods."""
        return self.claim.meta.namespace

    @property
    def pods(self) -> tuple[str, ...]:
        """The names of the pods."""
        return tuple(
            each.reference.name
            for each in self.consumers
            if each.reference.resource == "pods"
        )

    @property
    def is_idle(self) -> bool:
        """Whether no pod uses it: none is named, or all are gone or have ended."""
        return all(each.is_gone or each.is_done for each in self.consumers)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class DeviceUse:
    """A device with its use.

    `nodes` are those that can see it; of a pool that nobody can use, the node that it
    names. `pool` is its pool as such a node sees it, None where none does. `classes`
    are the names of those that select it. `reasons` tell what keeps it from being had,
    claims aside. `holders` include those with admin access. `used` is what claims have
    of its capacities, in nanos.
    """

    entry: Entry
    pool: Pool | None
    nodes: tuple[str, ...]
    model: str
    classes: tuple[str, ...]
    state: State
    reasons: tuple[Reason, ...]
    holders: tuple[Held, ...]
    is_shared: bool
    used: Mapping[str, int]

    @property
    def device(self) -> Device:
        """The device, with the taints that rules put on it."""
        return self.entry.device

    @property
    def id(self) -> DeviceId:
        """Driver, pool and name."""
        return self.device.id

    @property
    def node(self) -> str:
        """The only node that can see it; "" if there are several, or none."""
        return self.nodes[0] if len(self.nodes) == 1 else ""

    @property
    def why(self) -> str:
        """The reasons in a line; "" if there are none."""
        return "; ".join(each.message for each in self.reasons)

    @property
    def is_stranded(self) -> bool:
        """Whether it lacks nothing but counters, which others of its pool have."""
        return bool(self.reasons) and self.is_sound

    @property
    def is_sound(self) -> bool:
        """Whether it could be had if no claim had anything."""
        return not self.reasons or all(each.code == COUNTERS for each in self.reasons)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of the claims that hold it, each once."""
        held = (each.namespace for each in self.holders if not each.is_admin)
        return tuple(dict.fromkeys(held))

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Its capacities by name, and what claims have of them."""
        whole = self.state is State.ALLOCATED and not self.is_shared
        return tuple(
            Amount(
                name,
                capacity.value,
                capacity.value
                if whole
                else Quantity(self.used.get(name, 0), capacity.value.format),
            )
            for name, capacity in sorted(self.device.capacity.items())
        )


def fleet(snapshot: Snapshot, holders: Holders | None = None) -> tuple[DeviceUse, ...]:
    """Return every published device, those of each pool's newest generation."""
    return tuple(_Stocktaking(snapshot, holders or Holders(snapshot)).uses())


class _Stocktaking:
    """Looks at one device after the other; what they share is found once."""

    def __init__(self, snapshot: Snapshot, holders: Holders) -> None:
        self._snapshot = snapshot
        self._reach = Reach(snapshot)
        self._rules = self._reach.allocator.rules
        self._usage = self._reach.allocator.usage
        self._holders = holders
        self._classes: dict[str, list[tuple[str, Eligibility]]] = {}
        self._left = CountersLeft(self._reach.allocator)

    def uses(self) -> Iterator[DeviceUse]:
        for entry in self._reach.entries:
            yield self._use(entry)

    def _use(self, entry: Entry) -> DeviceUse:
        device = entry.device
        reached = self._reach.of(entry)
        held = self._holders.by_device.get(device.id, ())
        holders = tuple([self._held(each) for each in held]) if held else ()
        is_shared = self._rules.consumable and device.allow_multiple_allocations
        is_held = bool(held) and not all(each.result.admin_access for each in held)
        obstacle = self._reach.obstacle(entry, reached)
        reasons: tuple[Reason, ...] = () if obstacle is None else (obstacle,)
        if device.taints or device.consumes or device.binding_conditions:
            reasons += tuple(self._reasons(device, reached, is_held=is_held))
        used = self._usage.aggregated.get(device.id, _UNUSED) if is_shared else _UNUSED
        return DeviceUse(
            entry,
            reached.pool,
            reached.nodes,
            model_of(device),
            tuple(
                [
                    name
                    for name, each in self._classes_for(device.driver)
                    if each.verdict(device) is True
                ]
            ),
            self._state(device, reasons, is_held=is_held, is_shared=is_shared),
            reasons,
            holders,
            is_shared,
            used,
        )

    def _classes_for(self, driver: str) -> list[tuple[str, Eligibility]]:
        """Return the classes that can select devices of a driver at all."""
        known = self._classes.get(driver)
        if known is None:
            selectors = self._reach.allocator.planner.selectors
            known = self._classes[driver] = [
                (each.name, selectors.eligibility(each.selectors))
                for each in self._snapshot.classes
                if driver in self._drivers_of(each, driver)
            ]
        return known

    def _drivers_of(self, device_class: DeviceClass, driver: str) -> frozenset[str]:
        try:
            compiled = [
                compile_cached(text, self._rules.environment)
                for text in device_class.selectors
                if text is not None
            ]
        except SelectorCompileError:
            return frozenset()  # such a class selects nothing
        found = drivers_of(compiled)
        return frozenset({driver}) if found is None else found

    def _state(
        self,
        device: Device,
        reasons: Sequence[Reason],
        *,
        is_held: bool,
        is_shared: bool,
    ) -> State:
        if is_held:
            is_open = is_shared and not reasons and self._has_room(device)
            return State.PARTLY if is_open else State.ALLOCATED
        if not reasons:
            return State.FREE
        if all(each.code == TAINTED for each in reasons):
            return State.TAINTED
        return State.UNUSABLE

    def _has_room(self, device: Device) -> bool:
        if device.id in self._usage.dedicated:
            return False
        used = self._usage.aggregated.get(device.id, {})
        return shares_left(device, least(device), used) != 0

    def _held(self, holder: Holder) -> Held:
        consumers = self._holders.consumers(holder.claim)
        return Held(holder.claim, holder.result, consumers)

    def _reasons(
        self, device: Device, reached: Reached, *, is_held: bool
    ) -> Iterator[Reason]:
        if device.binding_conditions and not self._rules.binding:
            told = "it has binding conditions, and the feature gates for them are off"
            yield Reason("binding-conditions", told)
        if device.consumes and reached.pool is not None and not is_held:
            yield from self._counters(device, reached.pool)
        taint = untolerated(device.taints, ()) if self._rules.taints else None
        if taint is not None:
            yield Reason(TAINTED, _tainted(taint))

    def _counters(self, device: Device, pool: Pool) -> Iterator[Reason]:
        if not self._rules.partitionable:
            told = "the feature gate DRAPartitionableDevices is off"
            yield Reason("gate-off", told)
            return
        left = self._left.of(pool)
        for use in device.consumes:
            for name, amount in use.counters.items():
                rest = left.get((use.counter_set, name), 0)
                if rest < amount.nanos:
                    some = Quantity(rest, amount.format)
                    yield Reason(
                        COUNTERS,
                        f"counter {use.counter_set}/{name} has {some} left of the "
                        f"{amount} that it needs",
                    )
                    return
        over = next((key for key, amount in left.items() if amount < 0), None)
        if over is not None:
            told = f"counter {'/'.join(over)} is overdrawn, which blocks the whole pool"
            yield Reason(COUNTERS, told)


def _tainted(taint: Taint) -> str:
    value = f"={taint.value}" if taint.value else ""
    by = "the driver" if taint.rule is None else f"DeviceTaintRule {taint.rule}"
    return f"tainted {taint.key}{value}:{taint.effect} by {by}"
