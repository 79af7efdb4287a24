"""What may come next on a command line: the answer behind every shell's completion.

Shells ask `dractl __complete WORD...`, the last word being the one under the cursor,
or `dractl __complete-next WORD...` where that one is still empty. The answer has the
form that kubectl expects of its plugins: a candidate per line, with a tab and its
meaning, and last `:0` where file names fit as well, `:4` where they do not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from typer.core import TyperCommand, TyperGroup, TyperOption

from dractl.cli.candidates import OF_COMMANDS, SOURCES, Candidate
from dractl.cli.text import visible

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot

REQUEST: Final = "__complete"
REQUEST_NEXT: Final = "__complete-next"

_FILES: Final = 0
_NO_FILES: Final = 4


@dataclass
class _Line:
    """The line so far: where in the command tree it stands, and what is still open."""

    command: TyperGroup | TyperCommand
    group: str = ""  # that the command is in
    used: dict[str, str] = field(default_factory=dict)
    waiting: TyperOption | None = None  # an option that still lacks its value
    only_arguments: bool = False  # after --
    arguments: list[str] = field(default_factory=list)

    def take(self, word: str) -> None:
        """Go on by one complete word."""
        if self.waiting is not None:
            self._note(self.waiting, word)
            self.waiting = None
        elif self.only_arguments:
            self.arguments.append(word)
        elif word == "--":
            self.only_arguments = True
        elif word.startswith("-") and word != "-":
            self._take_option(*word.partition("="))
        elif isinstance(self.command, TyperGroup):
            found = self.command.commands.get(word)
            if isinstance(found, TyperGroup | TyperCommand):
                self.group = self.command.name or ""
                self.command = found
        else:
            self.arguments.append(word)

    def _take_option(self, name: str, equals: str, value: str) -> None:
        option = self.options().get(name)
        if option is None:
            return
        if option.is_flag or equals:
            self._note(option, value)
        else:
            self.waiting = option

    def _note(self, option: TyperOption, value: str) -> None:
        name = _long(option)
        if option.multiple and name in self.used:
            value = f"{self.used[name]}\n{value}"
        self.used[name] = value

    def options(self) -> dict[str, TyperOption]:
        """Return the options of the command under each of their names."""
        return {
            name: option
            for option in self.command.params
            if isinstance(option, TyperOption)
            for name in option.opts
        }


def answer(root: TyperGroup, words: Sequence[str]) -> str:
    """Return the lines that a shell gets for the words; the last one is unfinished."""
    line = _Line(root)
    *complete, current = words or [""]
    for word in complete:
        line.take(word)
    found, directive = _candidates(line, current)
    lines = [
        f"{visible(each.value)}\t{visible(each.meaning)}"
        if each.meaning
        else each.value
        for each in found
        if each.value.startswith(current) and each.value.isprintable()
    ]
    return "".join(f"{each}\n" for each in (*lines, f":{directive}"))


def _candidates(line: _Line, current: str) -> tuple[list[Candidate], int]:
    if line.waiting is not None:
        return _values(line, line.waiting, current)
    if current.startswith("-") and not line.only_arguments:
        name, equals, start = current.partition("=")
        option = line.options().get(name)
        if not equals or option is None:
            return list(_options(line)), _NO_FILES
        found, directive = _values(line, option, start)
        return [Candidate(f"{name}={each[0]}", each[1]) for each in found], directive
    if isinstance(line.command, TyperGroup):
        return list(_commands(line.command)), _NO_FILES
    words = _WORDS.get(line.command.name or "")
    if words is not None:
        return list(words(line, current)), _NO_FILES
    return _arguments(line.command, len(line.arguments))


def _commands(group: TyperGroup) -> Iterator[Candidate]:
    for name, command in group.commands.items():
        if not command.hidden:
            yield Candidate(name, command.get_short_help_str(limit=80))


def _options(line: _Line) -> Iterator[Candidate]:
    for option in dict.fromkeys(line.options().values()):
        if not option.hidden and (option.multiple or _long(option) not in line.used):
            yield Candidate(_long(option), option.help or "")
    yield Candidate("--help", "Show this message and exit.")


def _long(option: TyperOption) -> str:
    return max(option.opts, key=len)


def _arguments(command: TyperCommand, taken: int) -> tuple[list[Candidate], int]:
    """Return what the next argument can be; one without choices names a file."""
    places = [each for each in command.params if not isinstance(each, TyperOption)]
    if not places:
        return [], _NO_FILES
    here = places[min(taken, len(places) - 1)]
    choices = getattr(here, "type_descriptor").choices  # noqa: B009 - untyped
    found = [Candidate(str(choice)) for choice in choices or ()]
    return found, _NO_FILES if found or here.metavar == "WISH" else _FILES


def _explained(line: _Line, _current: str) -> Iterator[Candidate]:
    """Yield what can be explained, and then the names of that kind."""
    from dractl.cli.lookup import names
    from dractl.cli.subjects import KINDS, WORKLOADS, names_of
    from dractl.live.kinds import CLAIM, POD, SLICE

    if not line.arguments:
        yield Candidate("pending", "all that is stuck")
        yield from map(
            Candidate, sorted({*KINDS.values(), *map(str.lower, WORKLOADS.values())})
        )
        return
    kind = line.arguments[0]
    namespace = line.used.get("--namespace") or None
    wanted = {"device": SLICE, "claim": CLAIM}.get(KINDS.get(kind.lower(), ""), POD)
    found = names(line.used, kind, wanted, lambda s: names_of(kind, s, namespace))
    yield from (Candidate(n) for n in found if n not in line.arguments[1:])


def _with_health(line: _Line, _current: str) -> Iterator[Candidate]:
    """Yield what health can be asked of, and then the names of that kind."""
    from dractl.cli.healthquestion import KINDS, names_of
    from dractl.cli.lookup import names
    from dractl.live.kinds import CLAIM, NODE, SLICE

    if not line.arguments:
        yield from map(Candidate, sorted(set(KINDS.values())))
        return
    kind = KINDS.get(line.arguments[0].lower())
    if kind is None:
        return
    namespace = line.used.get("--namespace") or None
    wanted = {"device": SLICE, "claim": CLAIM, "node": NODE}[kind]
    found = names(line.used, kind, wanted, lambda s: names_of(kind, s, namespace))
    yield from (Candidate(n) for n in found if n not in line.arguments[1:])


def _tainted(line: _Line, current: str) -> Iterator[Candidate]:
    """Yield devices, keys to take back, and after a colon the effects."""
    from dractl.cli.lookup import names
    from dractl.live.kinds import SLICE, TAINT_RULE
    from dractl.model.taintrules import EFFECTS

    key, colon, _ = current.partition(":")
    if colon:
        yield from (Candidate(f"{key}:{effect}") for effect in EFFECTS)
        return
    found = names(line.used, "taintable", SLICE, _taintable)
    yield from (Candidate(each) for each in found if each not in line.arguments)
    keys = names(
        line.used,
        "keys",
        TAINT_RULE,
        lambda seen: sorted({f"{each.taint.key}-" for each in seen.taint_rules}),
    )
    yield from map(Candidate, keys)


def _with_fields(line: _Line, current: str) -> Iterator[Candidate]:
    """Yield kinds, and after a dot the fields that may come next."""
    from dractl.cli.fieldpages import book
    from dractl.errors import DractlError
    from dractl.model.cluster import Profile

    parent, dot, _ = current.rpartition(".")
    try:
        release = Profile.of(line.used.get("--kubernetes-version")).version
        if not dot:
            for entry in book({}).contents(release):
                yield Candidate(entry.kind, entry.text)
            return
        told = book({}).page(parent, release, line.used.get("--api-version"))
    except DractlError:
        return
    for each in told.field.fields:
        yield Candidate(f"{parent}.{each.name}", each.text)


_WORDS: Final[Mapping[str, Callable[[_Line, str], Iterator[Candidate]]]] = {
    "explain": _explained,
    "fields": _with_fields,
    "health": _with_health,
    "taint": _tainted,
}
"""Of commands whose arguments are names."""


def _taintable(seen: "Snapshot") -> Iterator[str]:
    words = {
        word
        for slice_ in seen.slices
        for word in (
            slice_.driver,
            f"{slice_.driver}/{slice_.pool}",
            *(str(each.id) for each in slice_.devices),
        )
    }
    yield from sorted(words)


def _values(
    line: _Line, option: TyperOption, start: str
) -> tuple[list[Candidate], int]:
    """Return the values of an option, of which `start` is typed already."""
    choices = option.type_descriptor.choices
    if choices is not None:
        return [Candidate(str(choice)) for choice in choices], _NO_FILES
    if option.metavar in {"FILE", "PATH"}:
        return [], _FILES
    name = _long(option)
    own = OF_COMMANDS.get((line.command.name or "", name))
    source = own or SOURCES.get(name)
    return [] if source is None else list(source(_used(line), start)), _NO_FILES


def _used(line: _Line) -> Mapping[str, str]:
    """Return the options of the line, with the sample cluster that the command uses."""
    if line.group != "migrate" or "--demo" not in line.used:
        return line.used
    from dractl.demo import PLUGINS

    others = {key: value for key, value in line.used.items() if key != "--demo"}
    return {**others, "--snapshot": str(PLUGINS)}
