"""Known bugs of servers, controllers and kubelets; what they mean: see bugs.py."""

from typing import Final

from dractl.model.bug import Affected, Bug, Part
from dractl.model.bug_sources import K8S, SEEN, V34, V35, V36, V37, V38

OTHER_BUGS: Final = (
    Bug(
        "zero-step-panic",
        Part.API_SERVER,
        "the API server divides by a step of zero in a capacity's requestPolicy, and "
        "answers with an internal error",
        f"{K8S}@v1.36.2:pkg/apis/resource/validation/validation.go",
        gone_in=V37,
        gates=("DRAConsumableCapacity",),
        avoid="publish steps of 1 or more",
    ),
    Bug(
        "eviction-skips-extended",
        Part.CONTROLLERS,
        "a NoExecute taint does not evict pods that have the device through an "
        "extended resource",
        f"{K8S}#141290",
        SEEN,
        gates=("DRADeviceTaints", "DRAExtendedResource"),
        avoid="delete such pods by hand after a NoExecute taint",
    ),
    Bug(
        "finished-pod-keeps-claim",
        Part.CONTROLLERS,
        "a claim may stay reserved for a pod that has ended",
        f"{K8S}#141276",
        gone_in=V38,
        avoid="delete pods that have ended, or let Jobs do so after a while",
    ),
    Bug(
        "rule-for-all-devices",
        Part.CONTROLLERS,
        "a DeviceTaintRule with an empty deviceSelector taints all devices of the "
        "cluster, and NoExecute evicts all their pods; older documents say none",
        f"{K8S}#141422",
        (Affected(V35), Affected(V36), Affected(V37)),
        gates=("DRADeviceTaints", "DRADeviceTaintRules"),
        avoid="name at least a driver in every deviceSelector",
    ),
    Bug(
        "kubelet-deadlock",
        Part.KUBELET,
        "after 30 minutes without work the kubelet hangs when it is to prepare "
        "devices, and says nothing; restarting it helps",
        f"{K8S}#133926",
        (Affected(V34, 2),),
        avoid="upgrade the kubelet",
    ),
    Bug(
        "kubelet-loses-driver",
        Part.KUBELET,
        "the kubelet loses the connection to a driver that runs; restarting it helps",
        f"{K8S}#133920",
        (Affected(V34, 2),),
        avoid="upgrade the kubelet, before the driver",
    ),
    Bug(
        "kubelet-refuses-extended",
        Part.KUBELET,
        "kubelets may refuse pods with extended resources that only DRA has",
        f"{K8S}#135725",
        gone_in=V36,  # merged in early 2026, before 1.36
        gates=("DRAExtendedResource",),
        avoid="use claims instead of extended resources",
    ),
    Bug(
        "kubelet-skips-claims",
        Part.KUBELET,
        "of several claims of a pod none is prepared after one that is already",
        f"{K8S}#135901",
        gone_in=V36,  # merged in early 2026, before 1.36
        avoid="put the requests into one claim",
    ),
    Bug(
        "unprepare-without-claim",
        Part.KUBELET,
        "while it cleans up, the kubelet complains of a claim that is not created yet",
        f"{K8S}#139772",
        avoid="nothing has to be done",
    ),
    Bug(
        "partial-prepare",
        Part.KUBELET,
        "a claim that was prepared only in part keeps its devices, and a further try "
        "fails since they are prepared already",
        f"{K8S}#137819",
        avoid="restart the driver's pod on the node, and delete the pod",
    ),
    Bug(
        "dead-driver-slices",
        Part.KUBELET,
        "pods are bound to a node whose driver is gone, since its slices stay for half "
        "a minute, and wait there until it comes back",
        f"{K8S}#141912",
        avoid="cordon a node before its driver is taken off",
    ),
    Bug(
        "kai-without-counters",
        Part.OTHER,
        "KAI-Scheduler skips slices with shared counters, and devices that draw on "
        "them, since it turns no feature of DRA on",
        "kai-scheduler/KAI-Scheduler#2100",
        avoid="use the default scheduler for devices that draw on counters",
    ),
)
