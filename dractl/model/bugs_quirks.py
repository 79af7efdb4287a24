"""Where the scheduler of a release does other than one expects; see bugs.py.

Most of it was seen in the code of a release and by running its allocator. Whether a
later patch has it too is not known.
"""

from typing import Final

from dractl.model.bug import Affected, Bug, Part
from dractl.model.bug_sources import ALLOCATOR, EVICTION, K8S, PLUGIN, SEEN, V36, V37

QUIRKS: Final = (
    Bug(
        "all-mode-broken-pool",
        Part.SCHEDULER,
        "a request for all devices ends the search with an error where a pool is "
        "incomplete or invalid, be it one of a driver that it does not ask for",
        ALLOCATOR,
        SEEN,
        avoid="ask for a number of devices, or mend the pool",
    ),
    Bug(
        "all-mode-with-constraint",
        Part.SCHEDULER,
        "a request for all devices ends the search with an error where one of them "
        "does not meet a constraint, and nothing else is tried",
        ALLOCATOR,
        SEEN,
        avoid="ask for a number of devices where there is a constraint",
    ),
    Bug(
        "all-mode-leaves-out",
        Part.SCHEDULER,
        "a request for all devices that asks for capacity leaves out, without a word, "
        "devices that lack it or have too little left",
        ALLOCATOR,
        SEEN,
        gates=("DRAConsumableCapacity",),
        avoid="ask for a number of devices where you ask for capacity",
    ),
    Bug(
        "counters-charged-twice",
        Part.SCHEDULER,
        "the counters of a device that can be shared and has no capacity are charged "
        "once more while a claim has it, so that a further one may find no fit",
        f"{K8S}#140433",
        (Affected(V36, 3),),
        gates=("DRAPartitionableDevices", "DRAConsumableCapacity"),
        avoid="let the driver give such devices a capacity",
    ),
    Bug(
        "vanished-device-frees-counters",
        Part.SCHEDULER,
        "a device that is not published any more, while a claim has it, counts for "
        "nothing: its counters are given out again",
        f"{K8S}#140802",
        SEEN,
        gates=("DRAPartitionableDevices",),
        avoid="let drivers publish, with a taint, what is still in use",
    ),
    Bug(
        "admin-access-needs-counters",
        Part.SCHEDULER,
        "a request with admin access draws on counters like any other, and may find no "
        "fit for a device that is in use",
        ALLOCATOR,
        SEEN,
        gates=("DRAAdminAccess", "DRAPartitionableDevices"),
        avoid="monitor whole devices, not those that draw on counters",
    ),
    Bug(
        "lists-not-compared",
        Part.SCHEDULER,
        "constraints are never met by attributes that are lists: the scheduler does "
        "not ask the allocator to compare them, though the feature gate is on",
        PLUGIN,
        (Affected(V36),),
        gates=("DRAListTypeAttributes",),
        avoid="match an attribute that has one value",
    ),
    Bug(
        "slow-node-blocks-pod",
        Part.SCHEDULER,
        "a search that takes too long on one node ends the attempt for all nodes, "
        "though the pod may fit on another one",
        PLUGIN,
        (Affected(V36),),
        gates=("DRASchedulerFilterTimeout",),
        avoid="ask for fewer devices in one claim, or narrow the selectors",
    ),
    Bug(
        "taints-spare-allocated-claims",
        Part.SCHEDULER,
        "new pods with a claim that has its devices already are placed on devices that "
        "have got a taint since",
        PLUGIN,
        (Affected(V36),),
        gates=("DRADeviceTaints",),
        avoid="make claims by templates, or no new pods with the claim",
    ),
    Bug(
        "toleration-without-effect",
        Part.CONTROLLERS,
        "a toleration without an effect lets the scheduler use a device with a "
        "NoExecute taint, and the pod is evicted from it at once",
        EVICTION,
        (Affected(V36),),
        gates=("DRADeviceTaints",),
        avoid="write effect: NoExecute into the toleration",
    ),
    Bug(
        "pool-status-miscounts",
        Part.CONTROLLERS,
        "the status of a ResourcePoolStatusRequest counts pools with counters or "
        "shared devices wrongly: none is available though some are free",
        "kubernetes/enhancements#5677",
        (Affected(V36),),
        gates=("DRAResourcePoolStatus",),
        avoid="count with `dractl top`",
    ),
    Bug(
        "selector-error-without-device",
        Part.SCHEDULER,
        "the scheduler does not say on which device a selector fails, as with no such "
        "key",
        f"{K8S}#136709",
        gone_in=V37,  # 1.36.2 does not say it either
        avoid="let `dractl explain` name the devices, and ask whether they have it",
    ),
)
