"""YAML as controllers write it into ConfigMaps."""

import pytest

from dractl.api.block_yaml import Entry, entries, listed

LIST = "[a, \"b\", 'c']"
TEXT = """
# what the controller says
status: "Running"
message: 'it''s fine' # so far
groups:
- name: a
  most: 5
  classes:
  - one
  - two
-
  name: b
"""


def test_keys_lists_and_scalars_are_read() -> None:
    assert list(entries(TEXT)) == [
        Entry(("status",), "Running", starts=False),
        Entry(("message",), "it's fine", starts=False),
        Entry(("groups",), "", starts=False),
        Entry(("groups", "name"), "a", starts=True),
        Entry(("groups", "most"), "5", starts=False),
        Entry(("groups", "classes"), "", starts=False),
        Entry(("groups", "classes"), "one", starts=False),
        Entry(("groups", "classes"), "two", starts=False),
        Entry(("groups", "name"), "b", starts=True),
    ]


def test_a_folded_scalar_is_one_even_where_its_second_line_looks_like_a_key() -> None:
    text = "said: quota exceeded.\n  Limit: 57 in region\nnext: x\n"

    assert [(each.path, each.value) for each in entries(text)] == [
        (("said",), "quota exceeded. Limit: 57 in region"),
        (("next",), "x"),
    ]


@pytest.mark.parametrize("text", ["", "Initializing", "- a\n- b", "\x00: {", "&a [b"])
def test_of_other_text_nothing_is_read(text: str) -> None:
    assert list(entries(text)) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", ()), ("a", ("a",)), (LIST, ("a", "b", "c")), ("[]", ())],
)
def test_a_list_in_brackets_is_its_scalars(
    value: str, expected: tuple[str, ...]
) -> None:
    assert listed(value) == expected
