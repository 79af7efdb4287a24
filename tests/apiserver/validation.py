"""What of a new object the server refuses: dractl's rules, as Status objects."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.versions import GROUP
from dractl.model.cluster import Profile
from dractl.rules.path import Index, Path
from dractl.rules.registry import Violation
from dractl.rules.server import BAD_REQUEST, UNPROCESSABLE, judged
from tests.apiserver.resources import Resource, Wire
from tests.apiserver.statuses import bad_request, cause, internal, invalid

_UNKNOWN: Final = "unknown-field"


@dataclass(frozen=True)
class Validation:
    """The checks of a release; only objects of resource.k8s.io are checked."""

    profile: Profile

    def new(self, document: Wire, resource: Resource, *, is_strict: bool) -> Wire:
        """Return what a client wants to create, without fields that nobody knows.

        If it `is_strict`, such fields are refused.
        """
        found = self._found(document, resource, BAD_REQUEST)
        unknown = [each.path for each in found if each.code == _UNKNOWN]
        if len(unknown) < len(found) or (unknown and is_strict):
            raise bad_request("; ".join(map(_line, found)))
        known = copy.deepcopy(document)
        for path in unknown:
            _remove(known, path)
        self.check(known, resource)
        return known

    def check_applied(self, document: Wire, resource: Resource) -> None:
        """Refuse what cannot be applied: here unknown fields always count."""
        found = self._found(document, resource, BAD_REQUEST)
        if found:
            raise internal("; ".join(map(_line, found)))

    def check(self, document: Wire, resource: Resource) -> None:
        """Refuse an object that breaks rules."""
        found = self._found(document, resource, UNPROCESSABLE)
        if found:
            name = document["metadata"].get("name", "")
            causes = [
                cause(str(each.reason), each.message, str(each.path)) for each in found
            ]
            raise invalid(resource, name, causes)

    def _found(
        self, document: Mapping[str, Any], resource: Resource, status: int
    ) -> tuple[Violation, ...]:
        if resource.group != GROUP:
            return ()
        judgement = judged(document, self.profile)
        return judgement.violations if judgement.status == status else ()


def _line(violation: Violation) -> str:
    return f"{violation.path}: {violation.message}"


def _remove(document: Wire, path: Path) -> None:
    holder: Any = document
    *steps, last = [
        step.number if isinstance(step, Index) else step.name for step in path.steps
    ]
    for step in steps:
        holder = holder[step]
    del holder[last]
