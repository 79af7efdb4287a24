"""What each verb of a step does to a cluster, and what has to be kept to undo it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dractl.cli.migrate.site import Done, Former, Site, halt, is_made_by, title
from dractl.cli.text import counted
from dractl.legacy.shapes import mapping_at
from dractl.live.changing import Changed, Operations, Outcome, Outdated, Wire, uid_of
from dractl.live.draining import Use
from dractl.live.looks import looks
from dractl.live.nodestate import allocatable, published
from dractl.migrate.patches import PatchMisfit, contains, fingerprint, patched
from dractl.migrate.progress import Mark, Stack
from dractl.migrate.steps import Patch, Step, Verb

_PAST: Final = {Outcome.CHANGED: "", Outcome.UNCHANGED: "already "}


def prepared(site: Site, step: Step) -> Former:
    """Return what it takes to undo a step, read before it is done.

    Raises DractlError where the cluster is not what the step was planned for.
    """
    return _PREPARING[step.verb](site, step)


def done(site: Site, step: Step, former: Former) -> Done:
    """Do a step, or find that it is done; raise DractlError where it cannot be."""
    return _DOING[step.verb](site, step, former)


def of_change(changed: Changed, step: Step, said: str, hint: str = "") -> str:
    """Return what is said of a change; raise DractlError where others made one."""
    if changed.outcome is Outcome.OUTDATED:
        raise halt(f"{title(step)} was changed meanwhile: {changed.message}", hint)
    return f"{title(step)} {_PAST[changed.outcome]}{said}"


# -- objects


def _before_create(site: Site, step: Step) -> Former:
    standing = site.changes.read(site.place(step))
    if standing is None:
        return {"there": False}
    _check_same(site, step, standing)
    return {"there": True, "uid": uid_of(standing)}


def _create(site: Site, step: Step, former: Former) -> Done:
    """Create an object that is not there, in the name of our field manager.

    It is not applied by the server: that would change an object of the same name that
    somebody makes meanwhile, and leave no way to tell whose it is.
    """
    if former.get("there"):
        return Done(former, f"{title(step)} was there already, and is the same")
    changed = site.changes.create(site.place(step), site.document(step))
    made = changed.object
    is_ours = changed.outcome is Outcome.CHANGED
    if not is_ours:
        _check_same(site, step, made)
        # An earlier run may have made it, and was killed before it could say so.
        is_ours = is_made_by(made, site.changes.manager)
    said = "created" if is_ours else "was made by somebody else meanwhile"
    made_as = {
        "there": not is_ours,
        "uid": uid_of(made),
        "as": spec_of(site, step, made),
    }
    return Done(made_as, f"{title(step)} {said}")


def spec_of(site: Site, step: Step, standing: Wire) -> dict[str, str]:
    """Return the digest of an object's spec, by the version in which it was read."""
    return {site.place(step).version: fingerprint(standing, _SPEC)}


_SPEC: Final[Patch] = ({"op": "replace", "path": "/spec"},)


def _check_same(site: Site, step: Step, standing: Wire) -> None:
    if not contains(standing, site.document(step)):
        raise halt(
            f"{title(step)} is there already, and says something else",
            hint="rename or remove that one, or plan anew with another --state",
        )


def _before_patch(site: Site, step: Step) -> Former:
    standing = site.standing(step)
    try:
        after = fingerprint(patched(standing, step.patch), step.patch)
    except PatchMisfit as why:
        raise halt(
            f"{title(step)} is not any more what the plan saw: {why}",
            hint="plan anew: begin with another --state file",
        ) from None
    before = fingerprint(standing, step.patch)
    return {"uid": uid_of(standing), "before": before, "after": after}


