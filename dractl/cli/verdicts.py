"""How the answer of `dractl cel` looks: clause by clause, device by device, as data."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from dractl.catalogue.expectation import Difference
from dractl.catalogue.funnel import Stage
from dractl.catalogue.trial import EXPRESSION, Trial
from dractl.cel.cost import MAX_COST
from dractl.cel.errors import Issue, SelectorCompileError
from dractl.cel.lexer import tokens_of
from dractl.cli.terminal import Terminal
from dractl.cli.text import columns, counted, filled, visible, width
from dractl.model.devices import Device, NodeScope
from dractl.solver.inventory import Entry

if TYPE_CHECKING:
    from dractl.api.problems import Problem

_NARROW: Final = 80  # columns of the terminal that everybody has
_MOST_ISSUES: Final = 5
_MOST_POOLS: Final = 12
_MOST_OF_POOL: Final = 16

# -- data


def document(
    trial: Trial, difference: Difference | None, problems: Sequence["Problem"]
) -> dict[str, object]:
    """Return the answer as JSON has it."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "CelResult",
        "expression": trial.text,
        "compiles": trial.error is None,
        "error": error_data(trial.error),
        "refused": trial.refusal or None,
        "cost": _cost_data(trial),
        "selected": len(trial.selected),
        "of": len(trial.devices),
        "failing": trial.failing,
        "devices": [str(device.id) for device in trial.selected],
        "clauses": [_stage_data(stage, trial) for stage in trial.funnel.stages],
        "guarded": trial.guarded,
        "suggestions": [
            {"code": a.code, "message": a.message, "expression": a.expression}
            for a in trial.advice
        ],
        "expectation": None if difference is None else difference_data(difference),
        "problems": [each.as_data() for each in problems],
    }


def error_data(error: SelectorCompileError | None) -> dict[str, object] | None:
    """Return what the compiler says, and the place of its first complaint."""
    if error is None:
        return None
    first = error.issues[0]
    return {
        "message": error.message,
        "line": max(first.line, 0) or None,
        "column": first.column if first.line > 0 else None,
    }


def difference_data(difference: Difference) -> dict[str, object]:
    """Return how the selection differs from what was expected."""
    return {
        "met": difference.is_empty,
        "missing": list(difference.missing),
        "unexpected": [str(device.id) for device in difference.unexpected],
        "count": difference.count,
    }


def _cost_data(trial: Trial) -> dict[str, object] | None:
    if trial.selector is None:
        return None
    worst = trial.worst
    return {
        "estimate": trial.selector.max_cost,
        "limit": MAX_COST,
        "worst": None if worst is None else worst.cost,
        "worstDevice": None if worst is None else str(worst.device.id),
    }


def _stage_data(stage: Stage, trial: Trial) -> dict[str, object]:
    first = next(iter(stage.failing), None)
    return {
        "owner": stage.owner,
        "selector": stage.position,
        "text": stage.text,
        "before": stage.before,
        "after": stage.after,
        "failing": len(stage.failing),
        "error": stage.error or None,
        "failingDevice": None if first is None else str(first.id),
        "near": _near(stage, trial),
    }


def _near(stage: Stage, trial: Trial) -> str | None:
    return trial.near.sentence() if trial.near and stage.is_fatal else None


def names(trial: Trial) -> str:
    """Return the devices that are selected, one a line."""
    return "".join(f"{visible(str(device.id))}\n" for device in trial.selected)


# -- text


