"""Pools of devices: complete, well formed, and not about to be too large."""

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Final

from dractl.diagnose.flaws import flaw_of, repeated_devices
from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.hardware import hardware_of, has_plugin
from dractl.doctor.registry import check
from dractl.model.cluster import KubernetesVersion
from dractl.model.devices import ResourceSlice
from dractl.model.limits import limit
from dractl.rules.registry import Severity

_FEW: Final = 3
_OF_DRIVER: Final = "--field-selector=spec.driver="
_NEAR: Final = 0.9  # of a limit
_APART: Final = KubernetesVersion(1, 35)


@check("pool-incomplete", Severity.ERROR)
def pools_are_complete(case: Case) -> Iterator[Finding | Skipped]:
    """A pool has fewer slices, or more, than its slices say that it has.

    The scheduler gives out no device of an incomplete pool. For seconds that is how a
    driver updates it; if it lasts, the driver has crashed in between, may not write
    slices, or somebody has deleted one.
    """
    for (driver, pool), newest in newest_slices(case).items():
        stated = {each.slice_count for each in newest}
        if not _is_complete(newest):
            counts = listed(map(str, sorted(stated)))
            yield Finding(
                "pool-incomplete",
                Severity.ERROR,
                f"it has {len(newest)} of {counts} slices of generation "
                f"{newest[0].generation}: none of its devices is given out",
                f"pool {driver}/{pool}",
                _place(newest),
                "look at the driver's log, and start it again: it then writes the pool "
                "anew",
                (f"kubectl get resourceslices {_OF_DRIVER}{quote(driver)}",),
                {"slices": len(newest), "stated": sorted(stated)},
            )


@check("pool-invalid", Severity.ERROR)
def pools_are_valid(case: Case) -> Iterator[Finding | Skipped]:
    """A pool has names twice, or devices that draw on counters which it lacks.

    The scheduler takes nothing of such a pool, and requests for all devices fail on the
    nodes that see it. Where two devices of one name are for different nodes, it takes
    both for one: what is allocated on one node is gone on the other, which is a
    warning.
    """
    for (driver, pool), newest in newest_slices(case).items():
        # Of an incomplete pool, the slice with the counters may be missing.
        has_counters = _counts(case) and _is_complete(newest)
        flaw = flaw_of(newest, has_counters=has_counters)
        twice = repeated_devices(newest, anywhere=True) if not flaw else []
        if flaw or twice:
            said = f"{flaw}: none of its devices is given out"
            alike = f"device {listed(twice, _FEW)} is there for several nodes, and "
            yield Finding(
                "pool-invalid",
                Severity.ERROR if flaw else Severity.WARNING,
                said if flaw else alike + "counts as one",
                f"pool {driver}/{pool}",
                _place(newest),
                "look for slices that a driver did not write, and delete them; else "
                "it is a bug of the driver",
                (f"kubectl get resourceslices {_OF_DRIVER}{quote(driver)}",),
                {"flaw": flaw or None, "devices": twice},
            )


def _is_complete(slices: Sequence[ResourceSlice]) -> bool:
    return {each.slice_count for each in slices} == {len(slices)}


def _counts(case: Case) -> bool:
    return case.snapshot.profile.enabled("DRAPartitionableDevices")


@check("slice-old-layout", Severity.ERROR)
def slices_are_apart(case: Case) -> Iterator[Finding | Skipped]:
    """A slice has both counters and devices, as drivers for 1.34 write it.

    From 1.35 on counters have to be in a slice of their own: the API server refuses new
    slices with both, and of those that are there the scheduler takes the counters
    alone. It is a thing of drivers: newer ones write both apart.
    """
    if case.snapshot.profile.version < _APART or not _counts(case):
        return
    for (driver, pool), newest in newest_slices(case).items():
        both = [each for each in newest if each.shared_counters and each.devices]
        if both:
            number = sum(len(each.devices) for each in both)
            yield Finding(
                "slice-old-layout",
                Severity.ERROR,
                f"slice {listed([each.name for each in both], _FEW)} has counters and "
                f"devices: {counted(number, 'device')} of it "
                f"{'are' if number > 1 else 'is'} not given out",
                f"pool {driver}/{pool}",
                _place(newest),
                "upgrade the driver, and restart it, so that it writes the pool anew",
                (f"kubectl get resourceslices {_OF_DRIVER}{quote(driver)}",),
                {"slices": [each.name for each in both], "devices": number},
            )


@check("pool-empty", Severity.WARNING)
def pools_have_devices(case: Case) -> Iterator[Finding | Skipped]:
    """A pool has no device.

    A driver that runs on a node without hardware may publish such a pool, which is to
    know. It is a warning where labels of the node tell of the hardware, and no device
    plugin has it: the driver may have started before the kernel's driver, does not see
    the device, or is configured to leave it out.
    """
    nodes = case.snapshot.node_by_name
    for (driver, pool), newest in newest_slices(case).items():
        if any(each.devices for each in newest):
            continue
        names = {each.scope.node_name for each in newest}
        node = nodes.get(newest[0].scope.node_name or "") if len(names) == 1 else None
        is_missed = (
            node is not None
            and driver in hardware_of(node)
            and not has_plugin(node, driver)
            and node.name not in case.unsettled
        )
        yield Finding(
            "pool-empty",
            Severity.WARNING if is_missed else Severity.INFO,
            "it has no device"
            + (", and labels of the node tell of its hardware" if is_missed else ""),
            f"pool {driver}/{pool}",
            _place(newest),
            "restart the driver's pod on the node, and look at its log"
            if is_missed
            else "if the node has hardware, look at the driver's log there",
        )


@check("slice-near-limit", Severity.INFO)
def slices_have_room(case: Case) -> Iterator[Finding | Skipped]:
    """A pool of one slice has nearly as many devices as a slice can have.

    A slice holds 128 devices; with taints, counters or lists among their attributes,
    64 from 1.35 on. The helpers of Kubernetes for drivers make more slices by
    themselves; a driver that makes one slice fails with one device more.
    """
    release = case.snapshot.profile.version
    for (driver, pool), newest in newest_slices(case).items():
        if len(newest) > 1:
            continue
        devices = newest[0].devices
        has_more = any(each.taints or each.consumes for each in devices)
        most = limit("devices-with-more" if has_more else "devices", release)
        if len(devices) > most * _NEAR:
            yield Finding(
                "slice-near-limit",
                Severity.INFO,
                f"its only slice has {len(devices)} of at most {most} devices",
                f"pool {driver}/{pool}",
                _place(newest),
                "see that the driver can make more slices",
                evidence={"devices": len(devices), "limit": most},
            )


def broken_pools(case: Case) -> Sequence[str]:
    """Return the pools, as findings name them, of which no device is given out."""
    told = (*pools_are_complete(case), *pools_are_valid(case))
    return tuple(
        dict.fromkeys(
            each.subject
            for each in told
            if isinstance(each, Finding) and each.severity is Severity.ERROR
        )
    )


def newest_slices(case: Case) -> dict[tuple[str, str], list[ResourceSlice]]:
    """Return the slices of each pool that are of its newest generation."""
    found: dict[tuple[str, str], list[ResourceSlice]] = {}
    for each in case.snapshot.slices:
        newest = found.setdefault((each.driver, each.pool), [])
        if newest and each.generation > newest[0].generation:
            newest.clear()
        if not newest or each.generation == newest[0].generation:
            newest.append(each)
    return found


def _place(slices: Sequence[ResourceSlice]) -> str:
    names = {each.scope.node_name for each in slices} - {None}
    return f"node {names.pop()}" if len(names) == 1 else ""
