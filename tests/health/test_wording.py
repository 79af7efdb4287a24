"""Names in words."""

import pytest

from dractl.health.wording import words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ready", ["Ready"]),
        ("NetworkReady", ["Network", "Ready"]),
        ("GPUHealthy", ["GPU", "Healthy"]),
        ("gpu.example.com/gpu-lost", ["gpu", "lost"]),
        ("example.com/XID", ["XID"]),
        ("example.com/default", ["default"]),
        ("HealthIssues-fan_power", ["Health", "Issues", "fan", "power"]),
        ("", []),
        ("...", []),
    ],
)
def test_a_name_is_taken_apart(name: str, words: list[str]) -> None:
    assert words_of(name) == words
