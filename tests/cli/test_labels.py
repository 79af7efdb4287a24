import pytest

from dractl.cli.labels import label_selector
from dractl.errors import DractlError
from dractl.model.nodeselection import Requirement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b", [Requirement("a", "In", ("b",))]),
        ("a==b", [Requirement("a", "In", ("b",))]),
        ("a!=b", [Requirement("a", "NotIn", ("b",))]),
        ("a=", [Requirement("a", "In", ("",))]),
        ("a", [Requirement("a", "Exists")]),
        ("!a", [Requirement("a", "DoesNotExist")]),
        ("x.io/a in (b, c)", [Requirement("x.io/a", "In", ("b", "c"))]),
        ("a notin (b),!c", [
            Requirement("a", "NotIn", ("b",)), Requirement("c", "DoesNotExist"),
        ]),
        (" a = b , c ", [Requirement("a", "In", ("b",)), Requirement("c", "Exists")]),
    ],
)  # fmt: skip
def test_read(text: str, expected: list[Requirement]) -> None:
    assert list(label_selector(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "=b", "a in (b", "a in b", "a=b c", "a/b/c", "a=%", "!", "a>1", "a,,b"],
)
def test_refused(text: str) -> None:
    with pytest.raises(DractlError) as caught:
        label_selector(text)
    assert caught.value.status == 2
