"""What is said where an answer has nothing in it, and why it has not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dractl.catalogue.nearest import guess
from dractl.cli.text import counted

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot
    from dractl.capacity.look import Look, Only

DEVICES: Final = "devices"
CLAIMS: Final = "claims"


def nothing(noun: str, look: "Look", only: "Only", program: str) -> str:
    """Return that nothing of what is looked at is such, and why if that is known."""
    text = f"no {noun}{''.join(_scope(only))}"
    if only.namespace:
        text = f"namespace {only.namespace} has {text}"
    why = next(_reasons(noun, look, only, program), None)
    return text if why is None else f"{text}: {why}"


def only_namespace(snapshot: "Snapshot", namespace: str, looked_at: str) -> str:
    """Return that only a namespace was looked at, or that there is none such."""
    if gone := _why_no_namespace(snapshot, namespace):
        return f"namespace {namespace} {gone}"
    return f"only {looked_at}; -A: all"


def _why_no_namespace(snapshot: "Snapshot", namespace: str) -> str:
    """Return that there is none, as what is said of it; "": there is, or may be."""
    known = snapshot.namespace_by_name
    used = {each.meta.namespace for each in snapshot.claims}
    used |= {each.meta.namespace for each in snapshot.pods}
    if not known or snapshot.info.gap("Namespace") or namespace in {*known, *used}:
        return ""
    hint = guess(namespace, [*known, *used])
    return "; ".join(filter(None, ("does not exist", hint)))


def _scope(only: "Only") -> Iterator[str]:
    if only.device_class:
        yield f" of class {only.device_class}"
    if only.driver:
        yield f" of driver {only.driver}"
    if only.node:
        yield f" on node {only.node}"
    if only.labels:
        yield " on nodes with these labels"


def _reasons(noun: str, look: "Look", only: "Only", program: str) -> Iterator[str]:
    """Yield why there is nothing, what explains most first."""
    snapshot, space = look.snapshot, only.namespace
    if space and (gone := _why_no_namespace(snapshot, space)):
        yield f"it {gone}"
    if only.labels and not look.nodes:
        yield "no node has them"
    if noun == DEVICES and not snapshot.slices:
        yield f"there are no ResourceSlices; {program} doctor may tell why"
    if space and noun in {DEVICES, CLAIMS}:
        claims = sum(each.meta.namespace == space for each in snapshot.claims)
        number = sum(each.meta.namespace == space for each in snapshot.pods)
        pods = counted(number, "pod") if number else "no pods"
        if not claims:
            yield f"it has {pods}" + " and no claims" * (noun == DEVICES)
        elif noun == DEVICES:
            yield f"it has {counted(claims, 'claim')} and {pods}"