def table(
    trial: Trial, difference: Difference | None, scope: str, terminal: Terminal
) -> str:
    """Return what each clause leaves, what is selected, and what could be better.

    `scope` says whose devices these are, "" if it is all of them.
    """
    limit = terminal.columns or _NARROW
    lines: list[str] = []
    if trial.error is not None:
        lines += _refused(trial.error, terminal)
    if trial.funnel.stages:
        lines += ["", terminal.heading("LEFT  CLAUSE"), *_stages(trial, scope, limit)]
    if trial.selected:
        lines += ["", terminal.heading("SELECTED"), *_listed(trial.selected, limit)]
    if difference is not None and not difference.is_empty:
        title = terminal.heading("NOT AS EXPECTED")
        lines += ["", title, *differences(difference, trial, limit)]
    if trial.selector is not None:
        lines += ["", terminal.heading("COST"), *_cost(trial, limit)]
    if trial.guarded is not None:
        lines += ["", terminal.heading("GUARDED"), *_code(trial.guarded, limit)]
    if trial.advice:
        lines += ["", terminal.heading("SUGGESTIONS"), *_advice(trial, limit)]
    return "".join(f"{line}\n" for line in lines[lines[:1] == [""] :])


def wide(trial: Trial, entries: Sequence[Entry], terminal: Terminal) -> str:
    """Return one line per device: where it can be used, and what became of it."""
    if trial.error is not None:
        return "".join(f"{line}\n" for line in _refused(trial.error, terminal))
    verdicts = _verdicts(trial)
    rows = [
        (
            visible(str(entry.device.id)),
            visible(_node(entry.scope)),
            visible(verdicts.get(id(entry.device), "selected")),
        )
        for entry in entries
    ]
    first, *others = columns([("DEVICE", "NODE", "VERDICT"), *rows])
    lines = [terminal.heading(first), *others] if rows else []
    return "".join(f"{line}\n" for line in lines)


def _node(scope: NodeScope) -> str:
    if scope.node_name:
        return scope.node_name
    return "<all>" if scope.all_nodes else "<selected>"


def _verdicts(trial: Trial) -> Mapping[int, str]:
    """Return what is to be said of each device that is not selected."""
    found: dict[int, str] = {}
    for stage in trial.funnel.stages:
        place = _titled(stage)
        found |= {id(device): f"no: {place}" for device in stage.removed}
        failure = f"fails: {stage.error}: {place}"
        found |= {id(device): failure for device in stage.failing}
    return found


# -- what does not compile


def place_of(issue: Issue) -> str:
    """Return where an issue is, to be put before its message."""
    return f"line {issue.line}, column {issue.column}: " if issue.line > 0 else ""


def _refused(error: SelectorCompileError, terminal: Terminal) -> list[str]:
    limit = terminal.columns or _NARROW
    return [terminal.heading("DOES NOT COMPILE"), *_issues(error, limit)]


def _issues(error: SelectorCompileError, limit: int) -> Iterator[str]:
    for issue in error.issues[:_MOST_ISSUES]:
        yield from _indented(f"{place_of(issue)}{issue.message}", limit)
        if issue.line > 0 and error.source:
            yield from _pointed(error.source, issue, limit - 4)
    more = len(error.issues) - _MOST_ISSUES
    if more > 0:
        yield f"  and {more} more"


def _pointed(source: str, issue: Issue, limit: int) -> Iterator[str]:
    """Yield the line of the source, or as much as fits, and a caret below it."""
    line = source.split("\n")[issue.line - 1]
    place = max(issue.column - 1, 0)
    half = limit // 2
    start = max(0, min(place - half, len(line) - limit))
    before = visible(line[start:place])
    after = visible(line[place : start + limit])
    yield f"    {before}{after}"
    yield f"    {' ' * width(before)}^"


# -- the funnel


def _stages(trial: Trial, scope: str, limit: int) -> Iterator[str]:
    size = max(len("LEFT"), len(str(len(trial.devices))))
    yield f"{len(trial.devices):>{size}}  {visible(f'devices{scope}')}"
    for stage in trial.funnel.stages:
        text = filled(visible(_titled(stage)).split(" "), limit - size - 2)
        yield f"{stage.after:>{size}}  {text[0]}"
        indent = " " * (size + 2)
        yield from (f"{indent}{line}" for line in text[1:])
        for remark in _remarks(stage, trial):
            for line in filled(visible(remark).split(" "), limit - size - 4):
                yield f"{indent}  {line}"


