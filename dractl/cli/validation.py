"""Checks files, in several processes where there are many.

Names in one file may be defined in another: all files are read before any is checked.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.api.problems import Problem
from dractl.cli.findings import Checked, Report, found_in, identity, unreadable
from dractl.errors import DractlError
from dractl.model.cluster import Profile
from dractl.rules.check import IGNORE, check, codes_in
from dractl.rules.subject import Subject
from dractl.rules.world import Definition, World, definition_of
from dractl.sources.files import STANDARD_INPUT, load_manifest
from dractl.sources.located import Places, Source, read_located

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_FILES_PER_PROCESS: Final = 40
# At the start of a line it is a comment; in a text within a document it is indented.
_COMMENT: Final = re.compile(rf"^#[ \t]*{re.escape(IGNORE)}:(.*)$", re.MULTILINE)
_MOST_PROCESSES: Final = 8


def validated(
    files: Sequence[str], profile: Profile, world: World, *, with_info: bool = True
) -> Report:
    """Return all that is to be said of the files; `world` is what a snapshot shows."""
    workers = min(
        os.cpu_count() or 1, _MOST_PROCESSES, len(files) // _FILES_PER_PROCESS
    )
    share = _Share(files, profile, world, with_info)
    if workers < 2 or STANDARD_INPUT in files:  # noqa: PLR2004 - one needs no pipes
        return share.report(share.read())
    return _shared(share, workers)


class _Read(NamedTuple):
    """What a file holds, and the codes that its comments say to leave out."""

    file: str
    source: Source
    ignored: frozenset[str] = frozenset()


@dataclass
class _Share:
    """Some of the files, as one process reads and then checks them."""

    files: Sequence[str]
    profile: Profile
    world: World
    with_info: bool
    _sources: list[_Read] = field(default_factory=list, init=False)

    def read(self) -> list[Definition]:
        """Read the files; return what they define."""
        found = []
        for file in self.files:
            name = "stdin" if file == STANDARD_INPUT else file
            read = _read(file, name)
            self._sources.append(read)
            for located in read.source.objects:
                subject = Subject.of(located.document, self.profile)
                definition = None if subject is None else definition_of(subject)
                if definition is not None:
                    found.append(definition)
        return found

    def report(self, definitions: Iterable[Definition]) -> Report:
        """Check the files, given what all files define."""
        known = (*definitions, *self.world.definitions)
        world = replace(self.world, definitions=known)
        found = Report()
        for read in self._sources:
            found.documents += read.source.documents
            for problem in read.source.problems:
                found.findings.append(unreadable(problem, read.file))
                found.unreadable += 1
            self._check(read, world, found)
        return found

    def _check(self, read: _Read, world: World, found: Report) -> None:
        places = Places()
        for located in read.source.objects:
            answer = check(
                located.document,
                self.profile,
                world,
                with_info=self.with_info,
                ignored=read.ignored,
            )
            found.ignored += answer.ignored
            found.objects.append(
                Checked(
                    read.file,
                    located.number,
                    *identity(located.document),
                    is_known=answer.is_checked,
                )
            )
            for violation in answer.violations:
                found.findings.append(found_in(located, read.file, violation, places))


def _read(file: str, name: str) -> _Read:
    try:
        text, is_json = load_manifest(file)
    except DractlError as error:
        problem = Problem("", "", "", "", error.message, name)
        return _Read(name, Source(problems=[problem]))
    codes = ",".join(_COMMENT.findall(text)) if IGNORE in text else ""
    return _Read(name, read_located(text, name, is_json=is_json), codes_in(codes))


def _shared(whole: _Share, workers: int) -> Report:
    """Let processes read and check a share of the files each."""
    import multiprocessing  # few files need none

    connections: list[Connection] = []
    processes = []
    for number in range(workers):
        ours, theirs = multiprocessing.Pipe()
        share = replace(whole, files=whole.files[number::workers])
        process = multiprocessing.Process(
            target=_work, args=(share, theirs), daemon=True
        )
        process.start()
        theirs.close()
        connections.append(ours)
        processes.append(process)
    definitions: list[Definition] = []
    for each in connections:
        definitions += each.recv()
    for each in connections:
        each.send(definitions)
    found = Report()
    for each in connections:
        found.extend(each.recv())
    for process in processes:
        process.join()
    order = {file: place for place, file in enumerate(whole.files)}
    found.objects.sort(key=lambda each: order[each.file])
    return found


def _work(share: _Share, connection: "Connection") -> None:
    connection.send(share.read())
    connection.send(share.report(connection.recv()))
    connection.close()
