"""Methods of an authorizer, which every Kubernetes environment declares.

No selector has an authorizer: only `dyn()` gets such a call past the checker, and then
there is no form of it for the value.
"""

from typing import Final

from dractl.cel.library.signature import Function, Functions
from dractl.cel.values import Value, no_such_overload


def _refused(name: str) -> Function:
    def refused(*arguments: Value) -> Value:
        raise no_such_overload(name, *arguments)

    return refused


_NAMES: Final = (
    "path", "group", "serviceAccount", "resource", "subresource", "namespace", "name",
    "fieldSelector", "labelSelector", "check", "errored", "error", "allowed", "reason",
)  # fmt: skip

FUNCTIONS: Final[Functions] = {name: _refused(name) for name in _NAMES}
