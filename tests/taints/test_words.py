"""Words for devices are read from left to right."""

import pytest

from dractl.errors import DractlError
from dractl.model.taintrules import DeviceSelector
from dractl.taints.words import selector_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("gpu.example.com", DeviceSelector("gpu.example.com")),
        ("gpu.example.com/n1", DeviceSelector("gpu.example.com", "n1")),
        ("gpu.example.com/n1/gpu-0", DeviceSelector("gpu.example.com", "n1", "gpu-0")),
        ("d/rack/1/gpu-0", DeviceSelector("d", "rack/1", "gpu-0")),
        ("d/rack/1/", DeviceSelector("d", "rack/1")),
        ("d/n1/", DeviceSelector("d", "n1")),
    ],
)
def test_a_word_names_a_driver_a_pool_or_a_device(
    word: str, expected: DeviceSelector
) -> None:
    assert selector_of(word) == expected


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("", "its driver is missing"),
        ("/n1/gpu-0", "its driver is missing"),
        ("a b", "its driver must be"),
        (f"{'d' * 64}/n1", "its driver has more than 63 bytes"),
        ("d//gpu-0", "its pool must be"),
        ("d/", "its pool must be"),
        ("d/n1/GPU", "its device must be"),
    ],
)
def test_what_can_be_no_device_is_told(word: str, part: str) -> None:
    with pytest.raises(DractlError, match=part):
        selector_of(word)
