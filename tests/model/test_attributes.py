"""Semantic versions are strict, and ordered as semver.org says."""

from itertools import combinations, pairwise
from time import perf_counter
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.model.attributes import SemVer, SemVerError, qualified

UINT64_MAX = 2**64 - 1


class Parts(NamedTuple):
    """A version in its parts, so that tests can order it without the parser."""

    core: tuple[int, int, int]
    pre: tuple[str, ...]
    build: tuple[str, ...]

    @property
    def text(self) -> str:
        pre = f"-{'.'.join(self.pre)}" if self.pre else ""
        build = f"+{'.'.join(self.build)}" if self.build else ""
        return ".".join(map(str, self.core)) + pre + build


def precedes(left: Parts, right: Parts) -> bool:
    """Follow semver.org 2.0.0 section 11, sentence by sentence."""
    if left.core != right.core:
        return left.core < right.core
    if not left.pre or not right.pre:
        return bool(left.pre) and not right.pre
    for one, other in zip(left.pre, right.pre, strict=False):
        if one == other:
            continue
        if one.isdecimal() and other.isdecimal():
            return int(one) < int(other)
        if one.isdecimal() or other.isdecimal():
            return one.isdecimal()
        return one < other
    return len(left.pre) < len(right.pre)


numbers = st.one_of(st.integers(0, 3), st.integers(0, UINT64_MAX))
words = st.from_regex(r"[0-9]{0,2}[A-Za-z-][0-9A-Za-z-]{0,3}", fullmatch=True)
identifiers = st.one_of(st.integers(0, 20).map(str), words)
parts = st.builds(
    Parts,
    st.tuples(numbers, numbers, numbers),
    st.lists(identifiers, max_size=3).map(tuple),
    st.lists(st.one_of(words, st.just("007")), max_size=2).map(tuple),
)
# Versions that differ in their pre-release only: drawn freely, cores rarely agree.
pre_releases = st.builds(
    Parts, st.just((1, 0, 0)), st.lists(identifiers, max_size=4).map(tuple), st.just(())
)


@pytest.mark.parametrize(
    "text",
    ["0.0.0", "1.2.3", "10.20.30", f"{UINT64_MAX}.0.0", "1.2.3-0", "1.2.3-alpha.1",
     "1.2.3-0a", "1.2.3--", "1.2.3-01a", "1.2.3+01", "1.2.3+a.b-c", "1.2.3-a+b",
     "1.2.3+-"],
)  # fmt: skip
def test_a_strict_version_is_read(text: str) -> None:
    assert str(SemVer.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "1.2.3.4", "v1.2.3", "V1.2.3", "01.2.3", "1.02.3", "1.2.03",
     "1.2.x", "1..3", "-1.2.3", "+1.2.3", "1.2.3-", "1.2.3+", "1.2.3-01",
     "1.2.3-a..b", "1.2.3-a.", "1.2.3+a..b", "1.2.3+a+b", "1.2.3-a_b", " 1.2.3",
     "1.2.3 ", "1.2.3\n", "1.2.\u0663", "1.2.3-\u00e9", f"{UINT64_MAX + 1}.0.0",
     f"1.2.3-{UINT64_MAX + 1}"],
)  # fmt: skip
def test_other_texts_are_no_versions(text: str) -> None:
    with pytest.raises(SemVerError):
        SemVer.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10**6 + ".0.0",
        "1.2.3-" + "9" * 10**6,
        "1.2.3-" + "a." * 10**5,
        "1." * 10**5,
    ],
    ids=["number", "pre-release number", "identifiers", "points"],
)
def test_monstrous_versions_are_refused_at_once(text: str) -> None:
    start = perf_counter()
    with pytest.raises(SemVerError) as caught:
        SemVer.parse(text)
    assert perf_counter() - start < 0.5
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "order",
    [
        ["1.0.0", "2.0.0", "2.1.0", "2.1.1"],
        ["1.2.0", "1.10.0"],
        ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
         "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"],
        ["1.0.0-9", "1.0.0-10", "1.0.0--", "1.0.0-10a", "1.0.0-A", "1.0.0-a"],
        ["1.0.0", "1.0.1-0", "1.0.1"],
    ],
    ids=["numbers", "ten after two", "pre-releases", "identifiers", "patches"],
)  # fmt: skip
def test_versions_come_in_the_order_of_the_standard(order: list[str]) -> None:
    ranks = [SemVer.parse(text).precedence for text in order]
    assert all(low < high for low, high in pairwise(ranks))


def test_a_build_changes_equality_but_not_the_order() -> None:
    plain, one, other = (
        SemVer.parse(f"1.0.0-rc{build}") for build in ("", "+a", "+b.1")
    )
    assert len({plain, one, other}) == 3
    assert plain.precedence == one.precedence == other.precedence


@pytest.mark.property
@given(parts)
def test_a_version_prints_as_it_was_written(version: Parts) -> None:
    assert str(SemVer.parse(version.text)) == version.text
    assert SemVer.parse(version.text) == SemVer.parse(version.text)


@pytest.mark.property
@given(parts, parts)
def test_the_order_is_that_of_the_standard(left: Parts, right: Parts) -> None:
    first, second = SemVer.parse(left.text), SemVer.parse(right.text)
    assert (first.precedence < second.precedence) is precedes(left, right)
    assert (second.precedence < first.precedence) is precedes(right, left)


@pytest.mark.property
@given(pre_releases, pre_releases)
def test_pre_releases_are_ordered_by_the_standard(left: Parts, right: Parts) -> None:
    first, second = SemVer.parse(left.text), SemVer.parse(right.text)
    assert (first.precedence < second.precedence) is precedes(left, right)
    assert (first.precedence == second.precedence) is (left.pre == right.pre)


@pytest.mark.property
@given(st.lists(st.one_of(parts, pre_releases), min_size=3, max_size=6))
def test_no_version_is_sorted_behind_one_that_it_precedes(
    versions: list[Parts],
) -> None:
    ranked = sorted(versions, key=lambda each: SemVer.parse(each.text).precedence)
    assert not any(precedes(high, low) for low, high in combinations(ranked, 2))


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("model", "gpu.example.com/model"),
        ("other.io/model", "other.io/model"),
        ("gpu.example.com/model", "gpu.example.com/model"),
    ],
)
def test_only_a_bare_name_belongs_to_the_given_domain(name: str, full: str) -> None:
    assert qualified(name, "gpu.example.com") == full
