"""Rules of the allocator and its surroundings that surprise; see bugs.py.

Each is as the code of a release has it; whether it is meant so, nobody has said.
"""

from typing import Final

from dractl.model.bug import Affected, Bug, Part
from dractl.model.bug_sources import (
    ALLOCATOR,
    EVICTION,
    K8S,
    PLUGIN,
    SEEN,
    V34,
    V35,
    V36,
    V37,
)

TRAPS: Final = (
    Bug(
        "all-mode-too-many-devices",
        Part.SCHEDULER,
        "a request for all devices ends the search with an error, for all nodes, where "
        "one node has more than the 32 that a claim can hold",
        ALLOCATOR,
        SEEN,
        avoid="ask for a number of devices, or narrow the selectors",
    ),
    Bug(
        "all-mode-pool-of-other-node",
        Part.SCHEDULER,
        "a pool with counters counts on all nodes: while it is incomplete or invalid, "
        "requests for all devices end with an error on nodes that cannot use it",
        ALLOCATOR,
        (Affected(V36),),
        gates=("DRAPartitionableDevices",),
        avoid="mend the pool, or ask for a number of devices",
    ),
    Bug(
        "all-mode-split-pool",
        Part.SCHEDULER,
        "a request for all devices finds no fit where a pool has slices of other nodes",
        f"{K8S}#134466",
        gone_in=V35,
        avoid="ask for a number of devices",
    ),
    Bug(
        "old-generation-used",
        Part.SCHEDULER,
        "devices of an old generation of a pool are given out on a node, since the "
        "slices of the newer one are not for that node",
        ALLOCATOR,
        SEEN,
        avoid="delete the slices of the old generation, if their driver does not",
    ),
    Bug(
        "overdrawn-blocks-pool",
        Part.SCHEDULER,
        "where more of one counter is given out than there is, no device of the pool "
        "that draws on counters is found, be it on other ones",
        ALLOCATOR,
        SEEN,
        gates=("DRAPartitionableDevices",),
        avoid="delete pods until no counter is overdrawn: `dractl top` shows them",
    ),
    Bug(
        "shared-then-exclusive",
        Part.SCHEDULER,
        "a device that claims share, and that is published as exclusive now, is given "
        "out once more",
        ALLOCATOR,
        SEEN,
        gates=("DRAConsumableCapacity",),
        avoid="let the claims end before the driver publishes the device otherwise",
    ),
    Bug(
        "several-node-terms",
        Part.SCHEDULER,
        "a device whose own nodeSelector has several terms ends the search with an "
        "error as soon as it would be taken",
        f"{K8S}#141213",
        SEEN,
        gates=("DRAPartitionableDevices",),
        avoid="let the driver put one term into each nodeSelector",
    ),
    Bug(
        "selector-error-elsewhere",
        Part.SCHEDULER,
        "in slices whose devices name nodes of their own, a selector that fails on a "
        "device of another node ends the search as well",
        ALLOCATOR,
        SEEN,
        gates=("DRAPartitionableDevices",),
        avoid="ask in selectors whether an attribute is there before reading it",
    ),
    Bug(
        "toleration-without-key",
        Part.SCHEDULER,
        "a toleration with operator Equal and no key tolerates any taint of that "
        "value, though the API is described otherwise",
        ALLOCATOR,
        SEEN,
        gates=("DRADeviceTaints",),
        avoid="name the key, or write operator: Exists if all are meant",
    ),
    Bug(
        "toleration-runs-out",
        Part.CONTROLLERS,
        "tolerationSeconds count from when the taint came, and the scheduler does not "
        "look at them: a new pod gets the device, and is evicted at once",
        EVICTION,
        (Affected(V36),),
        gates=("DRADeviceTaints",),
        avoid="leave tolerationSeconds out, or do not tolerate the taint",
    ),
    Bug(
        "admin-access-meets-taints",
        Part.SCHEDULER,
        "a request with admin access gets no device with a taint that it does not "
        "tolerate; one for all devices gets none at all",
        ALLOCATOR,
        SEEN,
        gates=("DRAAdminAccess", "DRADeviceTaints"),
        avoid="let monitoring tolerate all taints: operator: Exists without a key",
    ),
    Bug(
        "pinned-claim-stays",
        Part.SCHEDULER,
        "a claim that is allocated on another node is not freed as long as a further "
        "claim of the pod finds no devices",
        PLUGIN,
        (Affected(V36),),
        avoid="delete the claim that is allocated, if nobody else uses it",
    ),
    Bug(
        "reservations-full",
        Part.SCHEDULER,
        "a claim can be reserved for 256 pods: for a further one a node is found, and "
        "binding fails, again and again",
        PLUGIN,
        SEEN,
        avoid="let fewer pods share a claim",
    ),
    Bug(
        "implicit-name-lost",
        Part.SCHEDULER,
        "of classes with one extendedResourceName, those that do not count may not be "
        "had by deviceclass.resource.kubernetes.io/CLASS either",
        PLUGIN,
        (Affected(V36),),
        gates=("DRAExtendedResource",),
        avoid="leave the extendedResourceName to one class",
    ),
    Bug(
        "capacity-rounded-up",
        Part.SCHEDULER,
        "with a step in a requestPolicy, capacity is counted in whole numbers: "
        "fractions are rounded up, and the claim gets more than it asks for",
        ALLOCATOR,
        SEEN,  # of 1.37 with DRAFractionalCapacityRange off, which is its default
        gates=("DRAConsumableCapacity",),
        avoid="publish and ask for capacity in smaller units, as whole numbers",
    ),
    Bug(
        "alternatives-not-scored",
        Part.SCHEDULER,
        "nodes are not compared by which alternative fits there, so that a pod may get "
        "a lesser one though another node has the first",
        f"{K8S}#134711",
        gone_in=V35,
        gates=("DRAPrioritizedList",),
        avoid="let the pod prefer nodes by affinity",
    ),
    Bug(
        "claims-requeue-all",
        Part.SCHEDULER,
        "with each change of a claim the scheduler looks at all pods that wait, so "
        "that many of them are placed slowly",
        "kubernetes/enhancements#6132",
        tuple(map(Affected, (V34, V35, V36, V37))),
        avoid="make pods in smaller batches, or try SchedulerPreQueueingHints of 1.37",
    ),
    Bug(
        "beta-loses-fields",
        Part.API_SERVER,
        "objects that clients write by v1beta1 lose capacity, binding conditions and "
        "what lets devices be shared",
        f"{K8S}#137240",
        (Affected(V34), Affected(V35)),
        avoid="let all clients use v1, and serve v1beta1 no more",
    ),
    Bug(
        "config-of-alternatives-lost",
        Part.DRIVER,
        "a driver may ignore configuration that names a request with alternatives, "
        "since the allocation names the alternative as well",
        "kubernetes-sigs/dra-example-driver#257",
        avoid="name REQUEST/SUBREQUEST in the configuration, or upgrade the driver",
    ),
)
