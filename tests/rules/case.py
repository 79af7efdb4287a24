"""A rule of the API server and a place where it is broken."""

from typing import Any, Final, NamedTuple

from tests.rules.documents import Wire


class Case(NamedTuple):
    """A broken rule; `at` "" stands for the place that was changed."""

    code: str
    document: Wire
    path: str
    value: Any
    reason: str
    at: str | None = None
    release: str = "1.36"


R0: Final = "spec.devices.requests.0"
EXACTLY: Final = f"{R0}.exactly"
DEVICE: Final = "spec.devices.0"
