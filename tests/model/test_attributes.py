"""Semantic versions are strict, and ordered as semver.org says."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.model.attributes import SemVer, SemVerError, qualified

numbers = st.integers(0, 2**64 - 1).map(str)
words = st.from_regex(r"[A-Za-z-][0-9A-Za-z-]{0,6}", fullmatch=True)
identifiers = st.one_of(st.integers(0, 10**6).map(str), words)
versions = st.builds(
    "{}.{}.{}{}{}".format,
    numbers,
    numbers,
    numbers,
    st.lists(identifiers, max_size=3).map(lambda x: "-" + ".".join(x) if x else ""),
    st.lists(identifiers, max_size=2).map(lambda x: "+" + ".".join(x) if x else ""),
)


def precedes(left: str, right: str) -> bool:
    return SemVer.parse(left).precedence < SemVer.parse(right).precedence


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "v1.2.3", "01.2.3", "1.2.3.4", "1.2.3-", "1.2.3-01", "1.2.3+",
     "1.2.3-a..b", " 1.2.3", "1.2.3\n", f"{2**64}.0.0", "1.2.x"],
)  # fmt: skip
def test_other_texts_are_no_versions(text: str) -> None:
    with pytest.raises(SemVerError):
        SemVer.parse(text)


def test_pre_releases_come_in_the_order_of_the_standard() -> None:
    order = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1-0",
        "1.2.0",
        "1.10.0",
        "2.0.0",
    ]
    assert all(precedes(low, high) for low, high in pairwise(order))


def test_a_build_changes_equality_but_not_the_order() -> None:
    one, other = SemVer.parse("1.0.0+a"), SemVer.parse("1.0.0+b")
    assert one != other
    assert one.precedence == other.precedence


@pytest.mark.property
@given(versions)
def test_a_version_prints_as_it_was_written(text: str) -> None:
    assert str(SemVer.parse(text)) == text


@pytest.mark.property
@given(versions, versions)
def test_the_order_is_total(left: str, right: str) -> None:
    first, second = SemVer.parse(left).precedence, SemVer.parse(right).precedence
    assert (first < second) + (second < first) + (first == second) == 1


def test_a_bare_name_belongs_to_the_given_domain() -> None:
    assert qualified("model", "gpu.example.com") == "gpu.example.com/model"
    assert qualified("other.io/model", "gpu.example.com") == "other.io/model"
