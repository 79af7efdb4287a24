"""How the steps of a stage are taken back, to what was there before them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dractl.cli.migrate.doing import (
    cordoned,
    is_patched,
    of_change,
    relabelling,
    spec_of,
    used,
)
from dractl.cli.migrate.site import Former, Site, halt, is_made_by, title
from dractl.legacy.shapes import mapping_at, sequence_at, text_at
from dractl.live.changing import Operations, Outdated, Wire, uid_of
from dractl.live.deletion import Fate, deleted
from dractl.live.draining import Use, is_running, items
from dractl.live.kinds import CLAIM, NODE, POD
from dractl.live.looks import looks
from dractl.live.nodestate import allocatable
from dractl.migrate.patches import contains, fingerprint
from dractl.migrate.progress import Mark
from dractl.migrate.steps import Step, Verb


def undone(site: Site, step: Step, former: Former) -> str:
    """Take a step back; return what is said of it, "" if there is nothing to say.

    What is not there any more, or is another object of that name, is left alone.
    Raises DractlError where it cannot be taken back, or not now.
    """
    if step.verb in _CHANGING:
        standing = site.changes.read(site.place(step))
        if standing is None:
            return f"{title(step)} is gone already"
        if uid_of(standing) != former.get("uid"):
            return f"{title(step)} was made anew by somebody else, and stays"
    return _UNDOING[step.verb](site, step, former)


_CHANGING: Final = frozenset({Verb.PATCH, Verb.LABEL, Verb.CORDON, Verb.UNCORDON})


# -- objects


def _uncreate(site: Site, step: Step, former: Former) -> str:
    if former.get("there"):
        return f"{title(step)} was there before, and stays"
    place = site.place(step)
    standing = site.changes.read(place)
    if standing is None:
        return f"{title(step)} is gone already"
    uid = former.get("uid")
    # A run that was killed in the middle has not said which one it made.
    is_ours = (
        uid == uid_of(standing) if uid else is_made_by(standing, site.changes.manager)
    )
    if not is_ours:
        return f"{title(step)} was made by somebody else, and stays"
    if not _is_as_made(site, step, former, standing):
        raise halt(f"{title(step)} stays: somebody has changed it")
    if user := next(_users(site, step), ""):
        raise halt(
            f"{title(step)} stays: {user} uses it",
            hint="take back what uses it first, then run the same command again",
        )
    fate, message = deleted(
        site.connection,
        place,
        uid=uid_of(standing),
        version=text_at(standing, "metadata", "resourceVersion"),
        dry_run=site.is_dry,
    )
    if fate is Fate.CHANGED:
        raise halt(f"{title(step)} stays: {message}")
    return f"{title(step)} {'deleted' if fate is Fate.DELETED else 'is gone already'}"


def _is_as_made(site: Site, step: Step, former: Former, standing: Wire) -> bool:
    """Tell whether nobody has changed an object since it was made.

    Of a run that was killed, or a server that has another version of the API now, it is
    only known that all is there that was made.
    """
    made = mapping_at(former, "as")
    now = spec_of(site, step, standing)
    is_same = made == now or not made.keys() & now.keys()
    return is_same and contains(standing, site.document(step))


def _users(site: Site, step: Step) -> Iterator[str]:
    find = _FINDING.get(step.kind)
    return find(site, step) if find is not None else iter(())


def _claims_of_class(site: Site, step: Step) -> Iterator[str]:
    for claim in items(site.connection, site.served.of_kind(CLAIM)):
        requests = sequence_at(claim, "spec", "devices", "requests")
        if any(step.name in _classes(each) for each in requests):
            yield _title("ResourceClaim", claim)


def _classes(request: object) -> set[str]:
    """Return the classes of a request, in any version of the API."""
    places = [request, mapping_at(request, "exactly")]
    places += sequence_at(request, "firstAvailable")
    return {text_at(each, "deviceClassName") for each in places}


def _pods_with_template(site: Site, step: Step) -> Iterator[str]:
    return _pods_with(site, step, "resourceClaimTemplateName")


def _pods_with_claim(site: Site, step: Step) -> Iterator[str]:
    return _pods_with(site, step, "resourceClaimName")


def _pods_with(site: Site, step: Step, field: str) -> Iterator[str]:
    for pod in items(site.connection, POD.place("v1", step.namespace)):
        entries = sequence_at(pod, "spec", "resourceClaims")
        is_named = any(text_at(each, field) == step.name for each in entries)
        if is_named and is_running(pod):
            yield _title("pod", pod)


def _title(kind: str, document: Wire) -> str:
    name, space = (text_at(document, "metadata", key) for key in ("name", "namespace"))
    return f"{kind} {space}/{name}"


_FINDING: Final[Mapping[str, Callable[[Site, Step], Iterator[str]]]] = {
    "DeviceClass": _claims_of_class,
    "ResourceClaimTemplate": _pods_with_template,
    "ResourceClaim": _pods_with_claim,
}


def _unpatch(site: Site, step: Step, former: Former) -> str:
    def plan(live: Wire) -> Operations:
        if fingerprint(live, step.patch) == former.get("before"):
            return ()
        # Of one that a run was killed at, what the server made of it is not known.
        is_known = site.mark(step) is not Mark.BEGUN
        if not is_patched(live, step, former, exactly=is_known):
            raise Outdated("it says something else where it was changed")
        return step.back

    changed = site.changes.patch(site.place(step), str(former.get("uid")), plan)
    hint = (
        "bring the fields that are shown back by hand, to what they were before the "
        "migration or right after; the same command goes on from there"
    )
    return of_change(changed, step, "changed back", hint)


# -- nodes


def _let_go(site: Site, step: Step) -> None:
    """Bring the pods that hold claims to leave a node.

    Of a driver that goes before them, they stay behind: their claims are never
    unprepared.
    """
    drivers = used(site.stack(step)).drivers
    gone = site.drained(step.name, Use(drivers=drivers)) if drivers else ()
    if gone:
        site.screen.note(f"pods that held claims left {step.name}: {', '.join(gone)}")


def _unwait(site: Site, step: Step, _former: Former) -> str:
    if step.devices:
        _let_go(site, step)
    return ""


def _unlabel(site: Site, step: Step, former: Former) -> str:
    _let_go(site, step)
    labels = mapping_at(former, "labels")
    wanted = {key: labels.get(key) for key in step.labels}
    plan = relabelling(wanted, step.labels)
    changed = site.changes.patch(site.place(step), str(former.get("uid")), plan)
    return of_change(changed, step, "has its former labels")


def _uncordon(site: Site, step: Step, former: Former) -> str:
    """Let pods come to a node again, once it has what it had before."""
    if former.get("unschedulable") is True:
        return f"{title(step)} was cordoned before, and stays so"
    if not site.is_dry:
        _wait_for_former(site, step, mapping_at(former, "allocatable"))
    return cordoned(site, step, former, wanted=False)


def _wait_for_former(site: Site, step: Step, amounts: Mapping[str, object]) -> None:
    told = False
    for _ in looks(site.seconds):
        now = allocatable(site.standing(step), amounts)
        if now.keys() == amounts.keys():
            break
        if not told:
            site.screen.note(f"waiting for {title(step)} to have {_listed(amounts)}")
            told = True
    else:
        raise halt(
            f"{title(step)} stays cordoned: it has not got back what it had",
            hint="look after the device plugin there; the same command goes on from "
            "there",
        )
    if now != amounts:
        had = f"not {_listed(amounts)} as before"
        site.screen.warn(f"{title(step)} has {_listed(now)}, {had}")


def _listed(amounts: Mapping[str, object]) -> str:
    return ", ".join(f"{amount} {name}" for name, amount in amounts.items())


def _recordon(site: Site, step: Step, former: Former) -> str:
    if former.get("stays") or former.get("unschedulable") is not True:
        return ""
    return cordoned(site, step, former, wanted=True)


def _by_hand(site: Site, step: Step, _former: Former) -> str:
    if step.kind == NODE.kind:
        _let_go(site, step)
    what = f"take back: {step.text}"
    if not site.is_done_by_hand(what, was_told=site.mark(step) is Mark.UNDOING):
        raise halt(
            "the next step has to be taken back by hand, and is not yet",
            hint="do it, then run the same command again",
        )
    return f"done by hand: {what}"


def _nothing(_site: Site, _step: Step, _former: Former) -> str:
    return ""


_UNDOING: Final[Mapping[Verb, Callable[[Site, Step, Former], str]]] = {
    Verb.CREATE: _uncreate,
    Verb.PATCH: _unpatch,
    Verb.CORDON: _uncordon,
    Verb.EVICT: _nothing,
    Verb.LABEL: _unlabel,
    Verb.WAIT: _unwait,
    Verb.UNCORDON: _recordon,
    Verb.BY_HAND: _by_hand,
}
