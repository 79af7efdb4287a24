"""Configuration without what its own words call secret."""

from dractl.capture.veil import LEFT_OUT, veiled


def test_values_below_secret_words_are_left_out_at_any_depth() -> None:
    given = {"sharing": {"strategy": "MPS"}, "hooks": [{"api_key": {"a": 1}}]}
    assert veiled(given) == {
        "sharing": {"strategy": "MPS"},
        "hooks": [{"api_key": LEFT_OUT}],
    }


def test_what_is_nested_too_deeply_to_be_read_is_left_out() -> None:
    value: object = "x"
    for _ in range(300):
        value = [value]
    assert LEFT_OUT in str(veiled(value))
