"""What the API server of a release makes of an object that is to be created.

Pure and offline. The steps are the server's own: decode, fill in the defaults of the
version, convert to v1, drop the fields of gates that are off, check.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.lifecycle import life_in
from dractl.api.versions import GROUP, VERSIONS, to_hub
from dractl.model.cluster import Profile
from dractl.rules.claims import check_claim, check_template
from dractl.rules.classes import check_class
from dractl.rules.decoding import check_decoded, type_meta
from dractl.rules.defaults import fill_in
from dractl.rules.gates import Dropped, drop
from dractl.rules.groups import GROUP as SCHEDULING
from dractl.rules.groups import SHAPES, check_group
from dractl.rules.path import Path
from dractl.rules.pods import HOLDERS, Holder, check_pod, pod_in
from dractl.rules.poolstatus import check_pool_status
from dractl.rules.reasons import INTERNAL
from dractl.rules.registry import Violation
from dractl.rules.serving import check_served
from dractl.rules.shapes import shape_of
from dractl.rules.slices import check_slice
from dractl.rules.taints import check_rule
from dractl.rules.wire import Reading, Wire

__all__ = ["Dropped", "Judgement", "judged"]

CREATED: Final = 201
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
UNPROCESSABLE: Final = 422
INTERNAL_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer of an API server.

    violations: all that it objects to, in its order, each of severity error. Paths are
    in the spelling of v1, except for `BadRequest`, which is about the document as it
    was written: there the server stops before it converts.
    dropped: the fields that it drops silently; known only when it got so far.
    kind: the kind, "" if the document has none.
    status: the HTTP status: 201, 400 (BadRequest), 404 (no such kind or version), 422,
    or 500 where the server itself breaks. None for kinds that are not judged.
    default: whether the server has that version without being told to. Beta versions
    of resource.k8s.io are off by default.
    """

    violations: tuple[Violation, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    kind: str = ""
    status: int | None = None
    default: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What a check may look at beside the object."""

    profile: Profile
    admin_namespaces: Collection[str] = ()


_Check = Callable[[Wire, Question], Iterator[Violation]]

_CHECKS: Final[Mapping[str, _Check]] = {
    "DeviceClass": lambda document, ask: check_class(document, ask.profile),
    "DeviceTaintRule": lambda document, ask: check_rule(document, ask.profile),
    "ResourceClaim": lambda document, ask: check_claim(
        document, ask.profile, ask.admin_namespaces
    ),
    "ResourceClaimTemplate": lambda document, ask: check_template(
        document, ask.profile, ask.admin_namespaces
    ),
    "ResourcePoolStatusRequest": lambda document, ask: check_pool_status(
        document, ask.profile
    ),
    "ResourceSlice": lambda document, ask: check_slice(document, ask.profile),
}


def judged(
    document: Mapping[str, Any],
    profile: Profile,
    admin_namespaces: Collection[str] = (),
) -> Judgement:
    """Return what the release with those gates makes of a new object.

    `admin_namespaces` are the names of the namespaces that are known to carry the label
    which admin access needs. The document is not changed.
    """
    faults = tuple(type_meta(document))
    if faults:
        kind = document.get("kind")
        kind = kind if isinstance(kind, str) else ""
        return Judgement(faults, kind=kind, status=BAD_REQUEST)
    group, _, version = document["apiVersion"].rpartition("/")
    question = Question(profile, admin_namespaces)
    if group == GROUP:
        return _judged_here(document, version, question)
    if group == SCHEDULING and document["kind"] in SHAPES:
        return _judged_group(document, profile)
    holder = HOLDERS.get((document["apiVersion"], document["kind"]))
    if holder is not None:
        return _judged_pod(document, holder, profile)
    return Judgement(kind=document["kind"])


def _judged_pod(
    document: Mapping[str, Any], holder: Holder, profile: Profile
) -> Judgement:
    kind, reading = document["kind"], Reading()
    decoded = holder.shape(document, None, reading)
    if reading.misfits:
        faults = tuple(check_decoded(reading.misfits))
        return Judgement(faults, (), kind, BAD_REQUEST)
    pod, path = pod_in(decoded, holder.steps), Path.of(*holder.steps)
    dropped = tuple(drop("Pod", pod, path, profile))
    found = tuple(check_pod(decoded, holder.steps, profile))
    return Judgement(found, dropped, kind, _status_of(found))


def _judged_group(document: Mapping[str, Any], profile: Profile) -> Judgement:
    kind, reading = document["kind"], Reading()
    decoded = SHAPES[kind](document, None, reading)
    if reading.misfits:
        faults = tuple(check_decoded(reading.misfits))
        return Judgement(faults, (), kind, BAD_REQUEST)
    dropped = tuple(drop(kind, decoded.get("spec", {}), Path.of("spec"), profile))
    found = tuple(check_group(decoded))
    return Judgement(found, dropped, kind, _status_of(found))


def _judged_here(
    document: Mapping[str, Any], version: str, question: Question
) -> Judgement:
    kind, profile = document["kind"], question.profile
    life = life_in(kind, version, profile.version)
    default = life is not None and life.is_on
    missing = tuple(check_served(kind, version, profile))
    shape = shape_of(kind, version, profile.version)
    if missing or shape is None:
        return Judgement(missing, (), kind, NOT_FOUND, default)
    reading = Reading()
    decoded = shape(document, None, reading)
    if reading.misfits:
        faults = tuple(check_decoded(reading.misfits))
        return Judgement(faults, (), kind, BAD_REQUEST, default)
    fill_in(kind, version, decoded)
    hub = dict(to_hub(decoded)) if VERSIONS.get((kind, version)) else decoded
    dropped = tuple(drop(kind, hub.get("spec", {}), Path.of("spec"), profile))
    found = tuple(_CHECKS[kind](hub, question))
    return Judgement(found, dropped, kind, _status_of(found), default)


def _status_of(found: tuple[Violation, ...]) -> int:
    if not found:
        return CREATED
    broken = any(each.reason == INTERNAL for each in found)
    return INTERNAL_ERROR if broken else UNPROCESSABLE
