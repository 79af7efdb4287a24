"""The guarded form of an expression: where a value is missing, false and no error.

A read of an attribute or capacity that a device does not have ends an evaluation with
"no such key", which stops the scheduler for the whole pod. The guarded form asks for
each value before it is read. It selects the same devices wherever the original has an
answer.
"""

from collections.abc import Iterator

from dractl.cel.nodes import (
    Binary,
    Bind,
    Conditional,
    Has,
    Index,
    Literal,
    Logic,
    Macro,
    Node,
    Select,
    Unary,
    children,
)
from dractl.cel.paths import DEVICE_ALIASES, path_of
from dractl.cel.quoting import value_test

_VALUE = 3  # device, then the map, the domain and the name
_MAPS = frozenset({"attributes", "capacity"})


def guarded(text: str, root: Node) -> str | None:
    """Return the expression with its guards; None where it needs none.

    `root` is what the parser made of the text.
    """
    guard = _Guard(text)
    result = guard.form(root, frozenset())
    return result if guard.added else None


class _Guard:
    def __init__(self, text: str) -> None:
        self._text = text
        self.added = 0

    def form(self, node: Node, known: frozenset[str]) -> str:
        """Return the node's text, with guards for what is not known to be there."""
        before = self.added
        text = self._rebuilt(node, known)
        return text if self.added > before else self._source(node)

    def _rebuilt(self, node: Node, known: frozenset[str]) -> str:
        match node:
            case Logic(operator="&&", terms=terms):
                return self._conjunction(terms, known)
            case Logic(operator="||", terms=terms):
                return " || ".join(self._part(term, known) for term in terms)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                first, second = self._part(condition, known), self._part(then, known)
                return f"{first} ? {second} : {self._part(otherwise, known)}"
        guards = [each for each in _unique(_reads(node)) if each not in known]
        self.added += len(guards)
        return " && ".join([*guards, self._source(node)])

    def _conjunction(self, terms: tuple[Node, ...], known: frozenset[str]) -> str:
        parts = []
        for term in terms:
            is_loose = isinstance(term, Logic | Conditional)
            parts.append(
                self._part(term, known) if is_loose else self.form(term, known)
            )
            known |= {_source_of_has(self._text, term), *_unique(_reads(term))}
        return " && ".join(parts)

    def _part(self, node: Node, known: frozenset[str]) -> str:
        """Return the form in parentheses, if it is not the text as it was."""
        before = self.added
        text = self.form(node, known)
        return f"({text})" if self.added > before else text

    def _source(self, node: Node) -> str:
        return self._text[node.start : node.end]


def _source_of_has(text: str, node: Node) -> str:
    """Return a guard that the author wrote, in the spelling of ours."""
    if isinstance(node, Has):
        path = path_of(node.operand, DEVICE_ALIASES)
        if path is not None and len(path) == _VALUE - 1:
            return value_test((*path, node.field))
    if isinstance(node, Binary) and node.operator == "in" and _is_text(node.left):
        path = path_of(node.right, DEVICE_ALIASES)
        if path is not None and len(path) == _VALUE - 1:
            assert isinstance(node.left, Literal)
            return value_test((*path, str(node.left.value)))
    return text[node.start : node.end]


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _reads(node: Node) -> Iterator[str]:
    """Yield the guard of every value that the node may read and fail on."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        match here:
            case Has(operand=operand):
                waiting.append(operand)
                continue
            case Select(optional=True) | Index(optional=True) | Bind() | Macro():
                continue  # has its own way with what is missing, or needs an author
            case Select() | Index():
                path = path_of(here, DEVICE_ALIASES)
                if path is not None and len(path) == _VALUE and path[0] in _MAPS:
                    yield value_test(path)
                    continue
            case Unary() | Binary():
                pass
        waiting.extend(reversed(children(here)))


def _unique(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(texts))
