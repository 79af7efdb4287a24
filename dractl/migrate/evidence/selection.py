"""What becomes of the selectors of a network plugin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """`texts` are CEL that all have to hold, without guards.

    `lost` are the selectors that no attribute stands for, `moved` says of others what
    they are with DRA.
    """

    texts: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
