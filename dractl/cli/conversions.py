"""Converted manifests: as text, as a List, as differences, and what is said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dractl.api.lists import is_list, items_of
from dractl.cli.diffs import as_stream, difference, joined
from dractl.cli.options import check_stdin, usage
from dractl.cli.output import as_json
from dractl.cli.terminal import Terminal
from dractl.cli.text import visible
from dractl.conversion.plan import Degree, Outcome, Remark, converted
from dractl.conversion.target import Target
from dractl.errors import DractlError, ExitStatus
from dractl.sources.files import STANDARD_INPUT
from dractl.sources.manifests import Manifest, Rewritten, manifests
from dractl.sources.saving import save


@dataclass(frozen=True)
class Converted:
    """A file, what its documents became, and the text that says so."""

    manifest: Manifest
    outcomes: Sequence[Outcome]
    rewritten: Rewritten

    @property
    def is_changed(self) -> bool:
        """Tell whether the text is another one."""
        return self.rewritten.text != self.manifest.text


@dataclass
class Work:
    """All files, and those that could not be read or written."""

    files: list[Converted]
    failures: list[DractlError]


def convert_files(
    paths: Sequence[str],
    target: Target,
    *,
    recursive: bool,
    defaults: bool,
    in_place: bool,
) -> Work:
    """Read and convert; raise DractlError for paths that make no sense together."""
    check_stdin(*paths)
    if in_place and STANDARD_INPUT in paths:
        raise usage("--in-place changes files, and - is none")
    work = Work([], [])
    read: list[Manifest] = []
    for path in dict.fromkeys(paths):
        try:
            read += manifests([path], recursive=recursive)
        except DractlError as error:
            work.failures.append(error)
    # All together: a class takes up parameters that stand in another file.
    documents = [document for each in read for document in each.documents]
    outcomes = iter(converted(documents, target, defaults=defaults))
    for manifest in read:
        own = [next(outcomes) for _ in manifest.documents]
        rewritten = manifest.rewritten([each.documents for each in own])
        work.files.append(Converted(manifest, own, rewritten))
    return work


def write(work: Work, screen: Terminal) -> None:
    """Save the files that changed."""
    for each in work.files:
        if not each.is_changed:
            continue
        try:
            save(each.manifest.path, each.rewritten.text)
        except DractlError as error:
            work.failures.append(error)
        else:
            screen.note(f"{each.manifest.path}: converted")


def changes(work: Work) -> str:
    """Return a line for each document that would change."""
    return "".join(
        f"{visible(each.manifest.place(number, ()))}: {visible(_named(document))}\n"
        for each in work.files
        for number, (document, outcome) in _documents(each)
        if outcome.documents != (document,)
    )


def _documents(each: Converted) -> Iterator[tuple[int, tuple[object, Outcome]]]:
    return enumerate(zip(each.manifest.documents, each.outcomes, strict=True))


def _named(document: object) -> str:
    if not isinstance(document, dict):
        return "list"
    metadata = document.get("metadata")
    name = metadata.get("name", "") if isinstance(metadata, dict) else ""
    words = (document.get("apiVersion", ""), document.get("kind", ""), name)
    return " ".join(str(word) for word in words if word)


def differences(work: Work) -> str:
    """Return a unified diff of the files that would change."""
    return "".join(
        difference(
            each.manifest.text,
            each.rewritten.text,
            each.manifest.path,
            each.manifest.path,
        )
        for each in work.files
    )


def as_manifest(work: Work) -> str:
    """Return all files as one YAML text."""
    return joined(
        as_stream(
            each.manifest,
            each.rewritten,
            (outcome.documents for outcome in each.outcomes),
        )
        for each in work.files
    )


def as_list(work: Work) -> str:
    """Return all objects as one List in JSON."""
    items = [
        item
        for each in work.files
        for outcome in each.outcomes
        for made in outcome.documents
        for item in _items(made)
    ]
    return as_json({"apiVersion": "v1", "kind": "List", "items": items})


def _items(document: object) -> list[object]:
    if isinstance(document, list):
        return [item for each in document for item in _items(each)]
    return list(items_of(document)) if is_list(document) else [document]


def report(work: Work, screen: Terminal) -> None:
    """Say what was old, what could not be done, and what could not be read."""
    for each in work.files:
        for number, outcome in enumerate(each.outcomes):
            for remark in outcome.remarks:
                if remark.degree is Degree.NOTE and screen.quiet:
                    continue  # finding its line takes longer than saying it
                _say(remark, each.manifest.place(number, _steps(remark)), screen)
        for number in each.rewritten.without_comments:
            place = each.manifest.place(number, ())
            screen.warn(f"{place}: comments inside this document could not be kept")
        for problem in each.manifest.problems:
            screen.fail(DractlError("malformed", problem.message, problem.where))
    for error in work.failures:
        screen.fail(error)


def _steps(remark: Remark) -> tuple[str | int, ...]:
    """Return the way to the field; a path has no keys with dots where we remark."""
    steps: list[str | int] = list(remark.steps)
    for part in remark.path.replace("[", ".[").split("."):
        if part.startswith("[") and part[1:-1].isdecimal():
            steps.append(int(part[1:-1]))
        elif part and not part.startswith("["):
            steps.append(part)
    return tuple(steps)


def _say(remark: Remark, place: str, screen: Terminal) -> None:
    if remark.degree is Degree.REFUSED:
        screen.fail(DractlError("not-expressible", str(remark), place))
    elif remark.degree is Degree.LEGACY:
        screen.warn(f"{place}: {remark}")
    else:
        screen.note(f"{place}: {remark}")


def status(work: Work, *, fails_on_change: bool) -> ExitStatus:
    """Return how it went; what cannot be read weighs more than what cannot be done."""
    if work.failures or any(each.manifest.problems for each in work.files):
        return ExitStatus.ENVIRONMENT
    if any(outcome.is_refused for each in work.files for outcome in each.outcomes):
        return ExitStatus.NO
    if fails_on_change and any(each.is_changed for each in work.files):
        return ExitStatus.NO
    return ExitStatus.YES
