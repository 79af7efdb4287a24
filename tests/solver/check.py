"""Holds an allocation against the rules of DRA, without any code of the search.

The rules are those of the API. Upstream's allocator is known to give more than they
allow in a few cases, and dractl with it; there the checker does not object:

- distinctAttribute, in requests with several devices: upstream remembers one value per
  request, so it is not checked for these;
- counters, where pools of two drivers have one name: upstream counts them together;
- a device that was shared and is now exclusive may be given while shares are held;
- an outdated generation counts where all of its slices are on the node and the newer
  ones are not.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.cel.selector import compile_cached, stored_environment_of
from dractl.model.claims import (
    Allocation,
    DeviceResult,
    Option,
    Request,
    ResourceClaim,
    Toleration,
)
from dractl.model.devices import Device, DeviceId, Taint
from dractl.model.workloads import Node
from tests.solver.check_amounts import Amounts, capacity_left, share_of
from tests.solver.check_pools import Offer, offers
from tests.solver.check_result import Given, result_violations
from tests.solver.check_values import constraint_violations

_MOST_DEVICES: Final = 32


def violations(
    snapshot: Snapshot,
    node: Node,
    claims: Sequence[ResourceClaim],
    allocations: Sequence[Allocation],
) -> list[str]:
    """Return what is wrong with the allocations of claims on a node, as sentences."""
    check = _Check(snapshot, node)
    if len(claims) != len(allocations):
        return [f"{len(claims)} claims have {len(allocations)} allocations"]
    found: list[str] = []
    for claim, allocation in zip(claims, allocations, strict=True):
        found += check.claim(claim, allocation)
    return [*found, *check.together()]


class _Check:
    def __init__(self, snapshot: Snapshot, node: Node) -> None:
        self.snapshot = snapshot
        self.profile = snapshot.profile
        self.node = node
        self.offers = offers(snapshot, node)
        self.given: list[tuple[str, Given]] = []
        self.held, self.shared = _holdings(snapshot)
        self.consumable = self.profile.enabled("DRAConsumableCapacity")

    def claim(self, claim: ResourceClaim, allocation: Allocation) -> Iterator[str]:
        """Yield what is wrong with one claim's allocation, taken by itself."""
        where = f"claim {claim.meta.name}"
        found = [
            g for result in allocation.results if (g := self._given(claim, result))
        ]
        self.given += [(claim.meta.name, each) for each in found]
        if len(found) < len(allocation.results):
            yield f"{where} has devices that it did not ask for or that do not exist"
        if len(allocation.results) > _MOST_DEVICES:
            yield f"{where} has {len(allocation.results)} devices"
        for request in claim.spec.requests:
            mine = [each for each in found if each.request is request]
            yield from self._request(where, request, mine)
        usual = Counter(g.device.id for g in found if not g.is_shared(self.profile))
        for device, times in usual.items():
            if times > 1:
                yield f"{where} has {device} {times} times"
        yield from constraint_violations(where, claim, found, self.profile)
        yield from result_violations(
            where, (self.snapshot, self.node), claim, allocation, found
        )

    def _given(self, claim: ResourceClaim, result: DeviceResult) -> Given | None:
        for request in claim.spec.requests:
            for option in request.options:
                given = Given.of(request, option, result, self.offers)
                if given is not None:
                    return given
        return None

    def _request(
        self, where: str, request: Request, given: Sequence[Given]
    ) -> Iterator[str]:
        where = f"{where}, request {request.name}"
        options = {id(each.option): each.option for each in given}
        if len(options) != 1:
            yield f"{where}: devices for {len(options)} of its options"
            return
        (option,) = options.values()
        if option.mode == "All":
            wanted = {offer.device.id for offer in self._all(option)}
            if wanted != {each.device.id for each in given} or not wanted:
                yield f"{where}: not all of its {len(wanted)} devices"
            if any(offer.defect for offer in self.offers.values()):
                yield f"{where}: all devices, though a pool is not usable"
        elif len(given) != option.count:
            yield f"{where}: {len(given)} devices instead of {option.count}"
        for each in given:
            for complaint in self._device(option, each.offer):
                yield f"{where}: {each.device.id} {complaint}"

    def _all(self, option: Option) -> Iterator[Offer]:
        for offer in self.offers.values():
            if not (offer.defect or self._unsuitable(option, offer)) and self._capable(
                option, offer.device
            ):
                yield offer

    def _device(self, option: Option, offer: Offer) -> Iterator[str]:
        """Yield why the option should not have had the device."""
        device = offer.device
        yield from self._unsuitable(option, offer)
        if offer.defect:
            yield f"is in a pool that is {offer.defect}"
        if self.profile.enabled("DRADeviceTaints"):
            for taint in (*device.taints, *self._rule_taints(device)):
                if not _harmless(taint) and not _tolerated(taint, option.tolerations):
                    yield f"has the taint {taint.key}, which is not tolerated"
        if not self._capable(option, device):
            yield "has not the capacity"
        if not option.admin_access and device.id in self.held:
            yield "is held by an earlier claim"
        if device.consumes and not self.profile.enabled("DRAPartitionableDevices"):
            yield "draws from counters, which are off"

    def _unsuitable(self, option: Option, offer: Offer) -> list[str]:
        """Return why the device is none that the option describes."""
        found = [] if offer.reaches_node else ["is for other nodes"]
        binding = self.profile.enabled(
            "DRADeviceBindingConditions"
        ) and self.profile.enabled("DRAResourceClaimDeviceStatus")
        if offer.device.binding_conditions and not binding:
            found.append("has binding conditions, which are off")
        device_class = self.snapshot.class_by_name[option.device_class]
        environment = stored_environment_of(self.profile)
        # What is for other nodes anyway may even fail to be evaluated.
        for text in () if found else (*device_class.selectors, *option.selectors):
            if not compile_cached(text or "", environment).matches(offer.device):
                found.append(f"does not pass {text}")
                break
        return found

    def _rule_taints(self, device: Device) -> Iterator[Taint]:
        if self.profile.enabled("DRADeviceTaintRules"):
            for rule in self.snapshot.taint_rules:
                wanted = (rule.driver, rule.pool, rule.device)
                if all(w in {None, h} for w, h in zip(wanted, device.id, strict=True)):
                    yield rule.taint

    def _capable(self, option: Option, device: Device) -> bool:
        """Tell whether the device could give the share, had this pod nothing else."""
        if not self.consumable:
            return True
        share = share_of(device, option.capacity)
        used = self.shared.get(device.id, {})
        return share is not None and not any(
            capacity_left(device, name, [used, share]) < 0 for name in device.capacity
        )

    def together(self) -> Iterator[str]:
        """Yield what is wrong with all allocations taken together."""
        users = Counter(
            given.device.id
            for _, given in self.given
            if not given.option.admin_access and not given.is_shared(self.profile)
        )
        for device, times in users.items():
            if times > 1:
                yield f"{device} is given {times} times as a whole"
        if self.consumable:
            yield from self._capacity_overdrawn()
        yield from self._counters_overdrawn()

    def _capacity_overdrawn(self) -> Iterator[str]:
        shares: dict[DeviceId, list[Amounts]] = {}
        devices = {}
        for _, given in self.given:
            if given.is_shared(self.profile):
                share = share_of(given.device, given.option.capacity) or {}
                shares.setdefault(given.device.id, []).append(share)
                devices[given.device.id] = given.device
        for device in devices.values():
            used = [self.shared.get(device.id, {}), *shares[device.id]]
            for name in device.capacity:
                if capacity_left(device, name, used) < 0:
                    yield f"{device.id} has given more {name} than it has"

    def _counters_overdrawn(self) -> Iterator[str]:
        # A share of a device that was shared before draws nothing more.
        drawing = {
            given.device.id: given.offer
            for _, given in self.given
            if given.device.consumes and given.device.id not in self.shared
        }
        names = Counter(name for _, name in {o.pool.key for o in self.offers.values()})
        for pool in {offer.pool.key: offer.pool for offer in drawing.values()}.values():
            if names[pool.key[1]] > 1:
                continue
            left = Counter(pool.counters)
            for device in pool.consumers:
                if device.id in {*drawing, *self.held, *self.shared}:
                    for use in device.consumes:
                        for name, amount in use.counters.items():
                            left[use.counter_set, name] -= amount.nanos
            for (counter_set, name), rest in left.items():
                if rest < 0:
                    yield f"counter {name} of {counter_set} in {pool.key} is overdrawn"


def _holdings(snapshot: Snapshot) -> tuple[set[DeviceId], dict[DeviceId, Amounts]]:
    """Return what earlier claims hold: whole devices, and amounts of shared ones."""
    held: set[DeviceId] = set()
    shared: dict[DeviceId, Amounts] = {}
    for claim in snapshot.claims:
        for result in claim.allocation.results if claim.allocation else ():
            if result.admin_access:
                continue
            if result.share_id is None or not snapshot.profile.enabled(
                "DRAConsumableCapacity"
            ):
                held.add(result.device)
                continue
            sums = shared.setdefault(result.device, {})
            for name, amount in (result.consumed_capacity or {}).items():
                sums[name] = sums.get(name, 0) + amount.nanos
    return held, shared


def _harmless(taint: Taint) -> bool:
    return taint.effect not in {"NoSchedule", "NoExecute"}


def _tolerated(taint: Taint, tolerations: Sequence[Toleration]) -> bool:
    return any(
        each.effect in {"", taint.effect}
        and each.key in {"", taint.key}
        and (
            each.operator == "Exists"
            or (each.operator in {"", "Equal"} and each.value == taint.value)
        )
        for each in tolerations
    )
