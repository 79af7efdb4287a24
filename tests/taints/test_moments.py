"""Times and durations, as users and objects say them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from dractl.errors import DractlError
from dractl.taints.moments import end_of, moment, written_moment

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("3d", timedelta(days=3)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1.5h", timedelta(hours=1, minutes=30)),
    ],
)
def test_a_duration_is_read_as_go_does_and_with_days(
    text: str, length: timedelta
) -> None:
    assert end_of(text, NOW) == NOW + length


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "two hours",
        "-2h",
        "0s",
        "0d",
        "d",
        "2h ",
        "999999d9h",
        "9" * 40,
        "1d-1h",
    ],
)
def test_what_is_no_time_from_now_on_is_wrong_usage(text: str) -> None:
    with pytest.raises(DractlError, match="is not a time from now on"):
        end_of(text, datetime(9999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-26T12:00:00Z", NOW),
        ("2026-11-26T13:00:00+01:00", NOW),
        ("2026-11-26T12:00:00", None),
        ("tomorrow", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_needs_its_zone(text: str | None, expected: datetime | None) -> None:
    assert moment(text) == expected


def test_a_moment_is_written_in_utc() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=1)))
    assert written_moment(elsewhere) == "2026-11-26T12:00:00Z"


@pytest.mark.parametrize(
    "time", [NOW, datetime.min.replace(tzinfo=UTC)], ids=["now", "the first"]
)
def test_a_moment_that_was_written_is_read_again(time: datetime) -> None:
    assert moment(written_moment(time)) == time
