"""Whether an expression compiles: the types of its nodes, or what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dractl.cel.declarations import attribute_type
from dractl.cel.environment import Environment
from dractl.cel.errors import MOST_ISSUES, Issue, SelectorCompileError, issue_at
from dractl.cel.inference import Inference
from dractl.cel.nodes import Node
from dractl.cel.types import BOOL, Type
from dractl.cel.unification import TooComplex
from dractl.cel.validators import constant_problem, literal_issues


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that compiles: its tree and the type of every node.

    `expansions` holds what each macro stands for, `overloads` the signatures that each
    call, operator and macro part may use at run time; both serve the cost estimate.
    """

    source: str
    root: Node
    types: Mapping[Node, Type]
    expansions: Mapping[Node, Node] = field(repr=False)
    overloads: Mapping[Node, tuple[str, ...]] = field(repr=False)


def check(source: str, root: Node, environment: Environment) -> Checked:
    """Return the types of the tree that was parsed from the source.

    Raises SelectorCompileError for everything that keeps the API server from accepting
    the expression as a selector, its cost excepted.
    """
    checked = _checked(source, root, environment)
    kind = checked.types[checked.root]
    if kind not in (BOOL, attribute_type(environment)):
        problem = f"must evaluate to bool or the unknown type, not {kind}"
        raise SelectorCompileError(source, (Issue(0, 0, problem),))
    _refuse_unusable(checked)
    return checked


def check_value(source: str, root: Node, environment: Environment) -> Checked:
    """Return the types of an expression whose result may be of any type.

    Raises SelectorCompileError as `check` does.
    """
    checked = _checked(source, root, environment)
    _refuse_unusable(checked)
    return checked


def _checked(source: str, root: Node, environment: Environment) -> Checked:
    found = Inference(source, environment)
    try:
        found.run(root)
        if not found.issues:
            found.settle()
    except TooComplex:
        text = "the types of this expression are too complex"
        found.issues = found.issues or [Issue(0, 0, text)]
    issues = found.issues or [
        issue_at(source, at, text)
        for at, text in literal_issues(found.types, found.exempt)
    ]
    if issues:
        ordered = sorted(issues, key=lambda issue: (issue.line, issue.column))
        raise SelectorCompileError(source, tuple(ordered[:MOST_ISSUES]))
    return Checked(source, root, found.types, found.expansions, found.overloads)


def _refuse_unusable(checked: Checked) -> None:
    if text := constant_problem(checked.types, checked.overloads):
        issue = Issue(0, 0, f"program instantiation failed: {text}")
        raise SelectorCompileError(checked.source, (issue,))