def _remarks(stage: Stage, trial: Trial) -> Iterator[str]:
    if stage.failing:
        number = counted(len(stage.failing), "device")
        yield f"fails on {number}, such as {stage.failing[0].id}: {stage.error}"
    near = _near(stage, trial)
    if near is not None:
        yield near


def _titled(stage: Stage) -> str:
    text = one_line(stage.text)
    return text if stage.owner == EXPRESSION else f"{stage.owner}: {text}"


def one_line(text: str) -> str:
    """Return an expression without its line breaks and indentation."""
    return " ".join(line.strip() for line in text.splitlines())


def _listed(devices: Sequence[Device], limit: int) -> Iterator[str]:
    """Yield driver/pool/a,b,c for each pool."""
    pools = [
        (f"{visible(driver)}/{visible(pool)}/", [visible(each.name) for each in group])
        for (driver, pool), group in groupby(devices, lambda each: each.id[:2])
    ]
    for start, names_of_pool in pools[:_MOST_POOLS]:
        yield from _pool(start, names_of_pool, limit)
    more = sum(len(found) for _, found in pools[_MOST_POOLS:])
    if more:
        yield f"  and {more} more"


def _pool(start: str, found: Sequence[str], limit: int) -> Iterator[str]:
    shown = found if len(found) <= _MOST_OF_POOL else found[: _MOST_OF_POOL - 1]
    pieces = [f"{name}," for name in shown[:-1]] + [shown[-1]]
    if len(shown) < len(found):
        pieces.append(f" and {len(found) - len(shown)} more")
    pieces[0] = f"{start}{pieces[0]}"
    first, *others = filled(pieces, limit - 4, joint="")
    yield f"  {first}"
    yield from (f"    {line.lstrip()}" for line in others)


# -- the rest


def differences(difference: Difference, trial: Trial, limit: int) -> Iterator[str]:
    """Yield the devices that are missing with a minus, those too many with a plus."""
    if difference.count is not None:
        yield f"  selects {len(trial.selected)}, not {difference.count}"
    verdicts = _verdicts(trial)
    known = {str(each.id): verdicts.get(id(each)) for each in trial.devices}
    for name in difference.missing:
        why = "nothing fits" if _is_pattern(name) else "no such device"
        if name in known:
            why = known[name] or "not tried"
        yield from _indented(f"- {name}  {why}", limit)
    for device in difference.unexpected:
        yield f"  + {visible(str(device.id))}"


def _is_pattern(text: str) -> bool:
    return not {"*", "?", "["}.isdisjoint(text)


def _cost(trial: Trial, limit: int) -> Iterator[str]:
    assert trial.selector is not None
    share = 100 * trial.selector.max_cost / MAX_COST
    measured = f"; at most {trial.worst.cost} on these devices" if trial.worst else ""
    yield from _indented(
        f"estimate {trial.selector.max_cost} of {MAX_COST} ({share:.3g} %){measured}",
        limit,
    )


def _advice(trial: Trial, limit: int) -> Iterator[str]:
    for advice in trial.advice:
        yield from _indented(advice.message, limit)
        if advice.expression is not None:
            yield from (f"  {line}" for line in _code(advice.expression, limit - 2))


def _code(text: str, limit: int) -> Iterator[str]:
    """Yield an expression in lines that can be copied: none breaks within a string."""
    for line in text.splitlines():
        for part in filled(map(visible, _clauses(line)), limit - 2):
            yield f"  {part}"


def _clauses(line: str) -> Iterator[str]:
    """Yield the pieces of a line that start with `&&` or `||`."""
    start = 0
    for token in tokens_of(line).tokens:
        if token.kind in {"&&", "||"} and token.start > start:
            yield line[start : token.start].rstrip()
            start = token.start
    yield line[start:].rstrip()


def _indented(text: str, limit: int) -> Iterator[str]:
    first, *others = filled(visible(text).split(" "), limit - 4)
    yield f"  {first}"
    yield from (f"    {line}" for line in others)
