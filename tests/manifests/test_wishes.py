import pytest

from dractl.errors import DractlError
from dractl.manifests.conditions import Condition
from dractl.manifests.wishes import Option, Wish, parse_wish, parse_wishes

H100 = Condition("model", "=", ("H100",))
L4 = Condition("model", "=", ("L4",))
MUCH = Condition("memory", ">=", ("80Gi",))


@pytest.mark.parametrize(
    "text",
    [
        "2 c.com model=H100 memory>=80Gi same=pcieRoot, else 4 model=L4",
        "2 c.com model=H100 memory >= 80Gi same=pcieRoot else 4 model=L4",
        "2 c.com  model=H100 memory≥80Gi same=pcieRoot , else 4 c.com model=L4",
    ],
)
def test_alternatives_are_read_and_keep_the_class(text: str) -> None:
    assert parse_wish(text) == Wish(
        (
            Option(2, "c.com", (H100, MUCH), same=("pcieRoot",)),
            Option(4, "c.com", (L4,)),
        )
    )


def test_several_requests_have_names() -> None:
    assert parse_wishes('gpu: all c.com; nic: 1 d.com model="a; b"') == [
        Wish((Option(None, "c.com"),), "gpu"),
        Wish((Option(1, "d.com", (Condition("model", "=", ("a; b",)),)),), "nic"),
    ]


def test_taints_capacities_and_constraints_are_words_of_their_own() -> None:
    text = "c.com tolerate=a.b/c=d:NoExecute take=memory=10Gi distinct=x.com/y"
    assert parse_wish(text) == Wish(
        (
            Option(
                1,
                "c.com",
                distinct=("x.com/y",),
                tolerations=("a.b/c=d:NoExecute",),
                capacity=("memory=10Gi",),
            ),
        )
    )


@pytest.mark.parametrize(
    "text", ["", "else 2 c", "2 c else", "2 a.com b.com", "0 c.com", '1 c model="a']
)
def test_what_is_unclear_is_refused(text: str) -> None:
    with pytest.raises(DractlError):
        parse_wish(text)
