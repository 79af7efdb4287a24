"""What may come next on a command line: the answer behind every shell's completion.

Shells ask `dractl __complete WORD...`, the last word being the one under the cursor,
or `dractl __complete-next WORD...` where that one is still empty. The answer has the
form that kubectl expects of its plugins: a candidate per line, with a tab and its
meaning, and last `:0` where file names fit as well, `:4` where they do not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from typer.core import TyperCommand, TyperGroup, TyperOption

from dractl.cli.text import visible

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot

REQUEST: Final = "__complete"
REQUEST_NEXT: Final = "__complete-next"

_FILES: Final = 0
_NO_FILES: Final = 4


class Candidate(NamedTuple):
    """A word that fits, and what it means."""

    value: str
    meaning: str = ""


@dataclass
class _Line:
    """The line so far: where in the command tree it stands, and what is still open."""

    command: TyperGroup | TyperCommand
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


_WORDS: Final[Mapping[str, Callable[[_Line, str], Iterator[Candidate]]]] = {
    "explain": _explained,
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
    if option.metavar == "PATH":
        return [], _FILES
    if line.command.name == "discover" and _long(option) in _OWN:
        return list(map(Candidate, _of_machines(_long(option)))), _NO_FILES
    source = _SOURCES.get(_long(option))
    return [] if source is None else list(source(line.used, start)), _NO_FILES


def _releases(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.model.cluster import NEWEST, OLDEST

    for minor in range(NEWEST.minor, OLDEST.minor - 1, -1):
        yield Candidate(f"{NEWEST.major}.{minor}")


def _gates(_used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    from dractl.model.cluster import GATES

    before = start[: start.rfind(",") + 1]
    for gate in chain(("AllAlpha", "AllBeta"), GATES):
        yield Candidate(f"{before}{gate}=true")
        yield Candidate(f"{before}{gate}=false")


def _bare_gates(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.model.cluster import GATES

    yield from map(Candidate, GATES)


def _codes(_used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    """Yield the rules of `validate`, several of which can stand with commas."""
    from dractl.rules.check import RULES

    before = start[: start.rfind(",") + 1]
    for code in sorted(RULES):
        yield Candidate(f"{before}{code}", RULES[code].title)


def _explained_codes(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    yield Candidate("all", "list the rules")
    yield from _codes({}, "")


def _nodes(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import NODE

    found = names(used, "nodes", NODE, lambda seen: (n.name for n in seen.nodes))
    yield from map(Candidate, found)


def _classes(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import DEVICE_CLASS

    found = names(
        used, "classes", DEVICE_CLASS, lambda seen: (c.name for c in seen.classes)
    )
    yield from map(Candidate, found)


def _claims(used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    """Yield claims of all namespaces, or of the one that is typed already."""
    from dractl.cli.lookup import names
    from dractl.live.kinds import CLAIM

    namespace, slash, _ = start.partition("/")
    scope = {"--namespace": namespace} if slash else {"--all-namespaces": ""}

    def found(seen: "Snapshot") -> Iterator[str]:
        for each in seen.claims:
            if each.allocation is not None:
                yield "/".join(each.meta.key)

    yield from map(Candidate, names({**used, **scope}, "allocated", CLAIM, found))


def _drivers(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import SLICE

    found = names(used, "drivers", SLICE, lambda seen: {s.driver for s in seen.slices})
    yield from map(Candidate, sorted(found))


def _namespaces(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import NAMESPACE

    def found(seen: "Snapshot") -> set[str]:
        of_pods = {each.meta.namespace for each in seen.pods}
        of_claims = {each.meta.namespace for each in seen.claims}
        return of_pods | of_claims | {each.meta.name for each in seen.namespaces}

    yield from map(Candidate, sorted(names(used, "namespaces", NAMESPACE, found)))


def _entries(key: str, used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import entries

    yield from map(Candidate, entries(used, key))


_OWN: Final = frozenset({"--vendor", "--driver", "--driver-schema"})
"""Options of `discover` whose values no cluster knows better."""


def _of_machines(option: str) -> Iterator[str]:
    from dractl.vendors import VENDORS

    for vendor in VENDORS:
        if option == "--vendor":
            yield vendor.name
        for driver in vendor.drivers:
            if option == "--driver":
                yield driver.name
            elif option == "--driver-schema":
                yield from (f"{driver.vendor}={each}" for each in driver.schemas)


_SOURCES: Final[
    Mapping[str, Callable[[Mapping[str, str], str], Iterator[Candidate]]]
] = {
    "--claim": _claims,
    "--class": _classes,
    "--cluster": partial(_entries, "clusters"),
    "--context": partial(_entries, "contexts"),
    "--driver": _drivers,
    "--explain": _explained_codes,
    "--feature": _bare_gates,
    "--feature-gates": _gates,
    "--for-kubernetes": _releases,
    "--ignore": _codes,
    "--kubernetes-version": _releases,
    "--namespace": _namespaces,
    "--node": _nodes,
    "--node-name": _nodes,
    "--user": partial(_entries, "users"),
}
