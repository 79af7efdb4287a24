"""What to write better in an expression, given what devices publish.

It needs the tree only, so it also serves expressions that do not compile.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.catalogue.comparison import (
    DRIVER,
    Comparison,
    Subject,
    exact_comparison,
    subject_of_read,
    wanted_kind,
)
from dractl.catalogue.index import Catalogue, Entry
from dractl.catalogue.nearest import nearest
from dractl.catalogue.repair import renamed, retyped, subject_of
from dractl.catalogue.values import ELEMENTS, noun
from dractl.cel.declared_functions import FUNCTIONS
from dractl.cel.environment import Environment
from dractl.cel.errors import SelectorCompileError
from dractl.cel.lexer import tokens_of
from dractl.cel.nodes import (
    Binary,
    Call,
    Ident,
    Literal,
    Logic,
    Node,
    Select,
    children,
    walk,
)
from dractl.cel.parser import parse
from dractl.cel.paths import DEVICE_ALIASES, read_of
from dractl.cel.quoting import quoted
from dractl.cel.selector import compile_cached
from dractl.model.attributes import SemVer, SemVerError
from dractl.model.quantity import Quantity, QuantityError

_FIELDS: Final = ("driver", "attributes", "capacity", "allowMultipleAllocations")
_GATES: Final = {
    "includes": "DRAListTypeAttributes",
    "allowMultipleAllocations": "DRAConsumableCapacity",
}
_MOST_TOLD: Final = 10
_MOST_FOUND: Final = 50  # with repetitions: each of them compiles an expression
_MARKS: Final = {
    "=": "==",
    "&": "&&",
    "|": "||",
    "\u201c": '"',
    "\u201d": '"',
    "\u2018": "'",
    "\u2019": "'",
}
"""What other languages and word processors write for operators and quotes."""
_VERSION_PARTS: Final = 3
AMBIGUOUS: Final = re.compile(r"[meE]\s*[bB]?\s*$")
"""Ends of amounts with two meanings, such as `mb`: a thousandth or a million."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One suggestion; `expression` is the whole expression with it, None: no form.

    `is_certain`: no other expression can have been meant.
    """

    code: str
    message: str
    expression: str | None = None
    is_certain: bool = False


def advise(
    text: str, root: Node, catalogue: Catalogue, environment: Environment
) -> tuple[Advice, ...]:
    """Return the first suggestions for an expression, in the order of its text."""
    found: dict[Advice, None] = {}
    adviser = _Adviser(text, root, catalogue, environment)
    for each in itertools.islice(adviser.all(), _MOST_FOUND):
        found[each] = None
        if len(found) == _MOST_TOLD:
            break
    return tuple(found)


def advise_on_text(
    text: str, catalogue: Catalogue, environment: Environment
) -> tuple[Advice, ...]:
    """Return suggestions for an expression that may not even be a tree."""
    try:
        root = parse(text)
    except SelectorCompileError:
        return _advise_on_marks(text, environment)
    return advise(text, root, catalogue, environment)


def _advise_on_marks(text: str, environment: Environment) -> tuple[Advice, ...]:
    """Return suggestions for characters that mean something elsewhere, not in CEL."""
    found = {}
    lines = text.split("\n")
    exact = list(lines)
    # From the end: what is put in moves what stands after it.
    for issue in reversed(tokens_of(text).issues):
        row, column = issue.line - 1, issue.column - 1
        mark = lines[row][column : column + 1]
        if mark in _MARKS:
            found[mark] = _MARKS[mark]
            line = exact[row]
            exact[row] = line[:column] + _MARKS[mark] + line[column + 1 :]
    if not found:
        return ()
    better = text
    for mark, meant in found.items():
        better = re.sub(rf"(?<![=!<>&|]){re.escape(mark)}(?![=&|])", meant, better)
    whole = better if _compiles(better, environment) else None
    found = dict(reversed(found.items()))
    right = ", ".join(dict.fromkeys(found.values()))
    message = f"CEL does not know {', '.join(found)}; write {right}"
    # Where texts between quotes have such marks, too, those may be meant.
    is_certain = whole is not None and whole == "\n".join(exact)
    return (Advice("unknown-name", message, whole, is_certain),)


def _compiles(text: str, environment: Environment) -> bool:
    try:
        compile_cached(text, environment)
    except SelectorCompileError:
        return False
    return True


class _Adviser:
    def __init__(
        self, text: str, root: Node, catalogue: Catalogue, environment: Environment
    ) -> None:
        self._text = text
        self._root = root
        self._catalogue = catalogue
        self._environment = environment
        self._loose = _loose(root)

    def all(self) -> Iterator[Advice]:
        for node in walk(self._root):
            yield from self._on_names(node)
            yield from self._on_literals(node)
            if self._catalogue.devices:
                yield from self._on_reads(node)
                yield from self._on_values(node)

    # -- names of the language

    def _on_names(self, node: Node) -> Iterator[Advice]:
        match node:
            case Call(function=name) if name not in FUNCTIONS:
                yield from self._misspelled("function", name, FUNCTIONS)
            case Select(operand=Ident(name="device"), field=name) if (
                name not in _FIELDS
            ):
                yield from self._misspelled("field of device", name, _FIELDS)
            case Call(function="includes") if not self._environment.list_attributes:
                yield self._gated("includes")
            case Select(
                operand=Ident(name="device"), field="allowMultipleAllocations"
            ) if not self._environment.consumable_capacity:
                yield self._gated("allowMultipleAllocations")

    def _misspelled(
        self, kind: str, name: str, known: Mapping[str, object] | tuple[str, ...]
    ) -> Iterator[Advice]:
        for near in nearest(name, known):
            yield Advice("unknown-name", f"there is no {kind} {name}, but {near}")

    def _gated(self, name: str) -> Advice:
        message = f"{name} needs the feature gate {_GATES[name]}, which is off"
        return Advice("feature-gate", message)

    # -- literals

    def _on_literals(self, node: Node) -> Iterator[Advice]:
        match node:
            case Call(
                function="quantity" | "semver",
                target=None,
                arguments=(Literal(value=str(text)),),
            ):
                better = _readable(node.function, text)
                if better is not None:
                    yield Advice(
                        "bad-literal",
                        f"{node.function}({quoted(text)}) fails on every device",
                        self._with(node, f"{node.function}({quoted(better)})")
                        if better
                        else None,
                        is_certain=bool(better) and not AMBIGUOUS.search(text),
                    )

    # -- names and values of devices

    def _on_reads(self, node: Node) -> Iterator[Advice]:
        read = read_of(node, DEVICE_ALIASES)
        if read is None or (subject := subject_of_read(read)).map is None:
            return
        if self._catalogue.entry(subject.map, subject.qualified) is not None:
            return
        meant = self._catalogue.nearest_entry(subject.map, subject.domain, subject.name)
        if meant is None:
            yield Advice("unknown-name", f"no device has {_named(subject)}")
            return
        yield Advice(
            "unknown-name",
            f"no device has {_named(subject)}, but {meant.devices} "
            f"have {_named(subject_of(meant))}",
            self._checked(renamed(self._text, self._root, subject, meant)),
        )

    def _on_values(self, node: Node) -> Iterator[Advice]:
        if not isinstance(node, Binary | Call):
            return
        comparison = exact_comparison(node)
        if comparison is None or not comparison.wanted:
            return
        if comparison.subject == DRIVER:
            yield from self._on_driver(node, comparison)
        elif comparison.subject.map is not None:
            subject = comparison.subject
            entry = self._catalogue.entry(comparison.subject.map, subject.qualified)
            if entry is not None:
                yield from self._on_kind(node, comparison, entry)

    def _on_driver(self, node: Node, comparison: Comparison) -> Iterator[Advice]:
        if comparison.operator not in {"==", "in"}:
            return
        for name in comparison.wanted:
            if not isinstance(name, str) or name in self._catalogue.drivers:
                continue
            near = self._catalogue.nearest_driver(name)
            if near is None:
                yield Advice("unknown-driver", f"no driver {name} publishes devices")
                continue
            yield Advice(
                "unknown-driver",
                f"no driver {name} publishes devices, but {near} does",
                self._with_literal(node, name, near),
            )

    def _with_literal(self, node: Node, old: str, new: str) -> str | None:
        for each in walk(node):
            if isinstance(each, Literal) and each.value == old:
                return self._with(each, quoted(new))
        return None

    def _on_kind(
        self, node: Node, comparison: Comparison, entry: Entry
    ) -> Iterator[Advice]:
        wanted = {wanted_kind(each) for each in comparison.wanted}
        if len(entry.kinds) > 1:
            kinds = ", on others ".join(map(noun, entry.kinds))
            message = f"{entry.name} is on some devices {kinds}"
            yield Advice("several-types", message)
            return
        (kind,) = entry.kinds
        is_element = comparison.operator == "includes" and kind in ELEMENTS
        if not kind or {ELEMENTS[kind] if is_element else kind} == wanted:
            return
        if comparison.operator in {"matches", "startsWith", "endsWith"}:
            return
        better = retyped(comparison, kind)
        yield Advice(
            "other-type",
            f"{entry.id} is {noun(kind)}, not {noun(min(wanted))}",
            None if better is None else self._with(node, better),
        )

    # -- the expression with something else in the place of a node

    def _with(self, node: Node, replacement: str) -> str | None:
        if node not in self._loose and not isinstance(node, Literal):
            replacement = f"({replacement})"
        before, after = self._text[: node.start], self._text[node.end :]
        return self._checked(f"{before}{replacement}{after}")

    def _checked(self, text: str) -> str | None:
        return text if _compiles(text, self._environment) else None


def _named(subject: Subject) -> str:
    kind = "attribute" if subject.map == "attributes" else "capacity"
    return f"the {kind} {subject.qualified}"


def _loose(root: Node) -> frozenset[Node]:
    """Return the nodes that any comparison can replace as it is, and all calls."""
    found = {root}
    for node in walk(root):
        if isinstance(node, Logic):
            found.update(children(node))
        elif isinstance(node, Call) and node.target is None:
            found.add(node)
    return frozenset(found)


def _readable(function: str, text: str) -> str | None:
    """Return a text that the function can read, "" for none; None: it reads this."""
    if function == "quantity":
        shorter = text.replace(" ", "").removesuffix("B")
        return _first_readable(text, (shorter,), Quantity.parse)
    parts = text.removeprefix("v").split(".")
    full = ".".join([*parts, *["0"] * (_VERSION_PARTS - len(parts))])
    return _first_readable(text, (full,), SemVer.parse)


def _first_readable(
    text: str, others: Iterable[str], parse: Callable[[str], object]
) -> str | None:
    for each in (text, *others):
        try:
            parse(each)
        except (QuantityError, SemVerError):
            continue
        return None if each == text else each
    return ""
