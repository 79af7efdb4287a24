"""Looks up kinds and fields in the schemas of resource.k8s.io.

The schemas are those of `schemas/resource.k8s.io`; `x-since` and `x-until` in them are
the first and last release that has a kind or a field in that version of the API.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dractl.api.versions import GROUP
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import NEWEST, KubernetesVersion
from dractl.reference.answer import Entry, Field, Page, Spelling
from dractl.reference.nodes import (
    Schema,
    Spot,
    inner,
    limits,
    pattern,
    resolved,
    span,
    spot,
    type_of,
    values_of,
)

VERSIONS: Final = ("v1", "v1beta2", "v1beta1", "v1alpha3")
"""Of the API; the one that servers prefer is first."""

_FLAT: Final = frozenset({"v1beta1", "v1alpha3"})
_MARK: Final = re.compile(r"\[[^\]]*\]|\{\}")
_WORD: Final = re.compile(r"[a-z]+[A-Z][A-Za-z]*")
_SHORT: Final[Mapping[str, str]] = {
    "claim": "ResourceClaim",
    "class": "DeviceClass",
    "slice": "ResourceSlice",
    "taintrule": "DeviceTaintRule",
    "template": "ResourceClaimTemplate",
}
"""Names of kinds that dractl render takes, too."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A kind in one version of the API and one release."""

    kind: str
    version: str
    schema: Schema
    release: KubernetesVersion


class Book:
    """All schemas of the group, and which rules speak of which field.

    `manuals` are texts by the codes of rules; a rule speaks of the fields that its
    manual or code names, if the name is one that plain English does not have.
    """

    def __init__(self, schemas: Iterable[Schema], manuals: Mapping[str, str]) -> None:
        self._schemas: dict[str, dict[str, Schema]] = {}
        for each in schemas:
            properties = each["properties"]
            version = str(properties["apiVersion"]["const"]).rpartition("/")[2]
            kind = str(properties["kind"]["const"])
            self._schemas.setdefault(kind, {})[version] = each
        self._rules: dict[str, set[str]] = defaultdict(set)
        for code, manual in manuals.items():
            for word in (*_WORD.findall(manual), _camel(code)):
                self._rules[word].add(code)

    def contents(self, release: KubernetesVersion) -> tuple[Entry, ...]:
        """Return the kinds that a release can serve."""
        found = []
        for kind in sorted(self._schemas):
            if served := self._served(kind, release):
                schema = self._schemas[kind][served[0]]
                text, gate = schema["description"], schema.get("x-gate")
                found.append(Entry(kind, served, text, gate))
        return tuple(found)

    def page(
        self, text: str, release: KubernetesVersion, version: str | None = None
    ) -> Page:
        """Return what `KIND.path.to.field` is in a release, or in a version of the API.

        With a version, the release is the nearest one that serves it. Raises
        DractlError for what there is not, and tells where it was or is.
        """
        typed, *steps = [each for each in _plain(text) if each] or [""]
        kind = self._kind(typed)
        chosen = version or self._preferred(kind, release)
        schema = self._schemas[kind].get(chosen)
        if schema is None:
            has = ", ".join(self._versions(kind))
            raise _unknown(f"{kind} has no version {chosen[:40]!r}", f"it has {has}")
        first, last = span(schema)
        nearest = min(max(release, first), last or NEWEST)
        place = _Place(kind, chosen, schema, nearest)
        found = self._found(place, steps)
        return Page(kind, chosen, nearest, self._told(place, found))

    def _kind(self, typed: str) -> str:
        plain = re.sub("[-_ ]", "", typed.lower())
        names = {each.lower(): each for each in self._schemas} | dict(_SHORT)
        for form in (plain, plain.removesuffix("s"), plain.removesuffix("es")):
            if form in names:
                return names[form]
        near = difflib.get_close_matches(plain, names, 1)
        kinds = ", ".join(sorted(self._schemas))
        raise _unknown(
            f"there is no kind {typed[:60]!r} in {GROUP}",
            f"do you mean {names[near[0]]}?" if near else f"it has {kinds}",
        )

    def _versions(self, kind: str) -> tuple[str, ...]:
        return tuple(each for each in VERSIONS if each in self._schemas[kind])

    def _served(self, kind: str, release: KubernetesVersion) -> tuple[str, ...]:
        schemas = self._schemas[kind]
        return tuple(
            each for each in self._versions(kind) if span(schemas[each]).has(release)
        )

    def _preferred(self, kind: str, release: KubernetesVersion) -> str:
        if served := self._served(kind, release):
            return served[0]
        spans = [span(each) for each in self._schemas[kind].values()]
        since = min(each.first for each in spans)
        last = max(each.last or NEWEST for each in spans)
        raise _unknown(
            f"Kubernetes {release} has no {kind}",
            f"it came with Kubernetes {since}"
            if release < since
            else f"the last release that has it is {last}",
        )

    def _found(self, place: _Place, steps: Sequence[str]) -> Spot:
        """Return a field; raise DractlError if this release does not have it."""
        here = Spot(place.schema, "", span(place.schema))
        for number, step in enumerate(steps):
            there = here.step(step, place.schema)
            if there is None or not there.span.has(place.release):
                where = ".".join((place.kind, *steps[:number]))
                message = f"{where} has no field {step[:60]!r} in {place.version}"
                if there is not None:
                    message += f" of Kubernetes {place.release}"
                hint = self._elsewhere(place, steps)
                raise _unknown(message, hint or _near(step, _inside(place, here)))
            here = there
        return here

    def _elsewhere(self, place: _Place, steps: Sequence[str]) -> str:
        """Return where else there is such a field, in words; "": nowhere."""
        own = spot(place.schema, steps)
        if own is not None:
            first, last = own.span
            if place.release < first or last is None:
                return f"it came with Kubernetes {first}"
            return f"the last release that has it is {last}"
        for other in self._versions(place.kind):
            there = spot(self._schemas[place.kind][other], steps)
            if there is None:
                continue
            here = self._respelled(place.kind, other, steps, place.version)
            if here is not None:
                return f"in {place.version} it is {place.kind}.{here}"
            return f"{other} has it"
        return ""

    def _respelled(
        self, kind: str, version: str, steps: Sequence[str], other: str
    ) -> str | None:
        """Return the path in another version; None: that one has no such field."""
        is_same = (version in _FLAT) == (other in _FLAT)
        for each in (steps,) if is_same else _respellings(kind, steps):
            found = spot(self._schemas[kind][other], each)
            if found is not None:
                return found.path
        return None

    def _told(self, place: _Place, here: Spot) -> Field:
        node, path = here.node, here.path
        spellings = tuple(self._spellings(place, path))
        first, last = here.span
        ends = [last, *(each.last for each in spellings)]
        known = [each for each in ends if each is not None]
        body = inner(node, place.schema).body
        return Field(
            path=path,
            type=type_of(node) if path else place.kind,
            text=node.get("description") or body["description"],
            since=min([first, *(each.since for each in spellings)]),
            last=max(known) if len(known) == len(ends) else None,
            required=here.required,
            gate=node.get("x-gate"),
            default=node.get("default"),
            values=values_of(node),
            limits=tuple(limits(node)),
            pattern=pattern(resolved(node, place.schema)),
            spellings=spellings,
            rules=tuple(sorted(self._rules.get(_plain(path)[-1] if path else "", ()))),
            fields=tuple(
                self._told(place, each) for each in _inside(place, here).values()
            ),
        )

    def _spellings(self, place: _Place, path: str) -> Iterator[Spelling]:
        steps = _plain(path)
        for other in self._versions(place.kind):
            if other == place.version:
                continue
            there = self._respelled(place.kind, place.version, steps, other)
            found = None
            if there is not None:
                found = spot(self._schemas[place.kind][other], _plain(there))
            if found is not None:
                yield Spelling(other, found.path, *found.span)


