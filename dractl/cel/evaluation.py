"""Runs the exact form of an expression; whatever goes wrong is a SelectorEvalError."""

from collections.abc import Callable

from dractl.cel.device import whole
from dractl.cel.errors import SelectorEvalError
from dractl.cel.values import EvalFailure, LimitExceeded, Value
from dractl.model.devices import Device

Form = Callable[[Value], tuple[Value, int]]


def evaluated(form: Form, device: Device) -> tuple[Value, int]:
    """Return the value for a device, and what computing it costs."""
    try:
        return form(whole(device))
    except LimitExceeded as error:
        raise SelectorEvalError(error.message) from error
    except RecursionError as error:
        raise SelectorEvalError("values nest too deeply") from error
    except EvalFailure as failure:
        raise SelectorEvalError(failure.message, failure.node) from failure
