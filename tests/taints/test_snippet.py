"""A toleration that puts up with one taint."""

import pytest

from dractl.api.spelling import taint
from dractl.taints.snippet import toleration_snippet


@pytest.mark.parametrize(
    ("mark", "seconds", "expected"),
    [
        ("k:NoExecute", None,
         {"key": "k", "operator": "Exists", "effect": "NoExecute"}),
        ("k:NoExecute", 600,
         {"key": "k", "operator": "Exists", "effect": "NoExecute",
          "tolerationSeconds": 600}),
        ("k=v:NoSchedule", 600,
         {"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"}),
    ],
)  # fmt: skip
def test_a_toleration_is_for_the_taint_alone(
    mark: str, seconds: int | None, expected: dict[str, object]
) -> None:
    assert toleration_snippet(taint(mark), seconds) == {"tolerations": [expected]}
