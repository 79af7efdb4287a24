"""Feature gates: on where they have to be, and alike in all components."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from dractl.catalogue.nearest import guess
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.configuration import Component, settings
from dractl.doctor.registry import check
from dractl.model.cluster import (
    GATE_GROUPS,
    GATES,
    NEWEST,
    OLDEST,
    KubernetesVersion,
    Profile,
    stage,
)
from dractl.model.gates import ALL, DRA, NEEDS, PROGRAMS, readers
from dractl.rules.registry import Severity

_GONE: Final = KubernetesVersion(1, 38)  # where DynamicResourceAllocation goes
_OURS: Final = ("DRA", "DynamicResource")
_STABLE, _LOCKED = "G", "L"


@check("gate-off", Severity.ERROR)
def is_on(case: Case) -> Iterator[Finding | Skipped]:
    """The feature gate DynamicResourceAllocation is off.

    Without it the API server drops claims from pods, the scheduler starts pods without
    their devices, and kubelets prepare none. It is on by default from 1.34 on, and
    locked from 1.35 on. Before 1.34 it has to be turned on for kube-apiserver,
    kube-controller-manager, kube-scheduler and every kubelet.
    """
    release = case.snapshot.profile.version
    known = settings(case).components
    off = [each.name for each in known if not each.profile(release).enabled(DRA)]
    if not off and (known or case.snapshot.profile.enabled(DRA) or _is_stored(case)):
        return
    said = f" for {', '.join(off)}" if off else f" by default in {release}"
    yield Finding(
        "gate-off",
        Severity.ERROR,
        f"{DRA} is off{said}",
        fix=f"set {DRA}=true in feature-gates of every component, or upgrade to 1.34",
        commands=(f"dractl render kubeadm --for-kubernetes {release}",),
        evidence={"gate": DRA, "components": off},
    )


def _is_stored(case: Case) -> bool:
    """Tell whether a server has stored what it would not have with the gate off."""
    slices = (each.meta for each in case.snapshot.slices)
    claims = (each.meta for each in case.snapshot.claims)
    return any(meta is not None and meta.uid for meta in chain(slices, claims))


@check("gate-differs", Severity.ERROR)
def are_alike(case: Case) -> Iterator[Finding | Skipped]:
    """A feature gate is on in one component and off in another that reads it, too.

    A field that the API server keeps and the scheduler does not know gives pods devices
    that they did not ask for, or none. What is compared: the gates that the API server
    tells in its metrics, `--feature-gates` in the pods of the control plane, kubeadm's
    ConfigMap kubelet-config, and the files given with -f: kubeadm's
    ClusterConfiguration, KubeletConfiguration, static pods, saved metrics. A gate that
    is not named there has the default of the release. That an older component has
    another default is a warning: it should be upgraded next.

    Metrics tell what a component really has. They are read with --component-metrics,
    or saved and given with -f: `kubectl get --raw /api/v1/nodes/NODE/proxy/metrics`.
    Nobody is asked for them without that option: whoever may read those of kubelets
    through the API server (get on nodes/proxy) may run commands in their pods. With
    get on nodes/metrics they can be had from the kubelet itself, at port 10250.
    """
    known = settings(case)
    release = case.snapshot.profile.version
    for gate in GATES:
        readers_of = [each for each in known.components if each.part in readers(gate)]
        states = [(each, each.profile(release).enabled(gate)) for each in readers_of]
        if len({is_on for _, is_on in states}) > 1:
            yield _differs(gate, states, release)
    unread = (each.why for each in case.measured.unread)
    yield from (Skipped("gate-differs", each) for each in (*known.unread, *unread))
    lacking = [
        PROGRAMS[part]
        for part in ALL
        if part not in {each.part for each in known.components}
    ]
    if lacking:
        yield Skipped(
            "gate-differs",
            f"the feature gates of {', '.join(lacking)} are not known; -f takes files "
            "of kubeadm, kubelets and static pods, and saved metrics",
        )


def _differs(
    gate: str, states: Sequence[tuple[Component, bool]], release: KubernetesVersion
) -> Finding:
    on = [each for each, is_on in states if is_on]
    off = [each for each, is_on in states if not is_on]
    older = [each for each in (on, off) if _have_defaults(gate, each, release)]
    return Finding(
        "gate-differs",
        Severity.WARNING if older else Severity.ERROR,
        f"{gate} is on for {_names(on)}, and off for {_names(off)}"
        + (f", as it is by default in {older[0][0].release}" if older else ""),
        gate,
        fix=f"upgrade to {release}, or set it alike in all of them"
        if older
        else "set it alike in all of them, and restart those that change",
        evidence={
            "gate": gate,
            "on": [each.name for each in on],
            "off": [each.name for each in off],
        },
    )


def _have_defaults(
    gate: str, components: Sequence[Component], release: KubernetesVersion
) -> bool:
    """Tell whether components differ since they are of another release than that."""
    return all(
        each.release is not None
        and each.release != release
        and each.profile(release).enabled(gate)
        == Profile.of(each.release).enabled(gate)
        for each in components
    )


def _names(components: Sequence[Component]) -> str:
    return ", ".join(each.name for each in components)


@check("gate-dependency", Severity.ERROR)
def have_what_they_need(case: Case) -> Iterator[Finding | Skipped]:
    """A feature gate is on without another one that it needs.

    The component then refuses to start, or ignores the gate. DRADeviceTaintRules needs
    DRADeviceTaints, DRADeviceBindingConditions and the granular authorization of status
    need DRAResourceClaimDeviceStatus, DRAWorkloadResourceClaims needs GenericWorkload,
    and all of DRA needs DynamicResourceAllocation.
    """
    release = case.snapshot.profile.version
    for each in settings(case).components:
        profile = each.profile(release)
        for gate, on in each.gates.items():
            if not on or gate not in GATES or not profile.knows(gate):
                continue
            needed = [*NEEDS.get(gate, ()), *([DRA] if gate.startswith("DRA") else [])]
            missing = [other for other in needed if not profile.enabled(other)]
            if missing:
                yield Finding(
                    "gate-dependency",
                    Severity.ERROR,
                    f"{gate} needs {', '.join(missing)}, which is off",
                    gate,
                    each.name,
                    fix=f"set {','.join(f'{name}=true' for name in missing)} as well",
                    evidence={"gate": gate, "needs": missing},
                )


@check("gate-unknown", Severity.ERROR)
def are_known(case: Case) -> Iterator[Finding | Skipped]:
    """A component is told a feature gate of DRA that its release does not have.

    Components do not start with a gate that they do not know: one that is misspelled,
    that a later release brings, or that has been removed.
    """
    release = case.snapshot.profile.version
    if not OLDEST <= release <= NEWEST:
        yield Skipped("gate-unknown", f"the gates of {release} are not known here")
        return
    for each in _told(case):
        for gate in each.gates:
            if gate in GATE_GROUPS or (gate in GATES and stage(gate, release) != "-"):
                continue
            if gate in GATES:
                why = f"Kubernetes {release} does not have {gate} yet"
                fix = "take it out, or upgrade first"
            elif gate.startswith(_OURS):
                why = f"no release up to {NEWEST} has {gate[:60]}"
                fix = guess(gate, GATES, "take it out")
            else:
                continue
            yield Finding(
                "gate-unknown", Severity.ERROR, why, gate[:60], each.name, fix
            )


@check("gate-locked", Severity.ERROR)
def are_free(case: Case) -> Iterator[Finding | Skipped]:
    """A component is told a feature gate that is stable, or cannot be changed any more.

    A locked gate that is set to false keeps the component from starting: an error. One
    that is stable is on by itself; set to true it does nothing, components warn of it
    in their logs, and a later release that lacks the gate will not start:
    DynamicResourceAllocation goes with 1.38.
    """
    release = case.snapshot.profile.version
    found: dict[tuple[str, bool], list[str]] = {}
    for each in _told(case):
        for gate, on in each.gates.items():
            state = stage(gate, release) if gate in GATES else ""
            if state == _LOCKED or (on and state == _STABLE):
                found.setdefault((gate, on), []).append(each.name)
    for (gate, on), names in found.items():
        goes = f", and {_GONE} will not have it" if gate == DRA else ""
        is_locked = stage(gate, release) == _LOCKED
        state = "locked on" if is_locked else "stable and on by itself"
        yield Finding(
            "gate-locked",
            Severity.WARNING if on else Severity.ERROR,
            f"it is {state} in {release}"
            + (f"; setting it does nothing{goes}" if on else ", and set to false"),
            gate,
            ", ".join(names),
            "take it out of feature-gates",
            evidence={"gate": gate, "set": on, "components": names},
        )


def _told(case: Case) -> Sequence[Component]:
    """Return the components whose flags or files are known, not their metrics."""
    return [each for each in settings(case).components if not each.is_measured]