def _plain(path: str) -> tuple[str, ...]:
    """Return the steps of a path without the marks of lists and maps."""
    return tuple(_MARK.sub("", path).split(".")) if path else ()


def _respellings(kind: str, steps: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield what a path can be in a version that nests less, or more.

    Since v1beta2, requests have what they ask for under `exactly`; before, devices of
    slices had what describes them under `basic`.
    """
    yield steps
    parent, extra = (
        ("devices", "basic") if kind == "ResourceSlice" else ("requests", "exactly")
    )
    for place, step in enumerate(steps[:-1], 1):
        if step != parent:
            continue
        head, tail = steps[:place], steps[place:]
        is_there = tail[0] == extra
        yield (*head, *tail[1:]) if is_there else (*head, extra, *tail)


def _camel(code: str) -> str:
    """Return a code as a field would be spelled; a single word is none's alone."""
    return re.sub("-([a-z])", lambda found: found[1].upper(), code)


def _inside(place: _Place, here: Spot) -> dict[str, Spot]:
    """Return the fields of a field in this release."""
    found = {
        name: here.step(name, place.schema)
        for name in inner(here.node, place.schema).fields
    }
    return {
        name: each
        for name, each in found.items()
        if each is not None and each.span.has(place.release)
    }


def _near(step: str, fields: Iterable[str]) -> str:
    names = list(fields)
    if near := difflib.get_close_matches(step, names, 1):
        return f"do you mean {near[0]}?"
    return f"it has {', '.join(names)}" if names else "it has no fields of its own"


def _unknown(message: str, hint: str) -> DractlError:
    return DractlError("usage", message, hint=hint, status=ExitStatus.USAGE)
