"""Drivers: whether they run where they publish, and publish where they run.

Nothing in the API says which pod serves a driver, so pods are told by their names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import Final

from dractl.diagnose.plugins import pods_of, serves, state_of
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.hardware import hardware_of, has_plugin
from dractl.doctor.registry import check
from dractl.doctor.settling import is_new
from dractl.model.claims import ObjectMeta
from dractl.model.workloads import Pod
from dractl.rules.registry import Severity
from dractl.vendors import VENDORS

_FEW: Final = 5
_KNOWN: Final = tuple(each.name for vendor in VENDORS for each in vendor.drivers)


@check("driver-none", Severity.WARNING, needs=("ResourceSlice",))
def one_is_there(case: Case) -> Iterator[Finding | Skipped]:
    """No driver publishes devices.

    Claims wait until one does. A driver is installed with the manifests or the chart of
    its vendor, and publishes a ResourceSlice for each node with hardware.
    """
    if not case.snapshot.slices:
        yield Finding(
            "driver-none",
            Severity.WARNING,
            "the cluster has no ResourceSlice",
            fix="install the driver of your hardware, and look at its pods",
            commands=("kubectl get resourceslices", "dractl discover"),
        )


@check("driver-not-ready", Severity.ERROR)
def drivers_are_well(case: Case) -> Iterator[Finding | Skipped]:
    """A driver's pod is not ready, while its devices are still given out.

    Slices stay for a while when their driver stops: pods get devices that nobody
    prepares, and stay in ContainerCreating. Without slices on its node, the pod of a
    driver that does not run is a warning. A pod that is younger than ten minutes is
    only told of, and those on nodes that are lost or have just joined are not.
    """
    if why := case.lack_of("Pod"):
        yield Skipped("driver-not-ready", why)
        return
    publishing = publishing_of(case)
    found = pods_of_drivers(case, _KNOWN)
    unseen = [
        driver
        for driver in sorted(publishing)
        if not any(pods_of(case.snapshot, driver))
    ]
    if unseen:
        why = "no pod looks like that of driver"
        yield Skipped("driver-not-ready", why, tuple(unseen))
    for pod, drivers in found.items():
        state, node = state_of(_pod(case, pod)), _pod(case, pod).node_name
        if not state or node in case.unsettled:
            continue
        is_young = is_new(_pod(case, pod).meta, case.now)
        here = [each for each in drivers if node in publishing.get(each, ())]
        said = f"it looks like that of driver {listed(drivers)} and is {state}"
        more = f"; devices of {listed(here)} are still given out there" if here else ""
        space, name = map(quote, pod)
        yield Finding(
            "driver-not-ready",
            Severity.INFO if is_young else Severity.ERROR if here else Severity.WARNING,
            said + more,
            "Pod/" + "/".join(pod),
            f"node {node}" if node else "",
            "look at its log and its events",
            (
                f"kubectl describe pod {name} -n {space}",
                f"kubectl logs {name} -n {space} --all-containers",
            ),
            {"drivers": drivers, "state": state, "node": node},
        )


@check("driver-daemonset", Severity.WARNING)
def daemon_sets_run(case: Case) -> Iterator[Finding | Skipped]:
    """A DaemonSet that looks like a driver's has no pods, or fewer than it should.

    Where it should have none, its node selector or its affinity selects no node. That
    is wrong if labels tell of its hardware on a node; else the nodes may be yet to
    come, or labels of feature discovery are missing, which is to know. Where pods are
    missing, a quota, a security policy or a taint keeps them away. Pods that are there
    and not ready are told by driver-not-ready; nodes that are lost or have just joined
    do not count.
    """
    publishing = publishing_of(case)
    hardware = {driver for node in case.snapshot.nodes for driver in hardware_of(node)}
    for each in case.snapshot.workload_resources:
        if each.kind != "DaemonSet" or each.desired is None:
            continue
        drivers = [name for name in _drivers(case) if serves(each.meta.key, name)]
        if not drivers:
            continue
        severity = Severity.WARNING
        ready = each.ready or 0
        if each.desired == 0:
            if publishing.keys() & drivers or hardware.isdisjoint(drivers):
                severity = Severity.INFO
            said = "it selects no node, so the driver runs nowhere"
            fix = "compare its node selector and affinity with the labels of nodes"
        elif ready + _excused(case, each.meta) < each.desired:
            said = f"{ready} of {each.desired} pods are ready"
            fix = "look at its events and at its pods"
        else:
            continue
        space, name = map(quote, each.meta.key)
        yield Finding(
            "driver-daemonset",
            severity,
            said,
            "DaemonSet/" + "/".join(each.meta.key),
            fix=fix,
            commands=(f"kubectl describe daemonset {name} -n {space}",),
            evidence={"desired": each.desired, "ready": ready},
        )


@check("driver-silent", Severity.WARNING, needs=("ResourceSlice",))
def drivers_publish(case: Case) -> Iterator[Finding | Skipped]:
    """A driver's pod runs on a node, and no device of it is published for that node.

    Where labels say that the node has the hardware, or where the driver publishes
    nothing at all, something is wrong: the driver does not see the hardware, may not
    write ResourceSlices, or is not registered, as driver-not-registered tells: a
    kubelet deletes the slices of a driver that it lacks for 30 seconds. Else the node
    may just have none, which is to know.
    """
    publishing, everywhere = publishing_of(case), _everywhere(case)
    nodes = case.snapshot.node_by_name
    silent: dict[tuple[str, Severity], list[str]] = {}
    for key, drivers in pods_of_drivers(case, publishing).items():
        pod = _pod(case, key)
        if not pod.node_name or state_of(pod):
            continue
        node = nodes.get(pod.node_name)
        for driver in drivers:
            if driver in everywhere or pod.node_name in publishing[driver]:
                continue
            if pod.node_name in case.unsettled:
                continue
            has_hardware = node is not None and driver in hardware_of(node)
            severity = Severity.WARNING if has_hardware else Severity.INFO
            silent.setdefault((driver, severity), []).append(pod.node_name)
    for (driver, severity), names in silent.items():
        tells = "; its labels tell of the hardware"
        yield Finding(
            "driver-silent",
            severity,
            f"its pod runs on {listed(names, _FEW)}, and publishes no device there"
            + (tells if severity is Severity.WARNING else ""),
            f"driver {driver}",
            fix="look at the driver's log on that node"
            if severity is Severity.WARNING
            else "none, if these nodes have no such hardware",
            evidence={"driver": driver, "nodes": names},
        )


@check("driver-pod-missing", Severity.WARNING, needs=("ResourceSlice",))
def publishers_run(case: Case) -> Iterator[Finding | Skipped]:
    """Devices are published for a node on which no pod of their driver runs.

    It runs on other nodes. What is published stays as it is, and claims for it are not
    prepared. The DaemonSet may not select the node any more, not tolerate its taints,
    or wait for room.
    """
    if why := case.lack_of("Pod"):
        yield Skipped("driver-pod-missing", why)
        return
    publishing = publishing_of(case)
    running: dict[str, set[str]] = {}
    for key, drivers in pods_of_drivers(case, publishing, with_leaving=True).items():
        for driver in drivers:
            running.setdefault(driver, set()).add(_pod(case, key).node_name)
    known = case.snapshot.node_by_name
    for driver, nodes in running.items():
        missing = sorted(publishing[driver] & known.keys() - nodes)
        if missing:
            yield Finding(
                "driver-pod-missing",
                Severity.WARNING,
                f"it publishes devices for {listed(missing, _FEW)}, and has no pod "
                "there",
                f"driver {driver}",
                fix="look at the node selector and tolerations of its DaemonSet",
                commands=("kubectl get daemonsets -A",),
                evidence={"driver": driver, "nodes": missing},
            )


@check("hardware-unpublished", Severity.WARNING, needs=("ResourceSlice", "Node"))
def hardware_is_published(case: Case) -> Iterator[Finding | Skipped]:
    """A node has hardware of a driver that publishes elsewhere, and nothing there.

    Labels of Node Feature Discovery and of NVIDIA's feature discovery tell of the
    hardware. A node that gives it to a device plugin, as its allocatable resources
    say, is left out, and so are network cards, which most nodes have.
    """
    publishing, everywhere = publishing_of(case), _everywhere(case)
    running = {
        (driver, _pod(case, key).node_name)
        for key, drivers in pods_of_drivers(case, publishing).items()
        for driver in drivers
    }
    missing: dict[str, list[str]] = {}
    for node in case.snapshot.nodes:
        if node.name in case.unsettled:
            continue
        for driver in sorted(hardware_of(node) & publishing.keys() - everywhere):
            is_told = node.name in publishing[driver] or (driver, node.name) in running
            if not is_told and not has_plugin(node, driver):
                missing.setdefault(driver, []).append(node.name)
    for driver, names in missing.items():
        yield Finding(
            "hardware-unpublished",
            Severity.WARNING,
            f"labels say that {listed(names, _FEW)} has its hardware, and no device is "
            "published there",
            f"driver {driver}",
            fix="let its DaemonSet run there: node selector, tolerations",
            commands=("kubectl get daemonsets -A",),
            evidence={"driver": driver, "nodes": names},
        )


def publishing_of(case: Case) -> Mapping[str, set[str]]:
    """Return the nodes for which each driver publishes."""
    found: dict[str, set[str]] = {}
    for each in case.snapshot.slices:
        nodes = found.setdefault(each.driver, set())
        if each.scope.node_name:
            nodes.add(each.scope.node_name)
    return found


def pods_of_drivers(
    case: Case, drivers: Iterable[str], *, with_leaving: bool = False
) -> Mapping[tuple[str, str], list[str]]:
    """Return the pods of DaemonSets that look like those of drivers, with these.

    Those that are being deleted, as in an upgrade, are left out, if not asked for.
    """
    published = {each.driver for each in case.snapshot.slices}
    found: dict[tuple[str, str], list[str]] = {}
    for driver in dict.fromkeys((*published, *drivers)):
        for pod in pods_of(case.snapshot, driver):
            if with_leaving or pod.meta.deletion_timestamp is None:
                found.setdefault(pod.meta.key, []).append(driver)
    return {key: _likest(key, names) for key, names in found.items()}


def _excused(case: Case, daemons: ObjectMeta) -> int:
    """Return for how many pods of a DaemonSet it is known why they are not ready."""
    owned = (
        pod
        for pod in case.snapshot.pods
        if pod.meta.namespace == daemons.namespace
        and any(owner.uid == daemons.uid for owner in pod.meta.owners)
    )
    ailing = {pod.node_name for pod in owned if state_of(pod)}
    return len(ailing | case.unsettled)


def _everywhere(case: Case) -> set[str]:
    """Return the drivers that publish what is of no single node."""
    return {each.driver for each in case.snapshot.slices if not each.scope.node_name}


def _drivers(case: Case) -> Iterable[str]:
    """Return the drivers that publish, and those that are known."""
    return dict.fromkeys((*(each.driver for each in case.snapshot.slices), *_KNOWN))


def _likest(key: tuple[str, str], drivers: Sequence[str]) -> list[str]:
    """Return those of a vendor's drivers of whose names a pod's has the most."""
    name = " ".join(key)
    likeness = {
        driver: sum(part in name for part in driver.split(".")[:-1])
        for driver in drivers
    }
    most = max(likeness.values())
    return [driver for driver, degree in likeness.items() if degree == most]


def _pod(case: Case, key: tuple[str, str]) -> Pod:
    return case.snapshot.pod_by_key[key]
