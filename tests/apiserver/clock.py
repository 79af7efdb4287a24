"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 11, 23, 13, 46, 29, tzinfo=UTC)


class Clock:
    """The time of an API server; every answer and every new object is dated by it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)

    @property
    def text(self) -> str:
        """The time as metadata has it."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def http_date(self) -> str:
        """The time as the Date header has it."""
        return self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")

    def seconds_since(self, text: str) -> int:
        """Return how long ago a time of metadata was."""
        return int((self.now - datetime.fromisoformat(text)).total_seconds())
