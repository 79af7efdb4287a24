"""All that is to be said of one object: what the server refuses, and what is regretted.

Importing this module fills the table of rules.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.lifecycle import LIVES
from dractl.api.versions import GROUP
from dractl.model.cluster import Profile
from dractl.rules import (
    advice_cel,
    advice_claims,
    advice_devices,
    advice_fit,
    advice_opaque,
    advice_pools,
    advice_versions,
    mending,
    references,
)
from dractl.rules.advice import ADVISERS
from dractl.rules.olden import with_legacy
from dractl.rules.reasons import REQUIRED
from dractl.rules.registry import RULES, Severity, Violation, rule
from dractl.rules.server import BAD_REQUEST, Dropped, Judgement, judged
from dractl.rules.subject import Subject, mapping, text
from dractl.rules.world import World

__all__ = ["ADVICE", "IGNORE", "RULES", "Answer", "check", "codes_in"]

IGNORE: Final = "dractl.dev/ignore"
ADVICE: Final = (
    advice_cel,
    advice_claims,
    advice_devices,
    advice_fit,
    advice_opaque,
    advice_pools,
    advice_versions,
    references,
)
"""The modules with rules for what is regretted."""


_FOLLOWS_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "cel-never-true": ("cel-impossible-driver",),
    "cel-unknown-driver": ("cel-impossible-driver",),
    "cel-unknown-name": ("cel-impossible-domain",),
    "config-without-effect": ("config-driver",),
}
"""What need not be said where something else was, by code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be said of an object; `is_checked` False: no rule is about its kind.

    `ignored` tells how many violations were left out.
    """

    violations: tuple[Violation, ...] = ()
    is_checked: bool = True
    ignored: int = 0


def check(
    document: object,
    profile: Profile,
    world: World,
    *,
    with_info: bool = True,
    ignored: frozenset[str] = frozenset(),
) -> Answer:
    """Return what is to be said of an object, in no particular order.

    `ignored` are codes that are left out beside those that its annotation names; `all`
    stands for every code.
    """
    found = _found(document, profile, world, with_info=with_info)
    if found is None:
        return Answer(is_checked=False)
    codes = ignored | codes_in(
        text(mapping(document, "metadata", "annotations"), IGNORE)
    )
    kept = [each for each in found if not {"all", each.code} & codes]
    unique = tuple(_plainest(dict.fromkeys(kept)))
    return Answer(unique, ignored=len(found) - len(kept))


def _found(
    document: object, profile: Profile, world: World, *, with_info: bool
) -> list[Violation] | None:
    """Return all violations; None where no rule is about such an object."""
    subject = Subject.of(document, profile)
    if subject is None or not isinstance(document, Mapping):
        return _without_type(document, profile)
    judgement = _judgement(document, subject, world)
    if judgement.status is None and subject.pod is None and subject.group != GROUP:
        return list(with_legacy(document, ())) or None
    objections = list(judgement.violations)
    if judgement.status == BAD_REQUEST:
        objections += _beyond(document, subject, world, objections)
    found = [mending.mended(each, document, subject) for each in objections]
    for each in judgement.dropped:
        found += field_dropped(each, profile)
    for severity, adviser in ADVISERS:
        if severity is not Severity.INFO or with_info:
            found += adviser(subject, world)
    return list(with_legacy(document, found))


def _plainest(found: Iterable[Violation]) -> Iterator[Violation]:
    """Yield the violations without those that only follow from others."""
    listed = list(found)
    at = {(each.code, str(each.path)) for each in listed}
    expressions = [str(each.path) for each in listed if each.code.startswith("cel-")]
    is_told = any(each.reason or each.code in advice_fit.SAID_BY for each in listed)
    for each in listed:
        place = str(each.path)
        if each.code == "claim-fits-nowhere" and is_told:
            continue
        if any((code, place) in at for code in _FOLLOWS_FROM.get(each.code, ())):
            continue
        option = place.removesuffix("deviceClassName")
        if each.code == "no-device-matches" and (
            ("too-many-devices", f"{option}count") in at
            or any(one.startswith(option) for one in expressions)
        ):
            continue
        yield each


def _without_type(document: object, profile: Profile) -> list[Violation] | None:
    """Return what to say of a document that names no kind or no version."""
    if not isinstance(document, Mapping) or not (
        text(document, "apiVersion").startswith(f"{GROUP}/")
        or text(document, "kind") in LIVES
    ):
        return None  # a file of values, or the like
    return list(judged(document, profile).violations)


def _judgement(
    document: Mapping[str, Any], subject: Subject, world: World
) -> Judgement:
    label = subject.profile.admin_access_label
    namespace = (
        world.find("Namespace", subject.namespace) if subject.namespace else None
    )
    # Of a namespace that nobody knows, it is taken that it has the label.
    is_refused = (
        namespace is not None and dict(namespace.labels).get(label or "") != "true"
    )
    names = () if is_refused else (subject.namespace or "default",)
    return judged(document, subject.profile, names)


def _beyond(
    document: Mapping[str, Any],
    subject: Subject,
    world: World,
    misfits: Sequence[Violation],
) -> Iterator[Violation]:
    """Yield what the server would say once those are out of the way.

    It stops where it cannot decode an object; users want to mend a file only once.
    """
    rest = copy.deepcopy(dict(document))
    removed = [
        str(each.path)
        for each in misfits
        if each.path.steps and mending.remove(rest, each.path)
    ]
    if len(removed) < len(misfits):
        return
    for each in _judgement(rest, subject, world).violations:
        place = str(each.path)
        if any(one.startswith(place) or place.startswith(one) for one in removed):
            continue
        # What is missing may be what was misspelt beside it.
        beside = place.rpartition(".")[0]
        if each.reason == REQUIRED and any(
            one.rpartition(".")[0] == beside for one in removed
        ):
            continue
        yield each


def codes_in(listed: str) -> frozenset[str]:
    """Return the codes of a list with commas, as annotations and comments have it."""
    return frozenset(each.strip() for each in listed.split(","))


@rule("field-dropped", Severity.WARNING)
def field_dropped(dropped: Dropped, profile: Profile) -> Iterator[Violation]:
    """A field that this release accepts and does not keep.

    Fields of a feature whose gate is off are removed before the object is stored,
    without an error or a warning. The object then asks for something else than its
    author wanted.
    """
    since = f"; it is on by default since {dropped.since}" if dropped.since else ""
    yield Violation(
        "field-dropped",
        dropped.path,
        f"Kubernetes {profile.version} drops {dropped.field}: the feature gate "
        f"{dropped.gate} is off{since}",
        fix=f"turn on {dropped.gate} in the API server and the scheduler",
    )
