"""Whether kubelets have drivers registered, and whether their calls succeed.

Only a kubelet knows what is registered with it. It tells in its metrics, and in the
events of pods that it cannot prepare.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from dractl.api.component_metrics import ComponentMetrics
from dractl.diagnose.plugins import state_of
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.checks.drivers import pods_of_drivers, publishing_of
from dractl.doctor.registry import check
from dractl.doctor.settling import is_new
from dractl.model.gates import KUBELET
from dractl.model.sockets import POD_UID
from dractl.rules.registry import Severity

_CODE: Final = "driver-not-registered"
_FEW: Final = 5
_UID: Final = re.compile(rf"-{POD_UID}$")
_SAYS: Final = re.compile(
    r"DRA driver (\S+) is not registered|"
    r"plugin (?:name )?(\S+) not found in the list of registered DRA plugins"
)
"""What kubelets say in events: since 1.34, and before."""
_OK: Final = "OK"
_ADVICE: Final = {
    "Unavailable": "it does not answer at its socket: look at its pod",
    "DeadlineExceeded": "it takes too long: look at its log",
    "Unimplemented": "its release and the kubelet's have no gRPC service in common",
}


class _Lack(NamedTuple):
    """A driver that a kubelet lacks: the words for it, and whether it publishes."""

    driver: str
    said: str
    fix: str
    publishes: bool


@check(_CODE, Severity.ERROR, needs=("ResourceSlice",))
def drivers_are_registered(case: Case) -> Iterator[Finding | Skipped]:
    """A driver publishes devices of a node, or runs there, and its kubelet lacks it.

    Pods with its devices stay in ContainerCreating. A driver registers by a socket
    below /var/lib/kubelet/plugins_registry, `DRIVER-reg.sock`, or with its pod's UID
    in between. A kubelet that sees the socket and does not register it finds nobody
    there, or no version of the gRPC service that it knows. One that lacks a driver for
    30 seconds deletes its slices of that node, and one that starts deletes all of them:
    without slices, see driver-silent.

    What kubelets have is in their metrics: --component-metrics reads those of nodes
    with devices, and -f takes what is saved by `kubectl get --raw
    /api/v1/nodes/NODE/proxy/metrics`. Without these, only the events of pods that wait
    tell, which stay for an hour. A driver whose socket has a name of its own counts as
    registered if the kubelet has called it.
    """
    lacking: dict[_Lack, list[str]] = {}
    for lack, node in (*_by_events(case), *_by_metrics(case)):
        lacking.setdefault(lack, []).append(node)
    for lack, nodes in lacking.items():
        yield Finding(
            _CODE,
            Severity.ERROR if lack.publishes else Severity.WARNING,
            f"{lack.said} on {listed(nodes, _FEW)}",
            f"driver {lack.driver}",
            fix=lack.fix,
            evidence={"driver": lack.driver, "nodes": list(dict.fromkeys(nodes))},
        )
    yield from (Skipped(_CODE, why) for why in _unknown(case))


@check("driver-calls-fail", Severity.WARNING)
def calls_succeed(case: Case) -> Iterator[Finding | Skipped]:
    """A kubelet's calls of a driver to prepare devices fail.

    Kubelets count the calls of NodePrepareResources since they started, and try again
    what fails: some failures are those of an upgrade. Where most calls fail, something
    is wrong: a driver that does not answer, takes too long, or serves another version
    of the gRPC service. A driver that answers and refuses a claim counts as success
    here; see prepare-failed for these. The metrics are read by --component-metrics, or
    given with -f.
    """
    failing: dict[tuple[str, Severity], dict[str, int]] = {}
    nodes: dict[tuple[str, Severity], list[str]] = {}
    for each in case.measured.metrics:
        drivers = dict.fromkeys(driver for driver, _ in each.calls)
        for driver in drivers:
            counts = {
                code: n for (name, code), n in each.calls.items() if name == driver
            }
            failed = sum(n for code, n in counts.items() if code != _OK)
            if not failed:
                continue
            is_most = failed * 2 > sum(counts.values())
            key = (driver, Severity.WARNING if is_most else Severity.INFO)
            nodes.setdefault(key, []).append(each.node or each.where)
            for code, number in counts.items():
                sums = failing.setdefault(key, {})
                sums[code] = sums.get(code, 0) + number
    for (driver, severity), counts in failing.items():
        yield _failing(driver, severity, counts, nodes[driver, severity])
    yield from (Skipped("driver-calls-fail", why) for why in _unread(case))


def _unread(case: Case) -> Iterator[str]:
    """Yield why the metrics of kubelets, or some of them, are not there."""
    kubelets = [each for each in case.measured.metrics if KUBELET in each.parts]
    unread = [each.why for each in case.measured.unread if each.part == KUBELET]
    has_local = any(each.scope.node_name for each in case.snapshot.slices)
    if has_local and not kubelets and not unread:
        yield "only the metrics of kubelets tell: --component-metrics, or -f"
    yield from unread


def _failing(
    driver: str, severity: Severity, counts: Mapping[str, int], nodes: list[str]
) -> Finding:
    failed = {code: n for code, n in counts.items() if code != _OK}
    most = max(failed, key=lambda code: failed[code])
    codes = ", ".join(f"{code or 'no code'}: {n}" for code, n in failed.items())
    return Finding(
        "driver-calls-fail",
        severity,
        f"{sum(failed.values())} of {sum(counts.values())} calls of "
        f"NodePrepareResources failed on {listed(nodes, _FEW)} ({codes})",
        f"driver {driver}",
        fix=_ADVICE.get(most, "look at the driver's log there"),
        evidence={"driver": driver, "nodes": nodes, "calls": dict(counts)},
    )


def _by_events(case: Case) -> Iterator[tuple[_Lack, str]]:
    """Yield what kubelets say of pods that wait for a driver.

    An event stays for an hour: where metrics tell that the driver has come since, it is
    of the past.
    """
    pods = case.snapshot.pod_by_key
    kubelets = {each.node: each for each in _kubelets(case)}
    for event in case.snapshot.events:
        found = _SAYS.search(event.message)
        pod = pods.get((event.involved_namespace, event.involved_name))
        if found is None or pod is None or pod.phase != "Pending" or not pod.node_name:
            continue
        driver, kubelet = found[1] or found[2], kubelets.get(pod.node_name)
        if kubelet is not None and any(_sockets(kubelet, driver).values()):
            continue
        yield (
            _Lack(
                driver[:100],
                "the kubelet says that it is not registered, so that pods wait",
                "look at the driver's pod there; restart it if it is well",
                publishes=True,
            ),
            pod.node_name,
        )


def _by_metrics(case: Case) -> Iterator[tuple[_Lack, str]]:
    """Yield which drivers kubelets lack by their metrics."""
    kubelets = [*_kubelets(case)]
    if not kubelets:  # to look for pods takes a while
        return
    publishing = publishing_of(case)
    running: dict[str, set[str]] = {}
    for key, drivers in pods_of_drivers(case, publishing).items():
        pod = case.snapshot.pod_by_key[key]
        if not state_of(pod) and not is_new(pod.meta, case.now):
            for driver in drivers:
                running.setdefault(pod.node_name, set()).add(driver)
    seen = {
        driver
        for each in case.measured.metrics
        for driver in publishing
        if _sockets(each, driver)
    }
    for each in kubelets:
        here = {driver for driver, nodes in publishing.items() if each.node in nodes}
        for driver in sorted(here | running.get(each.node, set())):
            lack = _lack(each, driver, driver in here)
            is_called = any(name == driver for name, _ in each.calls)
            if lack is not None and (driver in seen or not is_called):
                yield lack, each.node


def _lack(kubelet: ComponentMetrics, driver: str, publishes: bool) -> _Lack | None:
    sockets = _sockets(kubelet, driver)
    if any(sockets.values()):
        return None
    if sockets:
        return _Lack(
            driver,
            "the kubelet sees its socket, and has not registered it,",
            "look at the kubelet's log for why, and at the driver's",
            publishes,
        )
    is_there = "it publishes devices" if publishes else "its pod runs"
    return _Lack(
        driver,
        f"{is_there}, and the kubelet has no socket of it,",
        "restart the driver's pod there, and look at its log",
        publishes,
    )


def _sockets(kubelet: ComponentMetrics, driver: str) -> Mapping[str, bool]:
    """Return the sockets of a driver: `DRIVER.sock` of old ones, `DRIVER-reg.sock`."""
    return {
        file: is_registered
        for file, is_registered in kubelet.sockets.items()
        if _UID.sub("", file.removesuffix(".sock").removesuffix("-reg")) == driver
    }


def _kubelets(case: Case) -> Iterator[ComponentMetrics]:
    """Yield the metrics of which something follows for a node of the cluster."""
    known = case.snapshot.node_by_name
    for each in case.measured.metrics:
        is_here = each.node in known or not known
        is_settled = each.node not in case.unsettled
        if KUBELET in each.parts and _is_whole(each) and is_here and is_settled:
            yield each


def _is_whole(metrics: ComponentMetrics) -> bool:
    return metrics.is_whole or bool(metrics.sockets)


def _unknown(case: Case) -> Iterator[str]:
    """Yield of which kubelets it is not known what they have."""
    kubelets = [each for each in case.measured.metrics if KUBELET in each.parts]
    yield from _unread(case)
    known = case.snapshot.node_by_name
    for each in kubelets:
        if not each.node:
            yield f"{each.where}: the metrics do not name the node"
        elif known and each.node not in known:
            yield f"{each.where}: they are of node {each.node}, which is not here"
        elif not _is_whole(each):
            yield f"{each.where}: the metrics break off, or are not all of them"
