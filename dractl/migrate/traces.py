"""What pods carry for device plugins beside the resources: told, never dropped.

Values of environment variables can be secrets, so that only well-known ones are shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from dractl.api.decode_shared import toleration
from dractl.api.problems import MalformedField
from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Target, User
from dractl.migrate.hazards.registry import Hazard, listed
from dractl.migrate.inputs import Steps
from dractl.model.claims import Toleration
from dractl.model.devices import Taint
from dractl.rules.registry import Severity
from dractl.rules.subject import entries, mapping, text
from dractl.solver.view import tolerates
from dractl.vendors.plugins import Trace, TracePlace

UNNEEDED: Final = listed(
    "plugin-trace-unneeded",
    Severity.WARNING,
    """A pod has something for the device plugin that does nothing with DRA, or harm.

    An environment variable, a runtime class or an annotation tells the plugin's own
    runtime which devices a container has. With DRA, claims tell it. It stays in the
    manifest until you take it out: dractl does not know what else reads it.
    """,
)
TRACE: Final = listed(
    "plugin-trace",
    Severity.INFO,
    """A pod has something for the device plugin that may still be of use.

    It stays in the manifest. Whether it is needed with DRA depends on the nodes or on
    the program in the container.
    """,
)
UNTOLERATED: Final = listed(
    "toleration-missing",
    Severity.WARNING,
    """Nodes have a taint that pods tolerated by asking for the extended resource.

    The admission plugin ExtendedResourceToleration adds a toleration for the name of
    each extended resource to pods that ask for it. To pods with claims, it adds none:
    they do not come to these nodes unless the manifest has the toleration.
    """,
)
_CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")
_REFERENCE: Final = re.compile(r"\$[({]?([A-Z][A-Z0-9_]*)", re.ASCII)
_KEEPS_AWAY: Final = frozenset({"NoSchedule", "NoExecute"})
_WORDS: Final[Mapping[TracePlace, str]] = {
    "environment": "environment variable",
    "runtime-class": "runtime class",
    "toleration": "toleration of",
    "annotation": "annotation",
}


@dataclass(frozen=True, slots=True)
class _Carried:
    """Something that a pod has, by the name that rows know it by."""

    place: TracePlace
    name: str
    steps: Steps
    holder: str = ""
    value: str | None = None


def findings(
    user: User, targets: Mapping[str, Target], snapshot: Snapshot
) -> Iterator[Finding]:
    """Yield what a user carries for the plugins of the resources that change.

    Also the taints of nodes that it would no longer tolerate.
    """
    rows = [row for each in targets.values() for row in each.plugin.traces]
    seen: set[Steps] = set()
    for each in _carried(user):
        row = next((row for row in rows if _is_of(row, each)), None)
        if row is not None and each.steps not in seen:
            seen.add(each.steps)
            yield _finding(user, each, row)
    yield from _untolerated(user, targets, snapshot)


def _is_of(row: Trace, each: _Carried) -> bool:
    return row.place == each.place and fnmatchcase(each.name, row.pattern)


def _carried(user: User) -> Iterator[_Carried]:
    spec, base = user.spec, user.steps
    for kind in _CONTAINERS:
        for index, container in enumerate(entries(spec, kind)):
            yield from _of_container(container, (*base, kind, index))
    name = text(spec, "runtimeClassName")
    if name:
        yield _Carried("runtime-class", name, (*base, "runtimeClassName"))
    for index, each in enumerate(entries(spec, "tolerations")):
        yield _Carried("toleration", text(each, "key"), (*base, "tolerations", index))
    outer = base[:-1] if base and base[-1] == "spec" else base
    for key in user.annotations:
        yield _Carried("annotation", key, (*outer, "metadata", "annotations", key))


def _of_container(container: object, base: Steps) -> Iterator[_Carried]:
    """Yield the variables that a container sets, and those that it reads."""
    name = text(container, "name")
    of = f" of container {name}" if name else ""
    for place, each in enumerate(entries(container, "env")):
        steps = *base, "env", place
        value = mapping(each).get("value")
        known = value if isinstance(value, str) else None
        yield _Carried("environment", text(each, "name"), steps, of, known)
        for used in _used(known):
            yield _Carried("environment", used, steps, f"{of}, which it reads")
    for key in ("command", "args"):
        for place, word in enumerate(entries(container, key)):
            for used in _used(word):
                steps = *base, key, place
                yield _Carried("environment", used, steps, f"{of}, which it reads")


def _used(value: object) -> Iterator[str]:
    """Yield the variables to which a text refers: `$(NAME)`, `${NAME}`, `$NAME`."""
    if isinstance(value, str):
        yield from dict.fromkeys(_REFERENCE.findall(value))


def _finding(user: User, each: _Carried, row: Trace) -> Finding:
    hazard = UNNEEDED if row.is_removable else TRACE
    value = f"={each.value}" if each.value in row.shown else ""
    what = f"{_WORDS[each.place]} {each.name}{value}{each.holder}"
    fix = "take it out of the manifest" if row.is_removable else ""
    return _told(hazard, user, f"{what}: {row.advice}", each.steps, fix)


def _told(hazard: Hazard, user: User, message: str, steps: Steps, fix: str) -> Finding:
    return Finding(
        hazard.code,
        hazard.severity,
        message,
        user.input.title,
        user.input.place(steps),
        fix,
    )


# -- taints


def _untolerated(
    user: User, targets: Mapping[str, Target], snapshot: Snapshot
) -> Iterator[Finding]:
    has = tuple(_tolerations(user))
    for resource in targets:
        left = dict.fromkeys(
            name
            for taint, nodes in snapshot.nodes_by_taint.items()
            if taint.key == resource and taint.effect in _KEEPS_AWAY
            if not any(
                tolerates(each, Taint(taint.key, taint.value, taint.effect))
                for each in has
            )
            for name in nodes
        )
        if left:
            others = f" and {len(left) - 1} more" if len(left) > 1 else ""
            yield _told(
                UNTOLERATED,
                user,
                f"node {next(iter(left))}{others} has the taint {resource}, which pods "
                "with claims have to tolerate by themselves",
                (*user.steps, "tolerations"),
                f"add a toleration of {resource} with the operator Exists",
            )


def _tolerations(user: User) -> Iterator[Toleration]:
    for each in entries(user.spec, "tolerations"):
        try:
            yield toleration(mapping(each))
        except MalformedField:
            continue  # it tolerates nothing; that it is wrong, others tell
