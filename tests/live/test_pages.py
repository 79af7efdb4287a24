import json

import pytest

from dractl.live.pages import Page

META = {"continue": "abc", "remainingItemCount": 7, "resourceVersion": "5"}
ITEMS = [{"a": "]}"}, {"b": [1, {"c": "\u20ac"}]}]


def page(text: str) -> Page:
    return Page(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"kind": "PodList", "metadata": META, "items": ITEMS}),
        json.dumps({"metadata": META, "items": ITEMS, "kind": "PodList"}),
        json.dumps({"items": ITEMS, "kind": "PodList", "metadata": META}),
        json.dumps({"kind": "PodList", "metadata": META, "items": ITEMS}, indent=2),
        json.dumps(
            {"kind": "PodList", "metadata": META, "items": ITEMS},
            separators=(",", ":"),
            ensure_ascii=False,
        )
        + "\n",
    ],
    ids=["usual", "kind last", "items first", "indented", "tight"],
)
def test_a_list_is_read_whatever_its_order(text: str) -> None:
    found = page(text)

    assert list(found.items()) == ITEMS
    assert list(found.items()) == ITEMS
    assert (found.token, found.remaining) == ("abc", 7)
    assert found.metadata == META
    assert found.size == len(text.encode())


@pytest.mark.parametrize(
    "text",
    ['{"items": []}', '{"metadata": {}, "items": []}', '{"items": null}',
     '{"metadata": null, "items": []}', '{"metadata": {"continue": null}, "items":[]}'],
)  # fmt: skip
def test_a_list_may_be_empty(text: str) -> None:
    found = page(text)

    assert list(found.items()) == []
    assert (found.token, found.remaining) == ("", 0)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"kind": "Table", "rows": []}', "<html>",
     '{"kind": "Lis', '{"metadata": {', '{"metadata" 1}',
     '{"metadata": {} "items": []}', '{"items": [1'],
)  # fmt: skip
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        page(text)


@pytest.mark.parametrize(
    "text",
    ['{"metadata": {}, "items": [{"a": 1}', '{"metadata": {}, "items": [{"a": 1},',
     '{"metadata": {}, "items": [{"a": 1}]', '{"metadata": {}, "items": [{"a": 1} 2]}',
     '{"metadata": {}, "items": [{"a": 1}] x}'],
)  # fmt: skip
def test_items_that_break_off_are_no_short_list(text: str) -> None:
    found = page(text)

    with pytest.raises(ValueError, match=r"."):
        list(found.items())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="decode"):
        Page(b'{"a": "\xff"}')
