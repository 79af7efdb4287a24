"""The error of an order that cannot be understood."""

from dractl.errors import DractlError, ExitStatus


def unclear(message: str, hint: str, code: str = "usage") -> DractlError:
    """Return the error of words that are no order for taints."""
    return DractlError(code, message, hint=hint, status=ExitStatus.USAGE)
