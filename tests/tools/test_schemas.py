import pytest

from tools.schemas.__main__ import current, stale


def test_the_schemas_are_those_that_the_tool_makes() -> None:
    pytest.importorskip("kubernetes_validate")
    wanted = current()
    assert wanted is not None
    assert stale(wanted) == []
