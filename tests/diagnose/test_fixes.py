"""Every fix that names a node is made by hand, and the scheduler asked again."""

from collections import Counter

import pytest

from tests.diagnose.generated import documents, explained
from tests.diagnose.reapply import Fix, fixes, landing

pytestmark = pytest.mark.property

SEEDS = range(500)


def known() -> list[Fix]:
    """Return the fixes of all clusters that can be made by hand, once for replicas."""
    return [
        fix
        for seed in SEEDS
        for fix in fixes(seed, explained(seed).pods[::2])
        if fix.is_known
    ]


def test_what_is_said_to_fit_fits_on_that_node_once_it_is_done() -> None:
    tried = [(fix, landing(fix, documents(fix.seed))) for fix in known()]

    assert [(fix, node) for fix, node in tried if node != fix.node] == []
    kinds = Counter(fix.steps[0].kind for fix, _ in tried)
    assert min(kinds.values()) > 1
    assert len(kinds) == 8
