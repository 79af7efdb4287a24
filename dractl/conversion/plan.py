"""What becomes of documents in another version, and what is to be said of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dractl import legacy
from dractl.api.conversion import convert
from dractl.api.lifecycle import LIVES
from dractl.api.lists import is_list
from dractl.api.problems import MalformedField
from dractl.api.versions import GROUP, to_hub
from dractl.api.versions_back import ConversionError, Loss
from dractl.conversion.fields import too_new
from dractl.conversion.meanings import changes
from dractl.conversion.objects import Document, Held, Steps, objects_in, put_back
from dractl.conversion.target import Target, deprecation


class Degree(StrEnum):
    """How bad a remark is: nothing was done, something may differ, good to know."""

    REFUSED = "refused"
    LEGACY = "legacy"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say of an object; `steps` lead to it in its document."""

    degree: Degree
    steps: Steps
    kind: str
    name: str
    path: str
    message: str

    def __str__(self) -> str:
        """Return one line without the place."""
        subject = " ".join(part for part in (self.kind, self.name) if part)
        return ": ".join(part for part in (subject, self.path, self.message) if part)


@dataclass(slots=True)
class Outcome:
    """What one document becomes: none or several where objects of old times do."""

    documents: tuple[object, ...]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Tell whether some object in it could not be converted."""
        return any(each.degree is Degree.REFUSED for each in self.remarks)


@dataclass(slots=True)
class _Object:
    """An object on its way, and the document that it is from."""

    number: int
    held: Held
    remarks: list[Remark] = field(default_factory=list)
    made: tuple[Document, ...] = ()

    def say(self, degree: Degree, message: str, path: str = "") -> None:
        value = self.held.value
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        steps, kind = self.held.steps, str(value.get("kind", ""))
        remark = Remark(degree, steps, kind, str(name or ""), path, message)
        self.remarks.append(remark)


def converted(
    documents: Sequence[object], target: Target, *, defaults: bool = False
) -> list[Outcome]:
    """Return what becomes of each document; those without a change come back as is.

    What the target cannot express stays as it was, with a remark; the rest is still
    converted.
    """
    objects = [
        _Object(number, held)
        for number, document in enumerate(documents)
        for held in objects_in(document)
    ]
    modern = legacy.modernised([each.held.value for each in objects])
    for each, today in zip(objects, modern, strict=True):
        _convert(each, today, target, defaults=defaults)
    _keep_what_is_still_needed(objects, modern)
    own: dict[int, list[_Object]] = {}
    for each in objects:
        own.setdefault(each.number, []).append(each)
    return [
        _outcome(document, own.get(number, ()))
        for number, document in enumerate(documents)
    ]


def _convert(
    each: _Object, today: legacy.Modern, target: Target, *, defaults: bool
) -> None:
    value = each.held.value
    kind, version = str(value.get("kind")), str(value.get("apiVersion"))
    for construct in legacy.found(value):
        # What is converted needs no advice on how to do it.
        advice = "" if construct.blocks else f"; {construct.fix}"
        each.say(Degree.LEGACY, construct.message + advice, construct.path)
    if (notice := deprecation(kind, version)) is not None:
        each.say(Degree.NOTE, notice)
    for note in today.notes:
        each.say(Degree.LEGACY, note)
    each.made = (value,)
    if today.refusal is not None:
        each.say(Degree.REFUSED, today.refusal)
        return
    try:
        made = [_in_version(new, target, defaults) for new in today.documents]
    except ConversionError as error:
        for loss in error.fields:
            each.say(Degree.REFUSED, _why(loss, target), loss.path)
        return
    # An object without a change comes back itself, and its text stays.
    each.made = tuple(value if new == value else new for new in made)
    for new in made:
        for change in changes(value, new, target.release):
            each.say(Degree.NOTE, change.message, change.path)


def _keep_what_is_still_needed(
    objects: Sequence[_Object], modern: Sequence[legacy.Modern]
) -> None:
    """Let parameters stay if the class that took them up has to stay as it was."""
    stays = any(
        today.refusal is None
        and today.documents != (each.held.value,)
        and each.made == (each.held.value,)
        for each, today in zip(objects, modern, strict=True)
    )
    for each in objects:
        if stays and not each.made:
            each.made = (each.held.value,)


def _why(loss: Loss, target: Target) -> str:
    return f"cannot be expressed in {target}: {loss.reason}"


def _in_version(document: Document, target: Target, defaults: bool) -> Document:
    kind, version = str(document.get("kind")), str(document.get("apiVersion"))
    if not version.startswith(f"{GROUP}/") or kind not in LIVES:
        return document
    wanted = target.of(kind)
    if wanted is None:
        reason = f"{kind} has no version there"
        raise ConversionError(document, str(target), (Loss("apiVersion", reason),))
    if target.release is not None:
        _check_fields(document, target)
    if kind == "ResourcePoolStatusRequest":
        return document
    return convert(document, wanted, defaults=defaults)


def _check_fields(document: Document, target: Target) -> None:
    try:
        hub = to_hub(document)
    except MalformedField:
        return  # the conversion reports it
    if target.release is not None and (lost := tuple(too_new(hub, target.release))):
        raise ConversionError(document, str(target), lost)


def _outcome(document: object, objects: Sequence[_Object]) -> Outcome:
    for each in objects:
        grows = len(each.made) != 1
        if grows and each.held.steps and not each.held.in_list:
            each.say(Degree.REFUSED, f"would become {len(each.made)} objects in here")
            each.made = (each.held.value,)
    remarks = [remark for each in objects for remark in each.remarks]
    if is_list(document) and document.get("kind") != "List":
        return _typed_list(document, objects, remarks)
    if not any(_changed(each) for each in objects):
        return Outcome((document,), remarks)
    top = next((each for each in objects if not each.held.steps), None)
    if top is not None and len(top.made) != 1:
        return Outcome(top.made, remarks)
    changes = {each.held.steps: each.made for each in objects if _changed(each)}
    return Outcome((put_back(document, changes),), remarks)


def _changed(each: _Object) -> bool:
    return len(each.made) != 1 or each.made[0] != each.held.value


def _typed_list(
    document: Document, objects: Sequence[_Object], remarks: list[Remark]
) -> Outcome:
    """Return a list such as ResourceClaimList, whose items are all of its version."""
    if any(remark.degree is Degree.REFUSED for remark in remarks):
        return Outcome((document,), remarks)
    kind = str(document.get("kind")).removesuffix("List")
    versions = {str(new.get("apiVersion")) for each in objects for new in each.made}
    kinds = {str(new.get("kind")) for each in objects for new in each.made}
    if not any(_changed(each) for each in objects) or len(versions) != 1:
        return Outcome((document,), remarks)
    version = versions.pop()
    items = document.get("items")
    given = list(items) if isinstance(items, list | tuple) else []
    news: list[object] = []
    for each, item in zip(objects, given, strict=True):
        stated = item if isinstance(item, Mapping) else {}
        news += [dict(_as_stated(new, stated, kinds == {kind})) for new in each.made]
    head = {"apiVersion": version} if kinds == {kind} else {"apiVersion": "v1"}
    renamed = {} if kinds == {kind} else {"kind": "List"}
    return Outcome(({**document, **head, **renamed, "items": news},), remarks)


def _as_stated(
    new: Document, item: Document, implied: bool
) -> Iterator[tuple[str, object]]:
    """Yield the fields, without those that the list implies and the item left out."""
    for key, value in new.items():
        if not (implied and key in {"apiVersion", "kind"} and key not in item):
            yield key, value
