"""Which devices a command looks at: those of a driver, of a node, of a class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dractl.api.snapshot import Snapshot
from dractl.catalogue.funnel import run
from dractl.catalogue.published import published, seen_by
from dractl.cel.errors import SelectorCompileError
from dractl.cel.selector import Selector, compile_cached, stored_environment_of
from dractl.cli.names import unknown
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.errors import DractlError, ExitStatus
from dractl.model.devices import Device
from dractl.solver.allocator import Allocator
from dractl.solver.eligibility import EMPTY_EXPRESSION
from dractl.solver.errors import AllocationAborted
from dractl.solver.inventory import Entry


@dataclass(frozen=True)
class Scope:
    """The devices that options leave, and the selectors of the class that they name.

    `described` follows a number of devices in a sentence, as " for node gpu-7" does.
    """

    entries: tuple[Entry, ...]
    parts: Sequence[tuple[str, Selector]]
    described: str

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices, before the class has its say."""
        return tuple(entry.device for entry in self.entries)

    def passing(self, screen: Terminal) -> tuple[Device, ...]:
        """Return the devices that the class selects; say where it fails."""
        found = run(self.parts, self.devices)
        for stage in found.stages:
            if stage.failing:
                number = counted(len(stage.failing), "device")
                screen.warn(
                    f"{stage.owner} fails on {number}, "
                    f"such as {stage.failing[0].id}: {stage.error}"
                )
        return found.passing


def narrowed(
    snapshot: Snapshot,
    *,
    device_class: str | None = None,
    driver: str | None = None,
    node: str | None = None,
) -> Scope:
    """Return the devices of a driver, for a node, and what a class asks of them.

    Raises DractlError for a name that nothing has, and for a class that the scheduler
    cannot use.
    """
    parts = class_parts(snapshot, device_class)
    words = [
        f" of driver {driver}" if driver is not None else "",
        f" for node {node}" if node is not None else "",
    ]
    if not snapshot.slices:
        words.append(", for the source has no ResourceSlices")
    return Scope(_entries(snapshot, driver, node), parts, "".join(words))


def _entries(
    snapshot: Snapshot, driver: str | None, node: str | None
) -> tuple[Entry, ...]:
    entries = published(snapshot.slices)
    if driver is not None:
        _known("driver", driver, (entry.slice.driver for entry in entries))
    if node is not None:
        entries = _seen_by(snapshot, node)
    if driver is None:
        return entries
    return tuple(entry for entry in entries if entry.slice.driver == driver)


def check_names(
    snapshot: Snapshot,
    *,
    device_class: str | None = None,
    driver: str | None = None,
    node: str | None = None,
) -> None:
    """Raise DractlError for a name that nothing has; None: it is not asked for."""
    if device_class is not None:
        _known("class", device_class, snapshot.class_by_name)
    if driver is not None:
        _known("driver", driver, (each.driver for each in snapshot.slices))
    if node is not None:
        named = (each.scope.node_name for each in snapshot.slices)
        _known("node", node, (*snapshot.node_by_name, *filter(None, named)))


def class_parts(snapshot: Snapshot, name: str | None) -> list[tuple[str, Selector]]:
    """Return the selectors of a class with their owner; None: no class, no selectors.

    Raises DractlError for a class that does not exist, or that the scheduler cannot
    use.
    """
    if name is None:
        return []
    _known("class", name, snapshot.class_by_name)
    environment = stored_environment_of(snapshot.profile)
    owner = f"class {name}"
    try:
        return [
            (owner, compile_cached(_expression(text, owner), environment))
            for text in snapshot.class_by_name[name].selectors
        ]
    except SelectorCompileError as error:
        raise DractlError(
            "class-selector",
            f"CEL compile error: {error}",
            where=owner,
            hint="mend the class first: nothing can be allocated by it",
            status=ExitStatus.NO,
        ) from error


def _expression(text: str | None, owner: str) -> str:
    if text is None:
        raise DractlError(
            "class-selector", EMPTY_EXPRESSION, where=owner, status=ExitStatus.NO
        )
    return text


def _seen_by(snapshot: Snapshot, name: str) -> tuple[Entry, ...]:
    _known("node", name, snapshot.node_by_name)
    try:
        return seen_by(snapshot.node_by_name[name], Allocator(snapshot))
    except AllocationAborted as error:
        raise DractlError(
            "node-selector",
            error.message,
            where=f"node {name}",
            hint="mend the ResourceSlice: it keeps the scheduler from this node",
        ) from error


def _known(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise DractlError for a name that is not among those known."""
    names = dict.fromkeys(known)
    if name not in names:
        raise unknown(kind, name, names)
