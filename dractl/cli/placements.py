"""How the answer of `dractl allocate` looks: table, wide table, names, and the data."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from dractl.cli.terminal import Terminal
from dractl.cli.text import columns, counted, filled, visible, width
from dractl.model.claims import Allocation, DeviceResult, ResourceClaim

if TYPE_CHECKING:
    from dractl.api.problems import Problem
    from dractl.solver.placement import NodeGroup, Outcome, Placement

_NARROW: Final = 80  # columns of the terminal that everybody has
_NONE: Final = "<none>"  # as kubectl writes it
_LEAST: Final = 20  # cells that the last column keeps, however narrow the terminal


def is_placed(placement: "Placement") -> bool:
    """Tell whether everything that was asked for got a place."""
    return (
        placement.reason is None
        and placement.aborted is None
        and not placement.reasons
        and all(allocation is not None for _, allocation in placement.allocations)
    )


# -- data


def document(
    outcome: "Outcome", problems: Sequence["Problem"], seconds: float
) -> dict[str, object]:
    """Return the answer as the contract's JSON."""
    placed = sum(map(is_placed, outcome.placements))
    return {
        "apiVersion": "dractl/v1",
        "kind": "AllocateResult",
        "placements": [_placement(each) for each in outcome.placements],
        "problems": [each.as_data() for each in problems],
        "summary": {
            "placed": placed,
            "unplaced": len(outcome.placements) - placed,
            "seconds": round(seconds, 3),
            "steps": outcome.steps,
        },
    }


def claims(outcome: "Outcome") -> dict[str, object]:
    """Return the claims with the status that the scheduler would give them."""
    from dractl.api.encode import allocation_to_wire

    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {
                "apiVersion": "resource.k8s.io/v1",
                "kind": "ResourceClaim",
                "metadata": _reference(*claim.meta.key),
                "status": {"allocation": allocation_to_wire(allocation)},
            }
            for placement in outcome.placements
            for claim, allocation in placement.allocations
            if allocation is not None
        ],
    }


def _placement(placement: "Placement") -> dict[str, object]:
    pod = placement.subject.pod
    return {
        "pod": None if pod is None else _reference(*pod.meta.key),
        "node": placement.node,
        "claims": [_claim(*each) for each in placement.allocations],
        "reason": placement.reason,
        "aborted": placement.aborted,
        "hint": placement.hint,
        "slow": placement.is_slow,
        "nodes": [
            {"reason": group.reason, "count": len(group.nodes), "names": group.nodes}
            for group in placement.reasons
        ],
    }


def _claim(claim: ResourceClaim, allocation: Allocation | None) -> dict[str, object]:
    from dractl.api.encode import allocation_to_wire

    wire = None if allocation is None else allocation_to_wire(allocation)
    return {**_reference(*claim.meta.key), "allocation": wire}


def _reference(namespace: str, name: str) -> dict[str, object]:
    return {"namespace": namespace, "name": name}


# -- text


def names(outcome: "Outcome") -> str:
    """Return the claims that got devices, as `kubectl -o name` writes them."""
    return "".join(
        f"resourceclaim.resource.k8s.io/{visible(claim.meta.name)}\n"
        for placement in outcome.placements
        for claim, allocation in placement.allocations
        if allocation is not None
    )


def table(outcome: "Outcome", terminal: Terminal) -> str:
    """Return claim, node and devices, then why the rest does not fit."""
    rows = [row for each in outcome.placements for row in _rows(each)]
    return _laid_out(("CLAIM", "NODE", "DEVICES"), rows, outcome, terminal)


def wide(outcome: "Outcome", terminal: Terminal) -> str:
    """Return one line per device, with everything known of it."""
    header = ("NAMESPACE", "POD", "CLAIM", "REQUEST", "NODE", "DEVICE", "DETAILS")
    rows = [
        (row, [details])
        for each in outcome.placements
        for *row, details in _wide_rows(each)
    ]
    return _laid_out(header, rows, outcome, terminal)


Row = tuple[Sequence[str], Sequence[str]]  # cells, and the pieces of the last one


def _laid_out(
    header: Sequence[str], rows: Sequence[Row], outcome: "Outcome", terminal: Terminal
) -> str:
    lines: list[str] = []
    if rows:
        taken = [max(map(width, column)) for column in _heads(header, rows)]
        limit = terminal.columns
        rest = (
            None if limit is None else max(limit - sum(taken) - 2 * len(taken), _LEAST)
        )
        grid = [header, *(line for row in rows for line in _wrapped(row, rest))]
        first, *others = columns(grid)
        lines += [terminal.heading(first), *others]
    refused = [each for each in outcome.placements if not is_placed(each)]
    if refused:
        lines += ["", terminal.heading("NOT PLACED")] if lines else []
        lines += _refusals(refused, terminal.columns or _NARROW)
    return "".join(f"{line}\n" for line in lines)


