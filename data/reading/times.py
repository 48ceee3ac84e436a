"""Moments as text: recognise how they are written, and turn them into epoch seconds in SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000, "epoch_ns": 1_000_000_000}
ISO = "iso"
ISO_TEXT = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)?"
)
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
) + ("%m/%d/%y", "%d/%m/%y", "%m %d, %Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%a %b %d %Y")
_WHOLE = ("%Y%m%d%H%M%S", "%a %b %d %H:%M:%S %Y", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")
PATTERNS = (
    *(day + clock for day in _DAYS for clock in ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")),
    *_WHOLE,
)
EARLIEST, LATEST = -2_208_988_800, 7_258_118_400  # 1900 to 2200; outside, the format is misread
RECENT = datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def guess_time_format(values: Sequence[str | None], least: float = 0.8) -> tuple[str, float] | None:
    """The way most values are written and the share of values it covers; None below `least`.

    One of epoch_s, epoch_ms, epoch_us, epoch_ns, iso, or a strptime pattern.
    """
    texts = [value.strip() for value in values if value is not None and value.strip()][:500]
    if not texts:
        return None
    found = [(sum(_is_epoch(text, unit) for text in texts), name) for name, unit in EPOCHS.items()]
    found.append((sum(ISO_TEXT.fullmatch(text) is not None for text in texts), ISO))
    best, name = max(found, key=lambda pair: pair[0])
    if best < least * len(texts):
        hopeful = [
            pattern for pattern in PATTERNS if _parses(texts[0], pattern) or _parses(texts[-1], pattern)
        ]
        counts = [(sum(_parses(text, pattern) for text in texts), pattern) for pattern in hopeful]
        best, name = max(counts, key=lambda pair: pair[0], default=(0, ""))
    share = best / len(texts)
    return (name, share) if share >= least else None


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
    return name in EPOCHS or name == ISO or "%" in name


def seconds_sql(column: str, time_format: str) -> str:
    """SQL for epoch seconds (BIGINT, UTC), NULL where the text is no moment between 1900 and 2200."""
    text = (
        f"trim({column})"  # a bare column would let DuckDB move the cast into the CSV reader, where it fails
    )
    if time_format in EPOCHS:
        value = f"floor(TRY_CAST({text} AS DOUBLE) / {EPOCHS[time_format]})"
    elif time_format == ISO:
        value = f"floor(epoch(TRY_CAST({text} AS TIMESTAMPTZ)))"
    else:
        pattern = time_format.replace("'", "''")
        value = f"floor(epoch(try_strptime({text}, '{pattern}')))"
    return f"CASE WHEN {value} BETWEEN {EARLIEST} AND {LATEST} THEN CAST({value} AS BIGINT) END"


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
    return "ISO dates" if time_format == ISO else f"dates like {time_format}"