def _patch(site: Site, step: Step, former: Former) -> Done:
    def plan(live: Wire) -> Operations:
        if fingerprint(live, step.patch) == former.get("before"):
            return step.patch
        if is_patched(live, step, former, exactly=False):
            return ()
        raise Outdated("it says something else where it is to change")

    changed = site.changes.patch(site.place(step), str(former.get("uid")), plan)
    said = of_change(changed, step, "changed")
    after = fingerprint(changed.object, step.patch)
    return Done({**former, "after": after}, said)


def is_patched(live: Wire, step: Step, former: Former, *, exactly: bool) -> bool:
    """Tell whether an object is as a step has made it.

    If not `exactly`, a server may have added defaults where it was changed: then it is
    enough that the way back leads to what was there before.
    """
    if fingerprint(live, step.patch) == former.get("after"):
        return True
    if exactly:
        return False
    try:
        restored = patched(live, step.back)
    except PatchMisfit:
        return False
    return fingerprint(restored, step.patch) == former.get("before")


# -- nodes


def _before_label(site: Site, step: Step) -> Former:
    standing = site.standing(step)
    labels = mapping_at(standing, "metadata", "labels")
    former = {key: labels.get(key) for key in step.labels}
    return {"uid": uid_of(standing), "labels": former}


def _label(site: Site, step: Step, former: Former) -> Done:
    plan = relabelling(step.labels, mapping_at(former, "labels"))
    changed = site.changes.patch(site.place(step), str(former.get("uid")), plan)
    said = ", ".join(
        f"{key}-" if value is None else f"{key}={value}"
        for key, value in step.labels.items()
    )
    return Done(former, of_change(changed, step, f"labelled {said}"))


def relabelling(
    wanted: Mapping[str, Any], former: Mapping[str, Any]
) -> Callable[[Wire], Operations]:
    """Return what changes labels that are still the former ones."""

    def plan(live: Wire) -> Operations:
        labels = mapping_at(live, "metadata", "labels")
        found: list[Wire] = []
        for key, value in wanted.items():
            now = labels.get(key)
            if now == value:
                continue
            if now != former.get(key):
                raise Outdated(f"its label {key} is {now!r}, not {former.get(key)!r}")
            if not labels and not found:
                found.append({"op": "add", "path": "/metadata/labels", "value": {}})
            escaped = key.replace("~", "~0").replace("/", "~1")
            path = f"/metadata/labels/{escaped}"
            if value is None:
                found.append({"op": "remove", "path": path})
            else:
                found.append({"op": "add", "path": path, "value": value})
        return tuple(found)

    return plan


def _before_cordon(site: Site, step: Step) -> Former:
    standing = site.standing(step)
    return {
        "uid": uid_of(standing),
        "unschedulable": is_cordoned(standing),
        "bare": "spec" not in standing,
        "allocatable": dict(allocatable(standing, site.stack(step).resources)),
    }


def _cordon(site: Site, step: Step, former: Former) -> Done:
    return Done(former, cordoned(site, step, former, wanted=True))


def _uncordon(site: Site, step: Step, former: Former) -> Done:
    if site.former(Verb.CORDON, step.name).get("unschedulable") is True:
        said = f"{title(step)} was cordoned before, and stays so"
        return Done({**former, "stays": True}, said)
    return Done(former, cordoned(site, step, former, wanted=False))


def cordoned(site: Site, step: Step, former: Former, *, wanted: bool) -> str:
    """Cordon a node, or let pods come again; return what is said of it."""

    def plan(live: Wire) -> Operations:
        if is_cordoned(live) is wanted:
            return ()
        if wanted and not mapping_at(live, "spec"):
            return ({"op": "add", "path": "/spec", "value": {"unschedulable": True}},)
        if wanted:
            return ({"op": "add", "path": "/spec/unschedulable", "value": True},)
        is_all = was_bare and len(mapping_at(live, "spec")) == 1
        path = "/spec" if is_all else "/spec/unschedulable"
        return ({"op": "remove", "path": path},)

    was_bare = site.former(Verb.CORDON, step.name).get("bare") is True
    changed = site.changes.patch(site.place(step), str(former.get("uid")), plan)
    return of_change(changed, step, "cordoned" if wanted else "uncordoned")


