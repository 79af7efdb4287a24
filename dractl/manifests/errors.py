"""The error of a request that makes no sense."""

from dractl.errors import DractlError, ExitStatus


def unclear(message: str, hint: str = "") -> DractlError:
    """Return the error of words that cannot be understood."""
    return DractlError("usage", message, hint=hint, status=ExitStatus.USAGE)
