"""What keeps an object from being read, as a value and as an exception."""

from dataclasses import dataclass
from typing import NamedTuple


class Problem(NamedTuple):
    """One object that was left out, and why.

    `path` is the field in its v1 spelling, "" for the object as a whole; `where` is
    the place in the source, such as `claims.yaml:14` or `document 3`.
    """

    kind: str
    namespace: str
    name: str
    path: str
    message: str
    where: str = ""

    def as_data(self) -> dict[str, object]:
        """Return it as answers in JSON list it."""
        return {
            "where": self.where,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "path": self.path,
            "message": self.message,
        }

    def __str__(self) -> str:
        """Return one line, place first."""
        named = "/".join(part for part in (self.namespace, self.name) if part)
        subject = " ".join(part for part in (self.kind, named, self.path) if part)
        return ": ".join(part for part in (self.where, subject, self.message) if part)


@dataclass(eq=False)
class MalformedField(Exception):
    """A field has a value that the API server could not decode."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return one line, path first."""
        return f"{self.path}: {self.message}" if self.path else self.message

    def inside(self, outer: str) -> "MalformedField":
        """Return the same complaint, seen from the object that holds this one."""
        if not self.path:
            return MalformedField(outer, self.message)
        joint = "" if self.path.startswith("[") else "."
        return MalformedField(f"{outer}{joint}{self.path}", self.message)
