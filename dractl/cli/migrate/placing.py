"""Where changed and new objects of a migration stand: in files, and beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

from dractl.api.lists import is_list
from dractl.cli.diffs import as_stream, joined
from dractl.cli.migrate.inputs import Gathered, Origin
from dractl.migrate.answer import Rewrite
from dractl.migrate.edits import changed_at, without
from dractl.migrate.inputs import Input, Wire
from dractl.sources.manifests import Manifest
from dractl.sources.yaml_write import block

SHARED: Final = "dra-objects.yaml"
"""The file of the objects that belong to no other one."""
_HEAD: Final = "# Written by dractl migrate render.\n"
_STDIN: Final = "stdin"
_LONGEST: Final = 200  # of a file's name
_SERVERS_OWN: Final = (
    ("status",),
    *(
        ("metadata", name)
        for name in (
            *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp"),
            *("generation", "managedFields", "ownerReferences", "resourceVersion"),
            *("selfLink", "uid"),
        )
    ),
    *(
        ("metadata", "annotations", name)
        for name in (
            "deployment.kubernetes.io/revision",
            "kubectl.kubernetes.io/last-applied-configuration",
        )
    ),
)
"""What a server writes, or kubectl for itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text before and after. `path` is where it stands, "" where it is in no file.

    `name` is what it is called in another folder, `stream` its text as YAML.
    """

    path: str
    name: str
    before: str
    after: str
    stream: str

    @property
    def is_changed(self) -> bool:
        """Tell whether it is another text after."""
        return self.before != self.after

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left of it."""
        return not self.after.strip()


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """All texts. `files` are those that were read, `objects` those of a cluster.

    `shared` are the new objects that belong to none of them. `bare` are the places of
    documents whose inner comments are gone, `spelled` of those whose aliases had to be
    written out, `several` files in JSON that have several documents now.
    """

    files: tuple[Piece, ...]
    objects: tuple[Piece, ...]
    shared: tuple[Wire, ...]
    bare: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


def placed(found: Gathered, rewrite: Rewrite, names: Mapping[str, str]) -> Placed:
    """Put what documents become into their files; `names` are theirs elsewhere."""
    by_file: dict[int, list[Input]] = {}
    for given in found.inputs:
        if (origin := found.origins.get(given.number)) is not None:
            by_file.setdefault(id(origin.manifest), []).append(given)
    work = _Files(found.origins, rewrite, names)
    files = tuple(
        work.piece(each, by_file.get(id(each), ())) for each in found.manifests
    )
    live = [each for each in found.inputs if each.number not in found.origins]
    return Placed(
        files,
        tuple(_objects(live, rewrite)),
        rewrite.shared,
        tuple(work.bare),
        tuple(work.spelled),
        tuple(work.several),
    )


def shared_text(documents: Sequence[Wire]) -> str:
    """Return the text of a new file of shared objects."""
    return _HEAD + joined(f"{block(each)}\n" for each in documents)


def is_ours(text: str) -> bool:
    """Tell whether a file of shared objects was written here."""
    return text.startswith(_HEAD)


# -- files


@dataclass(slots=True)
class _Files:
    origins: Mapping[int, Origin]
    rewrite: Rewrite
    names: Mapping[str, str]
    bare: list[str] = field(default_factory=list)
    spelled: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)

    def piece(self, manifest: Manifest, own: Sequence[Input]) -> Piece:
        """Return the text of a file with what its objects become."""
        outcomes = _outcomes(manifest, own, self.origins, self.rewrite)
        rewritten = manifest.rewritten(outcomes)
        bare, spelled = rewritten.without_comments, rewritten.spelled
        self.bare += [manifest.place(each, ()) for each in bare]
        self.spelled += [manifest.place(each, ()) for each in spelled]
        count = sum(map(len, outcomes))
        if manifest.is_json and count > max(len(outcomes), 1):
            self.several.append(manifest.path)
        stream = as_stream(manifest, rewritten, outcomes)
        path = "" if manifest.path == _STDIN else manifest.path
        name = self.names.get(manifest.path, f"{_STDIN}.yaml")
        return Piece(path, name, manifest.text, rewritten.text, stream)


