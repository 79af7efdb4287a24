"""Known bugs of the scheduler; what they mean: see bugs.py."""

from typing import Final

from dractl.model.bug import Affected, Bug, Part
from dractl.model.bug_sources import ALLOCATOR, K8S, SEEN, V33, V34, V35, V36, V37, V38

SCHEDULER_BUGS: Final = (
    Bug(
        "allocated-and-fresh-claim",
        Part.SCHEDULER,
        "a pod with one claim that is allocated for several nodes and one that is not "
        "is never scheduled, since scoring counts the claims wrongly",
        f"{K8S}#139016",
        (Affected(V35, 6), Affected(V36, 2)),
        avoid="put both requests into one claim",
    ),
    Bug(
        "all-mode-counters-panic",
        Part.SCHEDULER,
        "the scheduler crashes on a request for all devices that selects one which "
        "draws on counters",
        f"{K8S}#138882",
        (Affected(V35, 6), Affected(V36, 2)),
        gates=("DRAPartitionableDevices",),
        avoid="ask for a number of devices, not for all, where they draw on counters",
    ),
    Bug(
        "all-mode-takes-spent-device",
        Part.SCHEDULER,
        "a request for all devices may be given a shared one that has nothing left",
        f"{K8S}#140769",
        gates=("DRAConsumableCapacity",),
        avoid="ask for a number of devices, not for all, where they can be shared",
    ),
    Bug(
        "all-mode-in-alternatives",
        Part.SCHEDULER,
        "alternatives of which one asks for all devices may find no fit where one is",
        f"{K8S}#137347",
        gone_in=V36,  # merged in March 2026, before 1.36
        gates=("DRAPrioritizedList",),
        avoid="ask for a number of devices in alternatives",
    ),
    Bug(
        "counters-stay-reserved",
        Part.SCHEDULER,
        "counters that the search reserved and gave up stay reserved, so that devices "
        "that draw on them are not found",
        f"{K8S}#140431",
        (Affected(V36, 3),),
        gates=("DRAPartitionableDevices",),
        avoid="let selectors, not constraints, tell which partitions are wanted",
    ),
    Bug(
        "counters-by-pool-name",
        Part.SCHEDULER,
        "counters of two drivers whose pools have one name are mixed up",
        f"{K8S}#140434",
        (Affected(V36),),
        gates=("DRAPartitionableDevices",),
        avoid="let each driver name its pools in its own way",
    ),
    Bug(
        "counters-given-out-twice",
        Part.SCHEDULER,
        "the devices of the pod share counters of which more is given out than there "
        "is, as by a scheduler that forgets shared devices",
        f"{K8S}#139034",
        (Affected(V36, 2),),
        gates=("DRAPartitionableDevices", "DRAConsumableCapacity"),
        avoid="do not share devices that draw on counters",
    ),
    Bug(
        "device-given-twice",
        Part.SCHEDULER,
        "where many pods are scheduled at once, one device may be given to two claims",
        f"{K8S}#136269",
        gone_in=V36,  # merged in January 2026, and picked for patches of 1.32 to 1.35
        avoid="delete one of the two pods",
    ),
    Bug(
        "timeout-taken-for-unschedulable",
        Part.SCHEDULER,
        "a search that takes too long counts as unschedulable, so that the pod is "
        "tried again only after up to five minutes",
        f"{K8S}#137607",
        (Affected(V34), Affected(V35)),
        gates=("DRASchedulerFilterTimeout",),
        avoid="ask for fewer devices in one claim, or narrow the selectors",
    ),
    Bug(
        "qualified-capacity-name",
        Part.SCHEDULER,
        "a capacity that is asked for with its domain is found on no device",
        f"{K8S}#142202",
        gone_in=V38,
        gates=("DRAConsumableCapacity",),
        avoid="ask for capacity by its short name",
    ),
    Bug(
        "extended-with-node-allocatable",
        Part.SCHEDULER,
        "pods with extended resources through DRA fail while node allocatable "
        "resources through DRA are on, too",
        f"{K8S}#141467",
        (Affected(V37),),
        gates=("DRAExtendedResource", "DRANodeAllocatableResources"),
        avoid="turn one of the two feature gates off",
    ),
    Bug(
        "tolerations-not-stored",
        Part.SCHEDULER,
        "tolerations of NoExecute are not stored in the allocation, so that the pod is "
        "evicted all the same",
        f"{K8S}#134434",
        (Affected(V33), Affected(V34)),
        gates=("DRADeviceTaints",),
        avoid="use the effect NoSchedule",
    ),
    Bug(
        "rules-crash-scheduler",
        Part.SCHEDULER,
        "where DeviceTaintRules exist, the scheduler crashes when ResourceSlices "
        "change, or does not see that rules do",
        f"{K8S}#139651",
        (Affected(V36, 3),),
        gates=("DRADeviceTaints", "DRADeviceTaintRules"),
        avoid="use no DeviceTaintRules: let drivers taint devices",
    ),
    Bug(
        "rule-without-selector",
        Part.SCHEDULER,
        "a DeviceTaintRule without a deviceSelector, which should select nothing, "
        "keeps pods away from all devices",
        f"{K8S}#141620",
        gone_in=V38,  # merged in September 2026, and picked for a patch of 1.37
        gates=("DRADeviceTaints",),
        avoid="give every rule a deviceSelector",
    ),
    Bug(
        "distinct-attribute-forgets",
        Part.SCHEDULER,
        "of the devices of one request with a distinctAttribute not all are compared, "
        "so that two can have the same value: of three the first is forgotten, of two "
        "once the search has given one up",
        ALLOCATOR,
        SEEN,
        gates=("DRAConsumableCapacity",),
        avoid="use one request for each device",
    ),
    Bug(
        "list-match-narrows",
        Part.SCHEDULER,
        "a matchAttribute on lists of values may find no fit where one is, once the "
        "search has given a device up",
        ALLOCATOR,
        (Affected(V37),),
        gates=("DRAListTypeAttributes",),
        avoid="match an attribute that has one value",
    ),
    Bug(
        "admin-before-others",
        Part.SCHEDULER,
        "a device that a request with admin access has got is busy for the requests "
        "after it, though they could have it if they came first",
        ALLOCATOR,
        SEEN,
        gates=("DRAAdminAccess",),
        avoid="let requests with admin access come last",
    ),
    Bug(
        "alternatives-abort",
        Part.SCHEDULER,
        "an alternative that asks for all devices ends the search with an error where "
        "a pool is incomplete or a constraint is not met, and no other one is tried",
        ALLOCATOR,
        SEEN,
        gates=("DRAPrioritizedList",),
        avoid="ask for a number of devices in alternatives",
    ),
    Bug(
        "config-given-twice",
        Part.SCHEDULER,
        "configuration for several requests stands in the allocation once for each",
        ALLOCATOR,
        (Affected(V36),),
        avoid="use a driver that takes the same configuration twice",
    ),
    Bug(
        "alternatives-with-all",
        Part.SCHEDULER,
        "alternatives beside requests for all devices may find no fit where one is",
        f"{K8S}#131660",
        gates=("DRAPrioritizedList",),
        avoid="ask for a number of devices",
    ),
    Bug(
        "extended-scoring",
        Part.SCHEDULER,
        "nodes are scored wrongly for pods with extended resources that DRA serves",
        f"{K8S}#133669",
        gates=("DRAExtendedResource",),
        avoid="use claims where it matters which node is chosen",
    ),
)
