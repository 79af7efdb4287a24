"""What is to be known of a pod beside its causes."""

from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    claim,
    cluster,
    event,
    gpu_class,
    gpus,
    held,
    node,
    pod,
    report,
    taint,
    wish,
)

CLUSTER = (node("n1"), gpu_class(), gpus("n1", "gpu-0"))
BUSY = (held("mine", "n1", "gpu-0"), claim("c"))
TAINTS = {"DRADeviceTaints": True}


def notes(*documents: Wire) -> tuple[str, ...]:
    return report(cluster(*documents, gates=TAINTS)).notes


def test_another_scheduler_may_decide_otherwise() -> None:
    web = pod("web", "claim/c", schedulerName="volcano")
    sign = event("x", "Scheduled", "y", reportingComponent="volcano")

    (note,) = notes(*CLUSTER, *BUSY, web, sign)

    assert note.startswith("volcano schedules it; this is what kube-scheduler would do")


def test_of_the_default_scheduler_nothing_is_said() -> None:
    assert notes(*CLUSTER, *BUSY, pod("web", "claim/c")) == ()


def test_priority_takes_no_devices_from_others() -> None:
    (note,) = notes(*CLUSTER, *BUSY, pod("web", "claim/c", priority=1000))

    assert note.startswith("its priority of 1000 does not help")


def test_priority_is_no_matter_where_devices_are_lacking() -> None:
    waiting = (claim("c", wish(9)), pod("web", "claim/c", priority=1000))

    assert notes(*CLUSTER, *waiting) == ()


def running(effect: str, *tolerations: Wire) -> tuple[str, ...]:
    """Return what is told of a pod that runs on a tainted device."""
    mine = held("mine", "n1", "gpu-0", pod="web")
    (result,) = mine["status"]["allocation"]["devices"]["results"]
    result["tolerations"] = list(tolerations)
    bad = {"name": "gpu-0", "taints": [taint("xid", effect=effect)]}
    web = pod("web", "claim/mine", nodeName="n1", status={"phase": "Running"})
    return notes(node("n1"), gpu_class(), gpus("n1", bad), mine, web)


def test_a_pod_on_a_device_that_evicts_is_to_be_evicted() -> None:
    (note,) = running("NoExecute")

    assert note == (
        f"device {DRIVER}/n1/gpu-0 has the taint xid:NoExecute, which the pod does not "
        "tolerate: it is to be evicted"
    )


def test_a_taint_that_keeps_only_others_away_evicts_nobody() -> None:
    assert running("NoSchedule") == ()


def test_a_pod_that_tolerates_the_taint_stays() -> None:
    toleration = {"key": "xid", "operator": "Exists", "effect": "NoExecute"}

    assert running("NoExecute", toleration) == ()


def test_only_a_toleration_that_names_the_effect_counts() -> None:
    (note,) = running("NoExecute", {"key": "xid", "operator": "Exists"})

    assert note.endswith("it is to be evicted")
