"""The words of a command line say what is to be done with which devices."""

import pytest

from dractl.errors import DractlError
from dractl.model.cluster import Profile
from dractl.model.devices import Taint
from dractl.taints.order import Order, Removal, order_of

PROFILE = Profile.of("1.36")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["d/n1", "k:NoExecute"], Order(("d/n1",), (Taint("k", "", "NoExecute"),))),
        (["k=v:None", "d"], Order(("d",), (Taint("k", "v", "None"),))),
        (["d", "k-"], Order(("d",), (), (Removal("k"),))),
        (["k:NoSchedule-"], Order((), (), (Removal("k", None, "NoSchedule"),))),
        (["a.b/k=v-"], Order((), (), (Removal("a.b/k", "v"),))),
        (
            ["d", "e", "k:None", "old-"],
            Order(("d", "e"), (Taint("k", "", "None"),), (Removal("old"),)),
        ),
    ],
)
def test_words_are_devices_taints_and_removals(
    words: list[str], expected: Order
) -> None:
    assert order_of(words, PROFILE) == expected


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["d"], "no taint is given", "like KEY:NoSchedule"),
        (["d", "a.b/hot"], "no taint is given", "like a.b/hot:NoSchedule"),
        (["d", "-"], "it has no key", "write it like"),
        (["k:None", "k:NoExecute"], "is added twice", "name it once"),
        (["k:None", "k-"], "and 'k-' takes it back", "replaces the old one"),
        (["k:None", "k:None-"], "and 'k:None-' takes it back", "say one of them"),
    ],
)
def test_what_is_unclear_is_told_with_what_to_type(
    words: list[str], message: str, hint: str
) -> None:
    with pytest.raises(DractlError) as caught:
        order_of(words, PROFILE)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_an_effect_that_the_release_lacks_is_told() -> None:
    with pytest.raises(DractlError, match="which came with"):
        order_of(["d", "k:None"], Profile.of("1.34"))


@pytest.mark.parametrize(
    ("removal", "means"),
    [
        (Removal("k"), True),
        (Removal("k", "v"), True),
        (Removal("k", "v", "None"), True),
        (Removal("k", "w"), False),
        (Removal("k", None, "NoExecute"), False),
        (Removal("other"), False),
    ],
    ids=str,
)
def test_a_removal_means_all_that_it_does_not_rule_out(
    removal: Removal, *, means: bool
) -> None:
    assert removal.means(Taint("k", "v", "None")) is means


@pytest.mark.parametrize("text", ["k-", "k=v-", "k:None-", "k=v:None-"])
def test_a_removal_reads_as_it_is_typed(text: str) -> None:
    [removal] = order_of([text], PROFILE).removes
    assert str(removal) == text
