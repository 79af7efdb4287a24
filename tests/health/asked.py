"""What is asked of small clusters, and parts of the answers."""

from typing import Any, cast

from dractl.health.answer import FreeStatus, Health, Level, State
from dractl.health.assess import health
from dractl.model.devices import DeviceId
from tests.health.cluster import (
    DRIVER,
    Wire,
    snapshot,
    usual,
)

GPU = DeviceId(DRIVER, "n1", "gpu-0")


def state_of(found: Health, subject: object = GPU) -> State:
    """Return what the answer says of a device."""
    (state,) = (each for each in found.states if each.subject == subject)
    return state


def said(*others: Wire) -> State:
    """Return what is said of the device that the pod has."""
    return state_of(health(snapshot(*usual(*others))))


def devices_of(told: FreeStatus) -> list[Any]:
    """Return the entries of status.devices that a status is translated to."""
    status = cast("dict[str, Any]", told.instead["status"])
    return list(status["devices"])


def codes(state: State) -> list[str]:
    return [each.code for each in state.signs if each.level is not Level.HEALTHY]
