"""Known bugs of Kubernetes that the diagnosed pod may meet."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dractl.diagnose.answer import Cause
    from dractl.diagnose.case import Case


def known_bugs(case: "Case", causes: "Sequence[Cause]") -> Iterator[str]:
    """Yield the bugs of the cluster's release that match the pod."""
    del case, causes
    yield from ()