def _heads(header: Sequence[str], rows: Sequence[Row]) -> Iterator[Sequence[str]]:
    return zip(header[:-1], *(cells for cells, _ in rows), strict=True)


def _wrapped(row: Row, limit: int | None) -> Iterator[Sequence[str]]:
    """Yield the row in as many lines as its last cell needs."""
    cells, pieces = row
    parts = ["".join(pieces)] if limit is None else filled(pieces, limit, joint="")
    for part in parts or [""]:
        yield [*cells, part.rstrip()]
        cells = [""] * len(cells)


def _rows(placement: "Placement") -> Iterator[Row]:
    node = visible(placement.node) if placement.node else _NONE
    for claim, allocation in placement.allocations:
        devices = [_NONE] if allocation is None else _devices(allocation.results)
        yield (_name(*claim.meta.key), node), devices
    if not placement.allocations and (pod := placement.subject.pod):
        yield (f"pod {_name(*pod.meta.key)}", node), [_NONE]


def _name(namespace: str, name: str) -> str:
    return visible(f"{namespace}/{name}" if namespace else name)


def _devices(results: Sequence[DeviceResult]) -> list[str]:
    """Return driver/pool/a,b: the pieces between which a line may break."""
    pieces: list[str] = []
    for (driver, pool), group in groupby(results, lambda each: each.device[:2]):
        found = [visible(each.device.device) for each in group]
        found[0] = f"{visible(driver)}/{visible(pool)}/{found[0]}"
        pieces += [f"{each}," for each in found[:-1]] + [f"{found[-1]} "]
    return pieces or [_NONE]


def _wide_rows(placement: "Placement") -> Iterator[tuple[str, ...]]:
    pod = placement.subject.pod
    pod_name = visible(pod.meta.name) if pod else _NONE
    node = visible(placement.node) if placement.node else _NONE
    for claim, allocation in placement.allocations:
        start = (visible(claim.meta.namespace), pod_name, visible(claim.meta.name))
        if allocation is None or not allocation.results:
            yield (*start, _NONE, node, _NONE, "")
            continue
        for each in allocation.results:
            yield (*start, visible(each.request), node, visible(str(each.device)),
                   ", ".join(_details(each)))  # fmt: skip
    if not placement.allocations and pod:
        yield (visible(pod.meta.namespace), pod_name, _NONE, _NONE, node, _NONE, "")


def _details(result: DeviceResult) -> Iterator[str]:
    if result.admin_access:
        yield "admin access"
    for name, amount in sorted((result.consumed_capacity or {}).items()):
        yield f"{visible(name)} {amount}"
    if result.binding_conditions:
        yield "waits for " + visible(" ".join(result.binding_conditions))


# -- what does not fit


def _refusals(placements: Sequence["Placement"], limit: int) -> Iterator[str]:
    """Yield one paragraph per cause; those who share it are named together."""
    shared: dict[object, list[Placement]] = {}
    for each in placements:
        shared.setdefault(_cause(each), []).append(each)
    for group in shared.values():
        yield from filled(_listed([_subject(each) for each in group], limit), limit)
        first = group[0]
        if first.aborted is not None:
            yield from _indented(f"aborted: {visible(first.aborted)}", limit)
            if first.hint:
                yield from _indented(f"hint: {visible(first.hint)}", limit)
        elif first.reason is not None:
            yield from _indented(visible(first.reason), limit)
        for refusal in first.reasons:
            yield from _refusal(refusal, limit)


def _cause(placement: "Placement") -> object:
    return placement.reason, placement.aborted, placement.hint, placement.reasons


def _subject(placement: "Placement") -> str:
    if pod := placement.subject.pod:
        return f"pod {_name(*pod.meta.key)}"
    return " ".join(f"claim {_name(*c.meta.key)}" for c in placement.subject.claims)


def _refusal(group: "NodeGroup", limit: int) -> Iterator[str]:
    nodes = counted(len(group.nodes), "node")
    yield from _indented(f"{nodes}: {visible(group.reason)}", limit)
    if group.nodes:
        yield "    " + " ".join(_listed([visible(n) for n in group.nodes], limit - 4))


def _indented(text: str, limit: int) -> Iterator[str]:
    """Yield the text in lines below a heading."""
    first, *others = filled(text.split(" "), limit - 4)
    yield f"  {first}"
    yield from (f"    {line}" for line in others)


def _listed(items: Sequence[str], limit: int) -> list[str]:
    """Return as many items as a line holds, and how many more there are."""
    room = limit - len(f" and {len(items)} more")
    shown: list[str] = []
    for number, item in enumerate(items, start=1):
        room -= width(item) + 2
        if room < 0 and shown:
            return [*shown, f"and {len(items) - number + 1} more"]
        shown.append(item if number == len(items) else f"{item},")
    return shown
