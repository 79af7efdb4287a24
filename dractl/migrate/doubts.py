"""What keeps a migration from being proven, beside the amounts: it yields sentences."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Fit, Plan, UserPlan
from dractl.migrate.inputs import Input
from dractl.migrate.making import SHARED
from dractl.migrate.pods import MOST, Copies, is_active, namespace_of
from dractl.migrate.projected import ASSUMED, Projected, several
from dractl.migrate.quotas import quota_key
from dractl.migrate.users import users as all_users
from dractl.model.quantity import Quantity
from dractl.model.workloads import Pod
from dractl.solver.extended import class_by_resource
from dractl.solver.nodefit import repelling, requests_of
from dractl.solver.placement import Placement

_FEW: Final = 3  # names that are put in words
_GATE: Final = "DRAExtendedResource"
_GUESSED: Final = "product-name-lossy"
_REFUSED: Final = "admin-namespace-label"
_PLACED: Final = frozenset({
    "DeviceClass",
    "Node",
    "Pod",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "ResourceSlice",
})  # fmt: skip


class Outcome(NamedTuple):
    """What was placed, and where: what doubts are about.

    `holders` are what became of pods that nothing changes.
    """

    plan: Plan
    inputs: Sequence[Input]
    known: Projected
    users: Sequence[Copies]
    fits: Sequence[Fit]
    holders: Sequence[Placement]
    before: Snapshot
    after: Snapshot


def doubts(of: Outcome) -> Iterator[str]:
    """Yield why less may fit than was placed."""
    yield from _of_sources(of)
    yield from _of_plans(of.plan)
    served = _served(of)
    yield from _of_holders(of, served)
    yield from _of_strangers(of, served)
    yield from _of_users(of)
    yield from _of_shared(of)


def notes(of: Outcome) -> Iterator[str]:
    """Yield what has to stay as it is for the proof to hold."""
    found: dict[tuple[str, str], list[str]] = {}
    for user in of.users:
        domains = {
            each.pattern.partition("/")[0]: target.plugin.name
            for target in user.plan.targets.values()
            for each in target.plugin.extended
        }
        for label in _labels(user.new):
            if name := domains.get(label.partition("/")[0]):
                title = user.plan.user.input.title
                found.setdefault((label, name), []).append(title)
    for (label, name), titles in found.items():
        yield (
            f"{_first(titles)} still asks for nodes with the label {label}: what sets "
            f"it often comes with the {name}, and has to go on without it"
        )


def lost_to_quotas(of: Outcome) -> Iterator[str]:
    """Yield quotas that refuse claims of pods that fit before.

    Only keys that stand there already can be too small: those that are added have the
    amount of the old key.
    """
    wanted: dict[tuple[str, str, str], int] = {}
    for fit in of.fits:
        if fit.plan.route is None:
            continue
        namespace = namespace_of(fit.plan.user, of.plan)
        for ask in fit.plan.user.asks:
            target = fit.plan.targets.get(ask.resource)
            if target is not None and not ask.ends:
                key = (namespace, target.device_class, ask.resource)
                wanted[key] = wanted.get(key, 0) + ask.amount * fit.before
    for quota in of.before.quotas:
        for (namespace, name, resource), count in wanted.items():
            hard = quota.hard.get(quota_key(name))
            old = quota.hard.get(f"requests.{resource}")
            if namespace != quota.meta.namespace or hard is None:
                continue
            if hard < Quantity.of(count) and (old is None or hard < old):
                yield (
                    f"ResourceQuota {namespace}/{quota.meta.name} allows {hard} of "
                    f"DeviceClass {name}; pods that fit before need {count}"
                )


def lost_to_names(of: Outcome) -> Iterator[str]:
    """Yield users whose pods name their node, so that the scheduler never sees them.

    Nobody allocates their claims then, and the kubelet waits for that.
    """
    for each in of.plan.users:
        given = each.user.input
        was_placed = given.kind == "Pod" and not given.is_file
        if each.route is not None and each.user.spec.get("nodeName") and not was_placed:
            yield (
                f"{given.title} names its node (nodeName), so that no scheduler gives "
                "its pods devices: use a nodeSelector"
            )


def _first(names: Sequence[str]) -> str:
    more = f" ({len(names) - 1} more)" if len(names) > 1 else ""
    return f"{names[0]}{more}"


# -- of the cluster and the plan


def _of_sources(of: Outcome) -> Iterator[str]:
    unread = [p for p in of.before.problems if p.kind in _PLACED]
    if unread:
        named = [f"{each.kind} {each.name}" for each in unread]
        yield f"{_first(named)} could not be read"
    if not of.before.nodes:
        yield "no nodes are given, so that nothing could be placed"
    elif not of.known.offers and any(u.route is not None for u in of.plan.users):
        yield "no node has any of the resources, so that nothing changes on nodes"


def _of_plans(plan: Plan) -> Iterator[str]:
    staying: dict[str, list[str]] = {}
    for each in plan.users:
        if each.route is None and each.targets:
            why = "; ".join(each.blocks.get(plan.order.route, ()))
            staying.setdefault(why, []).append(each.user.input.title)
    for why, titles in staying.items():
        yield f"{_first(titles)} stays as it is{': ' if why else ''}{why}"


# -- of those that the plan leaves alone


def _served(of: Outcome) -> Collection[str]:
    """Return the resources that classes give to pods as they are, one for one."""
    if not of.after.profile.enabled(_GATE):
        return ()
    keepers: dict[str, set[str | None]] = {}
    for each in of.known.offers:
        is_whole = each.case.meaning.unit not in SHARED
        keeper = each.case.target.keeper if is_whole else None
        keepers.setdefault(each.resource, set()).add(keeper)
    return frozenset(
        resource
        for resource, found in class_by_resource(of.after.classes).items()
        if keepers.get(resource, {found.name}) == {found.name}
    )


def _of_holders(of: Outcome, served: Collection[str]) -> Iterator[str]:
    """Yield pods of which nothing changes, though what they ask for goes."""
    waiting: list[str] = []
    for each in of.holders:
        if each.subject.pod is None:
            continue
        pod = of.after.pod_by_key[each.subject.pod.meta.key]
        title = f"pod {pod.meta.namespace}/{pod.meta.name}"
        lost = requests_of(pod).keys() & set(of.known.gone[pod.node_name])
        if each.node is None:
            yield f"{title} is not changed, and there are no devices for it after"
        elif any(name not in served for name in lost):
            waiting.append(title)
    if waiting:
        yield (
            f"{_first(waiting)} is not changed: it goes on as it is, but a new one in "
            "its place would wait"
        )


def _of_strangers(of: Outcome, served: Collection[str]) -> Iterator[str]:
    """Yield who else asks for what goes, and makes new pods some day."""
    gone = {name for names in of.known.gone.values() for name in names}
    planned = {(u.user.input.number, u.user.steps): u for u in of.plan.users}
    running = {pod.meta.key for pod in of.after.pods if is_active(pod)}
    found: dict[tuple[str, ...], list[str]] = {}
    for each in all_users(of.inputs, of.plan.order.namespace):
        known = planned.get((each.input.number, each.steps))
        if known is not None and known.route is None and known.targets:
            continue
        if each.input.kind == "Pod" and (each.namespace, each.input.name) in running:
            continue
        moved: Collection[str] = () if known is None else known.targets
        lost = [n for n in each.resources if n in gone and n not in (*moved, *served)]
        if lost:
            found.setdefault(tuple(lost), []).append(each.input.title)
    for names, titles in found.items():
        yield (
            f"{_first(titles)} is not changed, and asks for {', '.join(names)}, which "
            "goes with the device plugin"
        )


# -- of users


class _Doubt(NamedTuple):
    """A sentence about users, without who they are: what stands before and after."""

    after: str
    before: str = ""


def _of_users(of: Outcome) -> Iterator[str]:
    """Yield what is to be said of users, the same of several once."""
    found: dict[_Doubt, list[str]] = {}
    for user, fit in zip(of.users, of.fits, strict=True):
        if user.plan.route is not None:
            for each in dict.fromkeys(_of_user(user, fit, of)):
                found.setdefault(each, []).append(user.plan.user.input.title)
    for doubt, titles in found.items():
        yield f"{doubt.before}{_first(titles)}{doubt.after}"


def _of_user(user: Copies, fit: Fit, of: Outcome) -> Iterator[_Doubt]:
    if user.problem:
        yield _Doubt(f": {user.problem}")
        return
    if user.stray:
        yield _Doubt(
            f" makes pods on {len(user.stray)} more nodes after, where they may wait "
            f"for devices: {', '.join(user.stray[:_FEW])}"
        )
    if fit.wanted and not fit.before and not fit.after and of.before.nodes:
        yield _Doubt(
            ": none of its pods fits, before or after, so that nothing is shown of it"
        )
    if fit.before == MOST:
        yield _Doubt(f": only {MOST} of its pods are looked at")
    for each in user.plan.findings:
        if each.code == _REFUSED:
            yield _Doubt(f": {each.message}")
    yield from _of_tolerations(user, of)
    if any(each.code == _GUESSED for each in user.plan.findings):
        yield from _of_guesses(user.plan, of.known)


def _of_tolerations(user: Copies, of: Outcome) -> Iterator[_Doubt]:
    """Yield taints that pods tolerate only by an admission plugin, until they move."""
    left = requests_of(user.old).keys() - requests_of(user.new).keys()
    keys = {t.key for node in of.before.nodes for t in repelling(user.new, node)}
    for key in sorted(left & keys):
        yield _Doubt(
            f" does not tolerate the taint {key} itself: the admission plugin "
            "ExtendedResourceToleration, if it is on, helps only pods that ask for "
            f"{key}"
        )


def _of_guesses(plan: UserPlan, known: Projected) -> Iterator[_Doubt]:
    """Yield conditions that assumed devices fulfil as they were made of one label."""
    for resource in plan.targets:
        nodes = [
            each.node.name
            for each in known.offers
            if each.resource == resource and each.source == ASSUMED
        ]
        labels = {m.label for m in plan.moved if m.resource == resource}
        if nodes and labels:
            yield _Doubt(
                " asks for",
                f"what devices of {several(nodes)} are called is guessed from labels, "
                "and so is what ",
            )


def _of_shared(of: Outcome) -> Iterator[str]:
    """Yield devices that more pods share after than did before."""
    pods: Counter[str] = Counter()
    most: dict[str, int] = {}
    for fit in of.fits:
        for resource, meaning in fit.plan.meanings.items():
            target = fit.plan.targets.get(resource)
            if fit.plan.route is None or target is None or target.capacity:
                continue
            if meaning.unit not in SHARED or target.is_admin:
                continue
            found = [
                device
                for pod in fit.devices
                for device in pod
                if device.startswith(f"{target.driver}/")
            ]
            pods.update(found)
            most.update(dict.fromkeys(found, max(meaning.replicas, 1)))
    for device, count in pods.items():
        if count > most[device]:
            yield (
                f"{count} pods share device {device} by one claim; before, "
                f"{most[device]} did at most"
            )


# -- labels that stay


def _labels(pod: Pod) -> Iterable[str]:
    """Return the labels of nodes that a pod asks for."""
    found = dict.fromkeys(pod.node_selector)
    terms = () if pod.affinity is None else pod.affinity.terms
    for term in terms:
        found |= dict.fromkeys(each.key for each in term.match_expressions)
    return found