def is_cordoned(node: Wire) -> bool:
    """Tell whether no new pods come to a node."""
    return mapping_at(node, "spec").get("unschedulable") is True


def _evict(site: Site, step: Step, former: Former) -> Done:
    use = used(site.stack(step))
    gone = site.drained(step.name, use)
    said = f"evicted {', '.join(gone)}" if gone else "no pod uses its devices"
    return Done(former, f"{title(step)}: {said}")


def used(stack: Stack) -> Use:
    """Return what makes a pod a user of a node's devices."""
    return Use(stack.resources, frozenset(stack.devices))


def _wait(site: Site, step: Step, former: Former) -> Done:
    if site.is_dry:
        return Done(former, f"{title(step)}: would be waited for")
    missing = waited(site, step)
    if missing:
        raise halt(f"{title(step)} is not ready in time: {missing}", _WAIT_HINT)
    if step.amounts:
        # Pods of DaemonSets, which come back only now without the devices: else the
        # driver would give these to others as well.
        use = Use(frozenset(step.amounts))
        gone = site.drained(step.name, use, with_daemons=True)
        if gone:
            site.screen.note(f"pods of DaemonSets left {step.name}: {', '.join(gone)}")
    return Done(former, f"{title(step)}: {_ready(step)}")


_WAIT_HINT: Final = (
    "look after the plugin's and the driver's pods there; the same command goes on, "
    "--timeout gives it longer"
)


def _ready(step: Step) -> str:
    gone = [f"no {name} any more" for name in step.amounts]
    here = [
        f"{counted(count, 'device')} of {name}" for name, count in step.devices.items()
    ]
    return ", ".join([*gone, *here]) or "ready"


def waited(site: Site, step: Step) -> str:
    """Wait for what a step says of its node; return what is missing at the end."""
    missing = ""
    told = ""
    for _ in looks(site.seconds):
        missing = unready(site, step)
        if not missing:
            break
        if missing != told:
            site.screen.note(f"waiting for {title(step)}: {missing}")
            told = missing
    return missing


def unready(site: Site, step: Step) -> str:
    """Return what a node still has, or has not yet, of what a step waits for."""
    if step.amounts:
        left = allocatable(site.standing(step), step.amounts)
        if left:
            return ", ".join(f"it still has {left[name]} {name}" for name in left)
    for driver, count in step.devices.items():
        found = published(site.connection, site.served, step.name, driver)
        if found.devices < count:
            why = f" ({found.why})" if found.why else ""
            return f"{found.devices} of {counted(count, 'device')} of {driver}{why}"
    return ""


# -- people


def _by_hand(site: Site, step: Step, former: Former) -> Done:
    if not site.is_done_by_hand(step.text, was_told=site.mark(step) is Mark.BEGUN):
        raise halt(
            "the next step has to be done by hand, and is not yet",
            hint="do it, then run the same command again",
        )
    return Done(former, f"done by hand: {step.text}")


def _nothing(_site: Site, _step: Step) -> Former:
    return {}


_PREPARING: Final[Mapping[Verb, Callable[[Site, Step], Former]]] = {
    Verb.CREATE: _before_create,
    Verb.PATCH: _before_patch,
    Verb.CORDON: _before_cordon,
    Verb.EVICT: _nothing,
    Verb.LABEL: _before_label,
    Verb.WAIT: _nothing,
    Verb.UNCORDON: _before_cordon,
    Verb.BY_HAND: _nothing,
}
_DOING: Final[Mapping[Verb, Callable[[Site, Step, Former], Done]]] = {
    Verb.CREATE: _create,
    Verb.PATCH: _patch,
    Verb.CORDON: _cordon,
    Verb.EVICT: _evict,
    Verb.LABEL: _label,
    Verb.WAIT: _wait,
    Verb.UNCORDON: _uncordon,
    Verb.BY_HAND: _by_hand,
}
