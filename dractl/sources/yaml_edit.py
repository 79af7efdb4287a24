"""Changes to a YAML document that leave the rest of its text alone.

A changed document is given as a value. What is equal in both keeps its text, comments
and quotes included; fields that moved into a new mapping, or out of one, move with
their comments; elements that go from a list take theirs with them. What is new is
written as its neighbours are. An alias whose value becomes another one than that of its
anchor is written out. The result is read again: text that says something else is not
used.
"""

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

import yaml

from dractl.sources.yaml_build import Builder, YamlError
from dractl.sources.yaml_changes import Changes
from dractl.sources.yaml_layout import Layout, Unwritable
from dractl.sources.yaml_splice import spliced
from dractl.sources.yaml_tree import trees
from dractl.sources.yaml_write import block

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Edited(NamedTuple):
    """The new text; `kept` tells whether the comments inside of it survived.

    `spelled`: aliases were written out, since their values are no longer the same.
    """

    text: str
    kept: bool
    spelled: bool = False


def values_of(text: str) -> list[object]:
    """Return the documents of a text; raise YamlError or yaml.YAMLError."""
    loader = _Loader(text)
    builder = Builder()
    values = []
    try:
        while (document := builder.next_document(loader)) is not None:
            values.append(document[0])
    finally:
        loader.dispose()
    return values


def edited(text: str, old: object, new: object) -> Edited:
    """Return the text of one document, `old`, so that it says `new`."""
    plain = text.replace("\r\n", "\n")
    try:
        result = _edited(plain, old, new)
    except Unwritable:
        result = None
    if result is None or not _says(result.text, new):
        result = Edited(_rewritten(plain, new), kept=False)
    if plain == text:
        return result
    return result._replace(text="".join(_with_breaks(text, plain, result.text)))


def edited_json(text: str, old: object, new: object) -> str | None:
    """Return the text of one document in JSON so that it says `new`.

    None: its text cannot be kept, as where blanks are tabs.
    """
    plain = text.replace("\r\n", "\n")
    try:
        after = _edited(plain, old, new, is_json=True).text
        if json.loads(after) != new:
            return None
    except (Unwritable, ValueError, yaml.YAMLError):
        return None
    return after if plain == text else "".join(_with_breaks(text, plain, after))


def _edited(text: str, old: object, new: object, *, is_json: bool = False) -> Edited:
    text = f"\n{text}"  # so that every line has a line break before it
    roots = trees(text)
    if len(roots) != 1:
        raise Unwritable
    changes = Changes(Layout(text), roots[0], is_json=is_json)
    edits = changes.of(roots[0], old, new, 0, is_flow=is_json)
    after = spliced(text, 0, len(text), edits)
    return Edited(after[1:], not changes.costs_comments, changes.spells)


def _says(text: str, value: object) -> bool:
    try:
        return values_of(text) == [value]
    except (YamlError, yaml.YAMLError):
        return False


def _rewritten(text: str, value: object) -> str:
    """Return the value anew, under what stood above the document."""
    roots = trees(text)
    head = text[: roots[0].start] if roots else ""
    head = head[: head.rfind("\n") + 1]
    return f"{head}{block(value)}\n"


def _with_breaks(text: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines after a change, with the line breaks that the text has."""
    own = text.split("\n")
    if all(line.endswith("\r") for line in own[:-1]):
        yield after.replace("\n", "\r\n")
        return
    old, new = before.split("\n"), after.split("\n")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            lines = own[low:high]
        else:
            mark = "\r" if own[min(low, len(own) - 1)].endswith("\r") else ""
            last = len(new) - 1
            lines = [new[e] + (mark if e < last else "") for e in range(start, end)]
        yield "\n".join(lines) + ("\n" if end < len(new) and lines else "")
