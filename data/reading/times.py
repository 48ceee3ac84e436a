"""Moments as text: recognise how they are written, and turn them into epoch seconds in SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import duckdb

from data.errors import ConfigError
from data.reading.numbers import PLAIN

EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000, "epoch_ns": 1_000_000_000}
ISO, EXCEL = "iso", "excel_days"
UTC_ZONE = "UTC"
ISO_TEXT = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)?"
)
OFFSET = r".*:.*(Z|UTC|[+-]\d{2}(:?\d{2})?)"  # an ISO moment that tells its own zone
# strptime patterns, tried in this order; a draw between day first and month first is decided by the values
_DAYS = (
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d/%b/%Y",
    *("%m/%d/%y", "%d/%m/%y", "%m %d, %Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%a %b %d %Y"),
    *("%Y.%m.%d", "%d.%m.%y", "%d-%b-%y", "%A, %d %B %Y", "%a, %d %b %Y", "%A, %B %d, %Y"),
)
_CLOCKS = (
    *("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p"),
    *(", %H:%M:%S", ", %H:%M", ", %I:%M:%S %p", ", %I:%M %p"),
)
_WHOLE = (
    "%Y%m%d%H%M%S",
    "%Y%m%dT%H%M%S",
    "%Y%m%d%H%M",
    "%Y-%m-%d %I:%M %p",
    "%Y-%m-%d %I:%M:%S %p",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",  # as Twitter writes
    "%a, %d %b %Y %H:%M:%S %z",  # as e-mail does (RFC 5322)
    "%a, %d %b %Y %H:%M:%S GMT",
    "%d/%b/%Y:%H:%M:%S %z",  # as web servers do
    "%d/%b/%Y:%H:%M:%S",
    "%Y-%m-%d-%H.%M.%S",
    "%Y-%m-%d_%H:%M:%S",
    "%Y-%m",
    "%m/%Y",
    "%b %Y",
    "%B %Y",
    "%G-W%V-%u",
)
YEAR, WEEK = "%Y", "%G-W%V"
SHAPES = {YEAR: re.compile(r"(19|20)\d{2}"), WEEK: re.compile(r"(19|20)\d{2}-W[0-5]\d")}
SHORT = {"%Y-%m": re.compile(r"\d{4}-\d{2}"), "%m/%Y": re.compile(r"\d{1,2}/\d{4}")}
DIGITS = {"%Y%m%d": 8, "%Y%m%d%H%M": 12, "%Y%m%d%H%M%S": 14}
PATTERNS = (*(day + clock for day in _DAYS for clock in _CLOCKS), *_WHOLE)
EARLIEST, LATEST = -2_208_988_800, 7_258_118_400  # 1900 to 2200; outside, the format is misread
RECENT = datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp()
EXCEL_EPOCH = 25_569  # days from 1899-12-30, where Excel counts from, to 1970-01-01
EXCEL_RECENT = tuple(day / 86_400 + EXCEL_EPOCH for day in RECENT)
N_VALUES = 500


def guess_time_format(
    values: Sequence[str | None], least: float = 0.8, *, named: bool = False
) -> tuple[str, float] | None:
    """The way most values are written and the share of values it covers; None below `least`.

    One of epoch_s, epoch_ms, epoch_us, epoch_ns, iso, excel_days, or a strptime pattern.

    Args:
        named: the column is known to hold times, so numbers that could be anything may be years (2011) or
            the days of a spreadsheet (43831.5).
    """
    texts = [value.strip() for value in values if value is not None and value.strip()][:N_VALUES]
    if not texts:
        return None
    found = [(sum(_is_epoch(text, unit) for text in texts), name) for name, unit in EPOCHS.items()]
    found.append((sum(ISO_TEXT.fullmatch(text) is not None for text in texts), ISO))
    found.append((_count(WEEK, texts), WEEK))
    if named:
        found.append((_count(YEAR, texts), YEAR))
        found.append((sum(_is_excel_day(text) for text in texts), EXCEL))
    best, name = max(found, key=lambda pair: pair[0])
    if best < least * len(texts):
        hopeful = [
            pattern for pattern in PATTERNS if _count(pattern, [texts[0]]) or _count(pattern, [texts[-1]])
        ]
        counts = [(_count(pattern, texts), pattern) for pattern in hopeful]
        best, name = max(counts, key=lambda pair: pair[0], default=(0, ""))
    share = best / len(texts)
    return (name, share) if share >= least else None


def _count(pattern: str, texts: Sequence[str]) -> int:
    """How many texts are written so."""
    if pattern in SHAPES:
        return sum(SHAPES[pattern].fullmatch(text) is not None for text in texts)
    if pattern in SHORT:  # strptime would also take 1911-1 for a month
        texts = [text for text in texts if SHORT[pattern].fullmatch(text)]
    if pattern in DIGITS:  # and seven digits for a day
        texts = [text for text in texts if len(text) == DIGITS[pattern] and text.isdigit()]
    return sum(_parses(text, pattern) for text in texts)


def _is_excel_day(text: str) -> bool:
    return PLAIN.fullmatch(text) is not None and EXCEL_RECENT[0] <= float(text) <= EXCEL_RECENT[1]


def _is_epoch(text: str, unit: int) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return RECENT[0] <= value / unit <= RECENT[1]


def _parses(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text, pattern)  # noqa: DTZ007 - only whether it parses matters
    except ValueError:
        return False
    return True


def is_time_format(name: str) -> bool:
    """Whether `seconds_sql` understands the name."""
    return name in EPOCHS or name in (ISO, EXCEL) or "%" in name


@cache
def time_zones() -> tuple[str, ...]:
    """The names of the time zones that are known (IANA), sorted."""
    con = duckdb.connect(config={"threads": 1})
    try:
        rows = con.execute("SELECT DISTINCT name FROM pg_timezone_names() ORDER BY name").fetchall()
    finally:
        con.close()
    return tuple(str(name) for (name,) in rows)


def is_time_zone(name: str) -> bool:
    """Whether `seconds_sql` understands the time zone, e.g. UTC or Europe/Berlin."""
    return name == UTC_ZONE or name in time_zones()


def seconds_sql(column: str, time_format: str, time_zone: str = UTC_ZONE) -> str:
    """SQL for epoch seconds (BIGINT, UTC), NULL where the text is no moment between 1900 and 2200.

    Args:
        time_zone: of the clock that wrote moments without a zone; an hour that the clock skipped in spring is
            read as if it had not, one that it had twice as the later. Epochs are UTC by definition.

    Raises:
        ConfigError: no such time zone.
    """
    if not is_time_zone(time_zone):
        raise ConfigError(
            f"The time zone {time_zone!r} is unknown.",
            "Use a name such as UTC, Europe/Berlin or America/New_York.",
        )
    text = (
        f"trim({column})"  # a bare column would let DuckDB move the cast into the CSV reader, where it fails
    )
    if time_format in EPOCHS:
        value = f"floor(TRY_CAST({text} AS DOUBLE) / {EPOCHS[time_format]})"
    elif time_format == EXCEL:
        local = f"round((TRY_CAST({text} AS DOUBLE) - {EXCEL_EPOCH}) * 86400)"
        inside = f"CASE WHEN {local} BETWEEN {EARLIEST} AND {LATEST} THEN {local} END"
        value = f"epoch({_at_zone(f'make_timestamp(CAST({inside} * 1000000 AS BIGINT))', time_zone)})"
    elif time_format == ISO:
        value = f"floor(epoch({_iso_sql(text, time_zone)}))"
    else:
        pattern = time_format.replace("'", "''")
        moment = f"try_strptime({text}, '{pattern}')"
        if not re.search(r"%[zZ]", time_format.replace("%%", "")) and not time_format.endswith("GMT"):
            moment = _at_zone(moment, time_zone)
        value = f"floor(epoch({moment}))"
    return f"CASE WHEN {value} BETWEEN {EARLIEST} AND {LATEST} THEN CAST({value} AS BIGINT) END"


def _iso_sql(text: str, time_zone: str) -> str:
    """A moment with its own zone as it says, any other by the clock of `time_zone`."""
    if time_zone == UTC_ZONE:  # of the connection, too
        return f"TRY_CAST({text} AS TIMESTAMPTZ)"
    own, local = f"TRY_CAST({text} AS TIMESTAMPTZ)", _at_zone(f"TRY_CAST({text} AS TIMESTAMP)", time_zone)
    return f"CASE WHEN regexp_full_match({text}, '{OFFSET}') THEN {own} ELSE {local} END"


def _at_zone(timestamp: str, time_zone: str) -> str:
    return timestamp if time_zone == UTC_ZONE else f"timezone('{time_zone}', {timestamp})"


def in_words(time_format: str) -> str:
    """`epoch_s` as "seconds since 1970"."""
    units = {
        "epoch_s": "seconds",
        "epoch_ms": "milliseconds",
        "epoch_us": "microseconds",
        "epoch_ns": "nanoseconds",
    }
    if time_format in units:
        return f"{units[time_format]} since 1970"
    known = {ISO: "ISO dates", EXCEL: "days of a spreadsheet", YEAR: "years", WEEK: "weeks like 2011-W05"}
    return known.get(time_format, f"dates like {time_format}")
