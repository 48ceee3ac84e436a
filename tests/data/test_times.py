"""Moments in every usual form: recognised, and turned into seconds by the clock of a time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConfigError
from data.reading.records import workplace
from data.reading.times import (
    guess_time_format,
    in_words,
    is_time_format,
    is_time_zone,
    seconds_sql,
    time_zones,
)


def seconds(text: str, time_format: str, time_zone: str = "UTC") -> int | None:
    """As the import reads it, in the locked connection."""
    with workplace() as work:
        query = f"SELECT {seconds_sql('c', time_format, time_zone)} FROM (SELECT $1::VARCHAR AS c)"
        found: int | None = work.con.execute(query, [text]).fetchall()[0][0]
        return found


def stamp(*parts: int, zone: str = "UTC") -> int:
    return int(datetime(*parts, tzinfo=ZoneInfo(zone)).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "time_format", "zone", "expected"),
    [
        ("2020-07-01 12:00", "iso", "UTC", stamp(2020, 7, 1, 12)),
        ("2020-07-01 12:00", "iso", "Europe/Berlin", stamp(2020, 7, 1, 10)),  # summer: 2 hours ahead
        ("2020-01-01 12:00", "iso", "Europe/Berlin", stamp(2020, 1, 1, 11)),  # winter: 1 hour
        ("2020-07-01T12:00:00Z", "iso", "Europe/Berlin", stamp(2020, 7, 1, 12)),
        ("2020-07-01 12:00:00+05:30", "iso", "America/New_York", stamp(2020, 7, 1, 6, 30)),
        ("2020-07-01", "iso", "Asia/Tokyo", stamp(2020, 6, 30, 15)),
        ("2020-01-01 00:00:00.123456789", "iso", "UTC", stamp(2020, 1, 1)),
        ("12/31/2020 03:04:05 PM", "%m/%d/%Y %I:%M:%S %p", "America/New_York", stamp(2020, 12, 31, 20, 4, 5)),
        ("10/Oct/2000:13:55:36 -0700", "%d/%b/%Y:%H:%M:%S %z", "Asia/Tokyo", stamp(2000, 10, 10, 20, 55, 36)),
        (
            "Wed, 10 Oct 2018 20:19:24 GMT",
            "%a, %d %b %Y %H:%M:%S GMT",
            "Asia/Tokyo",
            stamp(2018, 10, 10, 20, 19, 24),
        ),
        ("43831.5", "excel_days", "UTC", stamp(2020, 1, 1, 12)),
        ("43831.5", "excel_days", "Asia/Tokyo", stamp(2020, 1, 1, 3)),
        ("44196.999988425926", "excel_days", "UTC", stamp(2020, 12, 31, 23, 59, 59)),
        ("2011", "%Y", "UTC", stamp(2011, 1, 1)),
        ("2011-12", "%Y-%m", "UTC", stamp(2011, 12, 1)),
        ("2011-W05", "%G-W%V", "UTC", stamp(2011, 1, 31)),
        ("2011-W05-3", "%G-W%V-%u", "UTC", stamp(2011, 2, 2)),
        ("9.7e8", "epoch_s", "Europe/Berlin", 970_000_000),
        ("970000000.75", "epoch_s", "UTC", 970_000_000),
        ("970000000999", "epoch_ms", "UTC", 970_000_000),
        ("1e300", "excel_days", "UTC", None),
        ("inf", "epoch_s", "UTC", None),
        ("tomorrow", "iso", "Europe/Berlin", None),
        ("", "%Y", "Europe/Berlin", None),
    ],
)
def test_a_moment_becomes_seconds(text: str, time_format: str, zone: str, expected: int | None) -> None:
    assert seconds(text, time_format, zone) == expected


@settings(deadline=None, max_examples=40)
@given(
    moment=st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_clocks_agree_with_the_standard_library_outside_the_hours_that_clocks_change(
    moment: datetime, zone: str
) -> None:
    first, second = (moment.replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() for fold in (0, 1))
    if first == second:  # neither skipped nor twice
        assert seconds(f"{moment:%Y-%m-%d %H:%M:%S}", "iso", zone) == int(first)
        assert seconds(f"{moment:%d.%m.%Y %H:%M:%S}", "%d.%m.%Y %H:%M:%S", zone) == int(first)


def test_an_hour_that_clocks_skip_or_repeat_is_still_a_moment() -> None:
    assert seconds("2020-03-29 02:30", "iso", "Europe/Berlin") == stamp(2020, 3, 29, 1, 30)
    assert seconds("2020-10-25 02:30", "iso", "Europe/Berlin") == stamp(2020, 10, 25, 1, 30)  # the later one


@pytest.mark.parametrize(
    ("values", "unnamed", "named"),
    [
        (["1/2/2020 3:04 PM", "12/31/2020 11:59 AM"], "%m/%d/%Y %I:%M %p", None),
        (["2010-01-02 03:04:05 PM"], "%Y-%m-%d %I:%M:%S %p", None),
        (["Wed Oct 10 20:19:24 +0000 2018"], "%a %b %d %H:%M:%S %z %Y", None),
        (["10/Oct/2000:13:55:36 -0700"], "%d/%b/%Y:%H:%M:%S %z", None),
        (["2011-12", "2012-01"], "%Y-%m", None),
        (["2011-W05", "2012-W50"], "%G-W%V", None),
        (["9.7e8", "1.2e9"], "epoch_s", None),
        (["1529193600.123"], "epoch_s", None),
        (["31.12.10 23:59"], "%d.%m.%y %H:%M", None),
        (["20101231T120000"], "%Y%m%dT%H%M%S", None),
        (["2011", "1999"], None, "%Y"),
        (["43831.5", "43832"], None, "excel_days"),
        (["1200", "1300"], None, None),
        (["12:30", "13:40"], None, None),
        (["1/2", "3/4"], None, None),
        (["3.5", "4.0"], None, None),
    ],
)
def test_ambiguous_numbers_are_times_only_in_columns_named_so(
    values: list[str | None], unnamed: str | None, named: str | None
) -> None:
    found = guess_time_format(values)
    assert (found and found[0]) == unnamed
    known = guess_time_format(values, named=True)
    assert (known and known[0]) == (named or unnamed)
    if known:
        assert is_time_format(known[0])
        assert in_words(known[0])
        assert seconds(str(values[0]), known[0]) is not None


def test_time_zones_are_named_and_others_are_refused() -> None:
    assert {"UTC", "Europe/Berlin", "America/New_York"} <= set(time_zones())
    assert is_time_zone("Asia/Tokyo")
    assert not is_time_zone("Mars/Olympus")
    with pytest.raises(ConfigError, match="DROP TABLE x.* is unknown"):
        seconds_sql("c", "iso", "'; DROP TABLE x")
