"""Whether taints of devices do anything in a release, and what else there is."""

from collections.abc import Iterable, Iterator
from typing import Final

from dractl.api.lifecycle import LIVES, versions_in
from dractl.api.versions import GROUP
from dractl.model.bugs import BUG_BY_ID
from dractl.model.cluster import Profile
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.eviction import EVICTING
from dractl.taints.fates import Fate
from dractl.taints.impact import Impact
from dractl.taints.notices import Notice
from dractl.taints.plan import Plan

_KIND: Final = "DeviceTaintRule"
_TAINTS: Final = "DRADeviceTaints"
_RULES: Final = "DRADeviceTaintRules"

UNSERVED: Final = frozenset({"no-rules-in-release", "not-served"})
"""The notices that say why there can be no rules."""
INERT: Final = UNSERVED | {"gate-off"}
"""The notices that say why rules do nothing."""

_UPGRADE: Final = "upgrade the cluster, or choose another way"
_BY_DRIVER: Final = Notice(
    "instead-driver",
    "drivers may taint sick devices themselves, in their ResourceSlices",
    "see whether the driver has health checks to turn on",
)
_ANYWHERE: Final = (
    Notice(
        "instead-node",
        "a node can be kept free of new pods as a whole",
        "kubectl cordon NODE; kubectl drain NODE evicts its pods as well",
    ),
    Notice(
        "instead-selector",
        "classes can leave out devices by what they publish",
        "add a CEL selector to the DeviceClass; dractl attributes shows what there is",
    ),
)


def rule_version(profile: Profile) -> str | None:
    """Return the API version to write rules in; None: the release has no rules."""
    return next(iter(versions_in(_KIND, profile.version)), None)


def missing_gates(profile: Profile) -> tuple[str, ...]:
    """Return the feature gates that have to be turned on for rules to do anything.

    Until 1.34, the gate for taints was that for rules as well.
    """
    wanted = [each for each in (_TAINTS, _RULES) if profile.knows(each)]
    return tuple(each for each in wanted if not profile.enabled(each))


def hindrances(profile: Profile) -> tuple[Notice, ...]:
    """Return what keeps rules from doing anything in that release, and what to do."""
    release = profile.version
    version = rule_version(profile)
    if version is None:
        told = f"Kubernetes {release} has no DeviceTaintRules; 1.33 was the first"
        return (Notice("no-rules-in-release", told, _UPGRADE), *_instead(profile))
    gates = missing_gates(profile)
    if not gates:
        return ()
    serve = "" if LIVES[_KIND][version].is_on else f", and {GROUP}/{version} is served"
    told = (
        f"rules do nothing in Kubernetes {release} until the feature "
        f"gate{'s' if len(gates) > 1 else ''} {' and '.join(gates)} "
        f"{'are' if len(gates) > 1 else 'is'} on in API server, scheduler and "
        f"controller manager{serve}"
    )
    turn_on = f"dractl render kubeadm --for-kubernetes {release} --feature {gates[-1]}"
    return (Notice("gate-off", told, turn_on), *_instead(profile))


def not_served(profile: Profile) -> tuple[Notice, ...]:
    """Return what a server lacks that serves no rules, and what there is instead."""
    version = rule_version(profile)
    if version is None:
        return hindrances(profile)
    gates = [f"{each}=true" for each in missing_gates(profile)]
    with_gates = f" and --feature-gates={','.join(gates)}" if gates else ""
    told = (
        f"the API server serves no DeviceTaintRules; in Kubernetes {profile.version} "
        f"it needs --runtime-config={GROUP}/{version}=true{with_gates}"
    )
    gate = f" --feature {_RULES}" if profile.knows(_RULES) else f" --feature {_TAINTS}"
    turn_on = f"dractl render kubeadm --for-kubernetes {profile.version}{gate}"
    return (Notice("not-served", told, turn_on), *_instead(profile))


def _instead(profile: Profile) -> Iterator[Notice]:
    """Yield what there is where rules do nothing."""
    # What drivers taint counts only with the gate for taints, since 1.33.
    if profile.enabled(_TAINTS):
        yield _BY_DRIVER
    yield from _ANYWHERE


def known_bugs(
    plan: Plan, impact: Impact, profile: Profile, server: str = ""
) -> Iterator[Notice]:
    """Yield the known bugs of the release that a plan may meet.

    `server` is the version of the API server as it spells it, "" if it is not known.
    """
    if plan.rules:
        yield from _bug("rules-crash-scheduler", profile, server)
    if any(each.taint.effect == EVICTING for each in plan.rules):
        if any(each.fate is Fate.SPARED for each in impact.pods):
            yield from _bug("eviction-skips-extended", profile, server)
        if impact.pods:
            yield from _bug("tolerations-not-stored", profile, server)


def bugs_of_rules(
    rules: Iterable[DeviceTaintRule], profile: Profile, server: str = ""
) -> Iterator[Notice]:
    """Yield the known bugs of the release that rules which exist may meet."""
    known = list(rules)
    if known:
        yield from _bug("rules-crash-scheduler", profile, server)
    if any(not each.selects for each in known):
        yield from _bug("rule-without-selector", profile, server)


def _bug(name: str, profile: Profile, server: str) -> Iterator[Notice]:
    bug = BUG_BY_ID[name]
    when = bug.chance(profile, server)
    if when is not None:
        told = f"known bug: {bug.symptom}; {when}: {bug.reference}"
        yield Notice(f"bug-{bug.id}", told)
