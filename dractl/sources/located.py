"""Objects of a file, each with the way back to where its values stand in the text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from dractl.api.lists import is_list, items_of
from dractl.api.problems import Problem
from dractl.rules.path import Field, Index, Key, Path
from dractl.sources.json_text import Reader, flaw_in, skip_blanks
from dractl.sources.spots import Spot, json_spot, yaml_spots

# What only some versions have between a field and the one that holds it.
_BETWEEN = ("exactly", "basic", "spec")
_SPOTS_KEPT = 4
_MOST_NESTED_LISTS = 16


@dataclass(frozen=True, slots=True)
class Part:
    """One document's text: the lines before it, and its number within that text."""

    text: str
    skipped: int = 0
    number: int = 0
    is_json: bool = False
    start: int = 0


@dataclass(frozen=True, slots=True)
class Located:
    """An object: its document's number in the file, and the way to it through Lists."""

    document: object
    number: int
    part: Part = field(repr=False)
    items: tuple[int, ...] = ()


@dataclass(slots=True)
class Source:
    """A file's objects, and what could not be read of it."""

    objects: list[Located] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    documents: int = 0

    def add(self, value: object, part: Part) -> None:
        """Add a document, or what a List carries; an empty one is none."""
        if value is None:
            return
        for document, items in flattened(value):
            self.objects.append(Located(document, self.documents, part, items))
        self.documents += 1

    def report(self, message: str, where: str) -> None:
        """Note that a document is unreadable."""
        self.problems.append(Problem("", "", "", "", message, where))
        self.documents += 1


def flattened(value: object) -> Iterator[tuple[object, tuple[int, ...]]]:
    """Yield a document, or the objects of a List, with their numbers in it."""
    waiting: list[tuple[object, tuple[int, ...]]] = [(value, ())]
    while waiting:
        each, path = waiting.pop()
        if len(path) > _MOST_NESTED_LISTS or not (
            is_list(each) or isinstance(each, list)
        ):
            yield each, path
            continue
        inner = each if isinstance(each, list) else list(items_of(each))
        numbered = [(item, (*path, number)) for number, item in enumerate(inner)]
        waiting.extend(reversed(numbered))


def read_located(text: str, source: str, *, is_json: bool = False) -> Source:
    """Read all objects of a text, JSON or YAML; see `text.read_text`."""
    if is_json or text.lstrip()[:1] in {"{", "["}:
        try:
            return _from_json(text, source)
        except json.JSONDecodeError as error:
            if is_json:
                found = Source()
                place = f"{source}:{error.lineno}:{error.colno}"
                found.report(f"is not JSON: {error.msg}", place)
                return found
    return _from_yaml(text, source)


def _from_json(text: str, source: str) -> Source:
    found, reader = Source(), Reader()
    start = skip_blanks(text, 0)
    while start < len(text):
        try:
            value, end = reader.raw_decode(text, start)
        except json.JSONDecodeError as error:
            if not found.documents:
                raise
            place = f"{source}:{error.lineno}:{error.colno}"
            found.report(f"is not JSON: {error.msg}", place)
            return found
        except RecursionError:
            found.report("is nested too deeply", source)
            return found
        flaw = flaw_in(value) if reader.met_flaw else None
        if flaw is None:
            found.add(value, Part(text, is_json=True, start=start))
        else:
            line = text.count("\n", 0, start) + 1
            found.report(flaw, f"{source}:{line}")
        start = skip_blanks(text, end)
    return found


def _from_yaml(text: str, source: str) -> Source:
    import yaml  # JSON does not need it

    from dractl.sources.yaml_build import Builder, YamlError
    from dractl.sources.yaml_text import chunks, loader_of, summary

    found = Source()
    for chunk in chunks(text):
        loader, builder, number = loader_of(chunk.text), Builder(), 0
        try:
            while (made := builder.next_document(loader)) is not None:
                found.add(made[0], Part(chunk.text, chunk.skipped, number))
                number += 1
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = chunk.skipped + (mark.line if mark is not None else 0) + 1
            found.report(summary(error), f"{source}:{line}")
        except YamlError as error:
            line = chunk.skipped + error.line + 1
            found.report(error.message, f"{source}:{line}")
        finally:
            loader.dispose()
    return found


class Places:
    """Finds the values of objects in their texts; keeps what it found of the last."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int, int], tuple[Part, list[Spot]]] = {}

    def root(self, located: Located) -> Spot:
        """Return where an object is."""
        part = located.part
        roots = self._roots(part)
        spot = roots[min(part.number, len(roots) - 1)] if roots else Spot(1, 1, 0)
        for number in located.items:
            spot = spot.children.get("items", spot)
            spot = spot.children.get(number, spot)
        return spot

    def _roots(self, part: Part) -> list[Spot]:
        key = (id(part.text), part.skipped, part.start)
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= _SPOTS_KEPT:
                self._kept.clear()
            # The part is kept, too: it keeps the identity of its text from reuse.
            kept = self._kept[key] = (part, _spots(part))
        return kept[1]


def _spots(part: Part) -> list[Spot]:
    if part.is_json:
        return [json_spot(part.text, part.start)]
    from dractl.sources.yaml_text import loader_of

    loader = loader_of(part.text)
    try:
        return list(yaml_spots(loader))
    finally:
        loader.dispose()


def spot_at(root: Spot, path: Path) -> tuple[Spot, bool]:
    """Return the spot of a path in v1 spelling, or of what comes nearest above it.

    The second value tells whether it is the whole path.
    """
    spot = root
    for step in path.steps:
        below = _below(spot, step)
        if below is None:
            if isinstance(step, Field) and step.name in _BETWEEN:
                continue
            return spot, False
        spot = below
    return spot, True


def _below(spot: Spot, step: Field | Index | Key) -> Spot | None:
    name = step.number if isinstance(step, Index) else step.name
    below = spot.children.get(name)
    if below is not None or not isinstance(step, Field):
        return below
    for between in _BETWEEN:
        inner = spot.children.get(between)
        if inner is not None and name in inner.children:
            return inner.children[name]
    return None
