"""One node's devices as bit masks: bit i stands for the i-th device in search order.

What depends on the node and a request alone is found once here and serves every claim
that asks the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dractl.model.claims import Option, Toleration
from dractl.model.devices import Device, Taint
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.quantity import Quantity
from dractl.model.workloads import Node
from dractl.solver.capacity import Amounts, fits, share
from dractl.solver.eligibility import Eligibility, Failure
from dractl.solver.inventory import CounterKey, NodeInventory
from dractl.solver.rules import Rules
from dractl.solver.usage import Usage

_BLOCKING = frozenset({"NoSchedule", "NoExecute"})
Shares = tuple[Mapping[str, Quantity] | None, ...]


@dataclass(frozen=True, slots=True)
class Selectable:
    """Which devices can be selected, and why others cannot.

    `elsewhere` pass the selectors, but are for other nodes; `unsupported` have binding
    conditions, which are off; `failures` are the expressions that have no answer.
    """

    passing: int
    elsewhere: int
    unsupported: int
    failures: Mapping[int, Failure]

    @property
    def failing(self) -> int:
        """The devices on which an expression fails."""
        return sum(1 << position for position in self.failures)


@dataclass(slots=True, eq=False)
class NodeView:
    """A node and its devices."""

    node: Node
    inventory: NodeInventory
    rules: Rules
    devices: tuple[Device, ...] = ()
    multi: int = 0  # shared devices: several claims may have one
    consuming: int = 0  # devices that draw from shared counters
    _selectable: dict[Eligibility, Selectable] = field(default_factory=dict)
    _tainted: dict[tuple[Toleration, ...], int] = field(default_factory=dict)
    _shares: dict[object, Shares] = field(default_factory=dict)
    # By identity: `shares` keeps each for as long as the view lives.
    _roomy_for: dict[int, int] = field(default_factory=dict)

    @staticmethod
    def of(node: Node, inventory: NodeInventory, rules: Rules) -> "NodeView":
        """Return the view of a node on what it can use."""
        devices = tuple(entry.device for entry in inventory.entries)
        multi = consuming = 0
        for position, device in enumerate(devices):
            if rules.consumable and device.allow_multiple_allocations:
                multi |= 1 << position
            if device.consumes:
                consuming |= 1 << position
        return NodeView(node, inventory, rules, devices, multi, consuming)

    def dedicated(self, usage: Usage) -> int:
        """Return the devices that are held as a whole."""
        held, mask = usage.dedicated, 0
        if held:
            for position, device in enumerate(self.devices):
                if device.id in held:
                    mask |= 1 << position
        return mask

    def selectable(self, eligibility: Eligibility) -> Selectable:
        """Return which devices the selectors let pass."""
        known = self._selectable.get(eligibility)
        if known is None:
            known = self._selectable[eligibility] = self._judge(eligibility)
        return known

    def _judge(self, eligibility: Eligibility) -> Selectable:
        passing = elsewhere = unsupported = 0
        failures = {}
        for position, entry in enumerate(self.inventory.entries):
            device = entry.device
            if device.binding_conditions and not self.rules.binding:
                unsupported |= 1 << position
                continue
            verdict = eligibility.verdict(device)
            if verdict is True and entry.slice.per_device_scope:
                # Upstream looks at the device's node after its selectors.
                verdict = self._reaches(device)
                elsewhere |= (verdict is False) << position
            if verdict is True:
                passing |= 1 << position
            elif verdict is not False:
                failures[position] = verdict
        return Selectable(passing, elsewhere, unsupported, failures)

    def _reaches(self, device: Device) -> bool | Failure:
        scope = device.scope
        try:
            return scope is not None and scope.includes(
                self.node.name, self.node.meta.labels
            )
        except NodeSelectorError as error:
            text = f"unusable node selector of {device.id}: {error}"
            return Failure(-1, text, device.id)

    def tainted(self, tolerations: tuple[Toleration, ...]) -> int:
        """Return the devices with a taint that is not tolerated."""
        if not self.rules.taints:
            return 0
        known = self._tainted.get(tolerations)
        if known is None:
            known = 0
            for position, device in enumerate(self.devices):
                if device.taints and untolerated(device.taints, tolerations):
                    known |= 1 << position
            self._tainted[tolerations] = known
        return known

    def shares(self, option: Option) -> Shares:
        """Return, for every device, what the option would take of its capacities."""
        key = tuple(sorted((option.capacity or {}).items()))
        known = self._shares.get(key)
        if known is None:
            known = tuple(share(device, option.capacity) for device in self.devices)
            self._shares[key] = known
        return known

    def capable(self, option: Option, usage: Usage, within: int) -> int:
        """Return which of some devices have the capacity, as far as others left it."""
        if not self.rules.consumable:
            return within
        shares = self.shares(option)
        roomy = self._roomy(shares)
        if not usage.aggregated:
            return within & roomy
        mask = within & roomy
        for position in positions(mask):
            taken = shares[position]
            device = self.devices[position]
            used = usage.aggregated.get(device.id)
            if used and (taken is None or not fits(device, taken, used)):
                mask &= ~(1 << position)
        return mask

    def _roomy(self, shares: Shares) -> int:
        """Return the devices that suffice for a share as long as nobody has one."""
        known = self._roomy_for.get(id(shares))
        if known is None:
            known = sum(
                1 << position
                for position, taken in enumerate(shares)
                if taken is not None and fits(self.devices[position], taken)
            )
            self._roomy_for[id(shares)] = known
        return known

    def draw(self, position: int) -> dict[CounterKey, int]:
        """Return what a device takes from the counters of its pool, in nanos."""
        total: dict[CounterKey, int] = {}
        for use in self.devices[position].consumes:
            for name, amount in use.counters.items():
                key = (use.counter_set, name)
                total[key] = total.get(key, 0) + amount.nanos
        return total


def used_of(usage: Usage, device: Device) -> Amounts:
    """Return what earlier claims use of a device's capacities."""
    return usage.aggregated.get(device.id, {})


def positions(mask: int) -> list[int]:
    """Return the set bits, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def untolerated(
    taints: tuple[Taint, ...], tolerations: tuple[Toleration, ...]
) -> Taint | None:
    """Return the first taint that keeps claims away and that nothing tolerates."""
    for taint in taints:
        if taint.effect in _BLOCKING and not any(
            tolerates(toleration, taint) for toleration in tolerations
        ):
            return taint
    return None


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Tell whether a toleration is for that taint (resource/v1 ToleratesTaint)."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator in {"", "Equal"}:
        return toleration.value == taint.value
    return toleration.operator == "Exists"