def _outcomes(
    manifest: Manifest,
    own: Sequence[Input],
    origins: Mapping[int, Origin],
    rewrite: Rewrite,
) -> list[list[object]]:
    """Return what each document of a file becomes."""
    outcomes: list[list[object]] = [[each] for each in manifest.documents]
    # From the end, so that places in Lists stay what they are.
    for given in reversed(own):
        made = _made(given, rewrite)
        if made is None:
            continue
        origin = origins[given.number]
        outcome = outcomes[origin.number]
        if not origin.steps:
            outcome[:1] = made
        else:
            first, *behind = _as_items(made, origin)
            outcome[0], more = _with_items(outcome[0], origin, first, behind)
            outcome[1:1] = more
    return outcomes


def _made(given: Input, rewrite: Rewrite) -> list[object] | None:
    """Return what stands in an input's place, itself first; None: it is as before."""
    number = given.number
    if number in rewrite.removed:
        return []
    if number not in rewrite.documents and number not in rewrite.added:
        return None
    changed = rewrite.documents.get(number, given.document)
    return [changed, *rewrite.added.get(number, ())]


def _as_items(made: Sequence[object], origin: Origin) -> list[Any]:
    """Return an item without what it leaves to its List, and new ones as they are.

    The first is None where the item goes.
    """
    if not made:
        return [None]
    first, *behind = made
    assert isinstance(first, Mapping)
    own = {key: each for key, each in first.items() if key not in origin.implied}
    return [own, *behind]


def _with_items(
    document: object, origin: Origin, item: object, behind: Sequence[object]
) -> tuple[object, list[object]]:
    """Return a List with another item, and what has to stand behind it.

    A List of one kind, such as PodList, has no room for others.
    """
    *above, last = origin.steps
    more: list[object] = list(behind)

    def change(items: Sequence[object]) -> list[object]:
        assert isinstance(last, int)
        own = [] if item is None else [item]
        return [*items[:last], *own, *mixed, *items[last + 1 :]]

    mixed = more if is_list(document) and _is_mixed(document) else []
    changed: object = changed_at(document, tuple(above), change)
    return changed, [] if mixed else more


def _is_mixed(document: object) -> bool:
    return isinstance(document, Mapping) and document.get("kind") == "List"


# -- objects of a cluster


def _objects(inputs: Iterable[Input], rewrite: Rewrite) -> Iterator[Piece]:
    taken: set[str] = set()
    for given in inputs:
        made = _made(given, rewrite)
        if made is None:
            continue
        before = f"{block(_without_servers_own(given.document))}\n"
        after = joined(f"{block(_without_servers_own(each))}\n" for each in made)
        yield Piece("", _file_name(given, taken), before, after, after)


def _without_servers_own(document: object) -> object:
    return without(document, _SERVERS_OWN)


def _file_name(given: Input, taken: set[str]) -> str:
    """Return `<namespace>-<kind>-<name>.yaml`, whatever the names are."""
    words = "-".join(filter(None, (given.namespace, given.kind, given.name))).lower()
    plain = "".join(
        c if c.isascii() and (c.isalnum() or c in "-.") else "-" for c in words
    )
    stem = plain.lstrip(".")[:_LONGEST] or "object"
    name, number = f"{stem}.yaml", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.yaml"
    taken.add(name)
    return name


# -- names


def names_of(paths: Sequence[str], found: Sequence[Manifest]) -> dict[str, str]:
    """Return what files are called in another folder, by their paths.

    Those of a folder have their names in it. Two of one name get the next folders'
    names too, until they differ.
    """
    names = {
        each.path: _below(each.path, paths) for each in found if each.path != _STDIN
    }
    return names | dict(_ambiguous(names))


def _below(path: str, folders: Sequence[str]) -> str:
    """Return a path as seen from the folder that was named, or its last part."""
    pure = PurePath(path)
    for folder in folders:
        if pure != PurePath(folder) and pure.is_relative_to(folder):
            inner = pure.relative_to(folder)
            if ".." not in inner.parts:
                return _unpacked(str(inner))
    return _unpacked(pure.name)


def _unpacked(name: str) -> str:
    return name.removesuffix(".gz")


def _ambiguous(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield longer names for paths whose names are the same."""
    users: dict[str, list[str]] = {}
    for path, name in names.items():
        users.setdefault(name, []).append(path)
    for paths in users.values():
        if len(paths) > 1:
            for path in paths:
                parts = [
                    each for each in PurePath(path).parts if each not in {"..", "."}
                ]
                inner = parts[1:] if PurePath(path).is_absolute() else parts
                yield path, _unpacked(str(PurePath(*inner)))
