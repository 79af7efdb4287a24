from typing import Any

import pytest

from dractl.live.version import release


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ({"major": "1", "minor": "36", "gitVersion": "v1.36.2"}, "v1.36.2"),
        ({"major": "1", "minor": "33+", "gitVersion": "v1.33.5-g9"}, "v1.33.5-g9"),
        ({"major": "1", "minor": "36", "gitVersion": "v0.0.0-master+x"}, "1.36"),
        ({"major": "1", "minor": "36+", "gitVersion": "$Format$"}, "1.36"),
        (
            {"major": "1", "minor": "37", "gitVersion": "v1.37.0",
             "emulationMajor": "1", "emulationMinor": "36"},
            "1.36",
        ),
        ({"gitVersion": "v1.35.0"}, "v1.35.0"),
        ({"minor": "35"}, "1.35"),
        ({"major": None, "minor": None, "gitVersion": None}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_release_that_a_server_tells(version: dict[str, Any], told: str) -> None:
    assert release(version) == told
