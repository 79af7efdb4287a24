"""Plain words mean what kubectl takes them for."""

from operator import itemgetter

from dractl.sources.yaml_scalars import plain_value
from tests.batches import batched


@batched(
    [
        *((word, True) for word in ("y", "Y", "yes", "Yes", "YES", "on", "true", "ON")),
        *((word, False) for word in ("n", "N", "no", "No", "NO", "off", "false")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, word) for word in ("yEs", "tRUE", "nULL", "None", "none")),
        ("0", 0),
        ("-0", 0),
        ("+1", 1),
        ("0777", 511),
        ("-010", -8),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0x1f", -31),
        ("0b11", 3),
        ("1_000", 1000),
        ("1_", 1),
        ("_1", "_1"),
        ("08", 8),
        ("0o8", "0o8"),
        ("0x", "0x"),
        ("9223372036854775808", 2**63),
        ("1e3", 1000),
        ("1.", 1),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-.5e1", -5),
        (".5_0", ".5_0"),
        ("1e400", "1e400"),
        ("1e21", 1e21),
        ("1e", "1e"),
        (".", "."),
        ("-", "-"),
        ("1:30", "1:30"),
        ("2026-11-23", "2026-11-23"),
        ("2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("1.36", 1.36),
        ("1.36.2", "1.36.2"),
        ("80Gi", "80Gi"),
        ("٣", "٣"),
        ("1" * 5000, "1" * 5000),
    ],
    ids=itemgetter(0),
)
def test_a_plain_word_stands_for_its_value(case: tuple[str, object]) -> None:
    word, value = case
    found = plain_value(word)

    assert found == value
    assert type(found) is type(value)
