"""Names of rules can be read, and tell rules apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.model.names import dns_subdomain
from dractl.model.taintrules import DeviceSelector
from dractl.taints.naming import rule_name

HASHED = re.compile(r".*-[0-9a-f]{8}")

WORDS = st.sampled_from(
    ["a", "b", "a-b", "a--b", "a.b", "b.a", "a/b", "A", "x" * 63, "a_b", "all-devices"]
)
SELECTORS = st.builds(DeviceSelector, *(st.one_of(st.none(), WORDS) for _ in range(3)))


@pytest.mark.parametrize(
    ("selector", "key", "name"),
    [
        (("gpu.example.com", "n1", "gpu-0"), "example.com/hot",
         "gpu.example.com--n1--gpu-0--hot.example.com"),
        (("gpu.example.com", "n1", None), "hot", "gpu.example.com--n1--hot"),
        (("gpu.example.com", None, None), "hot", "gpu.example.com--hot"),
    ],
)  # fmt: skip
def test_a_name_says_what_the_rule_is_about(
    selector: tuple[str | None, ...], key: str, name: str
) -> None:
    assert rule_name(DeviceSelector(*selector), key) == name


@pytest.mark.parametrize(
    ("selector", "key"),
    [
        ((None, None, None), "hot"),
        ((None, "n1", None), "hot"),
        (("d", "rack/1", "gpu-0"), "hot"),
        (("d", "a--b", None), "hot"),
        (("GPU.example.com", None, None), "hot"),
        (("d", None, None), "Too_Hot"),
        (("d", None, None), "too.hot"),
        (("d", "p" * 200, "x" * 63), "hot"),
    ],
)
def test_what_a_name_cannot_show_is_in_its_hash(
    selector: tuple[str | None, ...], key: str
) -> None:
    assert HASHED.fullmatch(rule_name(DeviceSelector(*selector), key))


@pytest.mark.property
@given(one=SELECTORS, other=SELECTORS, key=WORDS, second=WORDS)
def test_names_are_valid_and_different_for_different_rules(
    one: DeviceSelector, other: DeviceSelector, key: str, second: str
) -> None:
    first, last = rule_name(one, key), rule_name(other, second)
    assert dns_subdomain(first) == ()
    assert (first == last) == ((one, key) == (other, second))
