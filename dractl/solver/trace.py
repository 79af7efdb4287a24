"""What a search tells about the candidates that it turned down."""

from enum import StrEnum
from typing import Protocol

from dractl.model.devices import Device


class Objection(StrEnum):
    """Why a device was not taken. The values are stable; later commands print them."""

    SELECTOR = "selector"
    OTHER_NODE = "other-node"
    BINDING_CONDITIONS_OFF = "binding-conditions-off"
    IN_USE = "in-use"
    CAPACITY = "capacity"
    COUNTERS = "counters"
    TAINT = "taint"
    CONSTRAINT = "constraint"
    EXPRESSION_FAILS = "expression-fails"


class Observer(Protocol):
    """Is told of every candidate that the search looks at and does not take."""

    def rejected(
        self, claim: int, request: str, device: Device, why: Objection
    ) -> None:
        """Note one refusal; a search may come back to the same device many times."""


class Tally:
    """Counts devices, not visits: each device under the first objection met."""

    def __init__(self) -> None:
        self.objections: dict[tuple[int, str], dict[Device, Objection]] = {}

    def rejected(
        self, claim: int, request: str, device: Device, why: Objection
    ) -> None:
        """Note one refusal."""
        self.objections.setdefault((claim, request), {}).setdefault(device, why)
