"""Options that change a cluster in thought before a question is asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dractl.cli.options import usage

if TYPE_CHECKING:
    from dractl.capacity.whatif import Change

_MOST_NODES: Final = 10_000  # in thought as well, each of them takes memory
_EFFECTS: Final = ("NoSchedule", "NoExecute")

AddOption = Annotated[
    int | None,
    typer.Option(
        "--add-nodes",
        metavar="N",
        min=1,
        max=_MOST_NODES,
        help="What if there were so many nodes more, like --like NODE.",
    ),
]
LikeOption = Annotated[
    str | None,
    typer.Option(
        "--like",
        metavar="NODE",
        help="The node that those of --add-nodes are like, with its DaemonSets.",
    ),
]
RemoveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--remove", metavar="NODE", help="What if this node were gone; repeatable."
    ),
]
DrainOption = Annotated[
    list[str] | None,
    typer.Option(
        "--drain", metavar="NODE", help="What if this node were drained; repeatable."
    ),
]
TaintOption = Annotated[
    list[str] | None,
    typer.Option(
        "--taint",
        metavar="DEVICE[:EFFECT]",
        help="What if DRIVER[/POOL[/DEVICE]] were tainted, NoSchedule unless it says "
        "NoExecute; repeatable.",
    ),
]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without-driver",
        metavar="NAME",
        help="What if this driver published nothing; repeatable.",
    ),
]
FreeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--free",
        metavar="CLAIM",
        help="What if [NAMESPACE/]CLAIM and its pods were gone; repeatable.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The changes that are thought of, as they were typed."""

    added: int | None = None
    like: str | None = None
    removed: tuple[str, ...] = ()
    drained: tuple[str, ...] = ()
    tainted: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether there is any."""
        return self != WhatIf()

    def changes(self, namespace: str) -> "tuple[Change, ...]":
        """Return the changes; `namespace` is that of claims which name none.

        Nodes are added first, so that one can be had in the place of another.
        """
        return tuple(self._changes(namespace))

    def _changes(self, namespace: str) -> "Iterator[Change]":
        from dractl.capacity.whatif import (
            AddNodes,
            DrainNode,
            FreeClaim,
            RemoveNode,
            TaintDevices,
            WithoutDriver,
        )

        if self.added is not None and self.like is not None:
            yield AddNodes(self.added, self.like)
        yield from map(RemoveNode, self.removed)
        yield from map(DrainNode, self.drained)
        for text in self.tainted:
            word, colon, effect = text.rpartition(":")
            yield TaintDevices(word, effect) if colon else TaintDevices(text)
        yield from map(WithoutDriver, self.drivers)
        for text in self.claims:
            space, slash, name = text.partition("/")
            yield FreeClaim(space, name) if slash else FreeClaim(namespace, text)


def what_if_of(  # noqa: PLR0913 - one parameter per option
    *,
    add_nodes: AddOption = None,
    like: LikeOption = None,
    remove: RemoveOption = None,
    drain: DrainOption = None,
    taint: TaintOption = None,
    without_driver: WithoutOption = None,
    free: FreeOption = None,
) -> WhatIf:
    """Return the changes that the options mean."""
    if (add_nodes is None) != (like is None):
        raise usage("--add-nodes N and --like NODE go together")
    for text in taint or ():
        _, colon, effect = text.rpartition(":")
        if colon and effect not in _EFFECTS:
            known = " or ".join(_EFFECTS)
            raise usage(f"--taint: the effect {effect[:40]!r} is not {known}")
    return WhatIf(
        added=add_nodes,
        like=like,
        removed=tuple(dict.fromkeys(remove or ())),
        drained=tuple(dict.fromkeys(drain or ())),
        tainted=tuple(dict.fromkeys(taint or ())),
        drivers=tuple(dict.fromkeys(without_driver or ())),
        claims=tuple(dict.fromkeys(free or ())),
    )
