"""How numbers, durations and dates are written. One place, so that a figure reads alike on every page."""

from __future__ import annotations

import math
from datetime import UTC, datetime

THIN_SPACE = "\u202f"  # narrow and without a line break, so that a number stays in one piece
MINUS = "\u2212"
EN_DASH = "–"
MISSING = "–"


def score(value: float | None) -> str:
    """A metric with three decimals: 0.142."""
    return MISSING if _absent(value) else _minus(f"{value:.3f}")


def signed(value: float | None, digits: int = 3) -> str:
    """A difference with its sign: +0.014."""
    if _absent(value):
        return MISSING
    text = f"{value:+.{digits}f}"
    return _minus(text) if float(text) != 0 else f"{0:.{digits}f}"


def interval(low: float | None, high: float | None) -> str:
    """The two ends of a 95 % interval: 0.009–0.019; with "to" where an end is negative."""
    if _absent(low) or _absent(high):
        return MISSING
    joint = EN_DASH if low >= 0 else " to "
    return f"{score(low)}{joint}{score(high)}"


def difference(mean: float | None, low: float | None, high: float | None) -> str:
    """A difference with its interval: +0.014, 95 % 0.009–0.019."""
    return f"{signed(mean)}, 95 % {interval(low, high)}"


def change(mean: float | None, low: float | None, high: float | None) -> str:
    """A difference in running text: +0.014 (95 % 0.009–0.019)."""
    return f"{signed(mean)} (95 % {interval(low, high)})"


def with_interval(mean: float | None, low: float | None, high: float | None) -> str:
    """A score with its interval: 0.142 (0.131–0.153)."""
    return f"{score(mean)} ({interval(low, high)})"


def share(value: float | None) -> str:
    """A share in %, without decimals from 10 % on: 42 %, 3.1 %, 0.03 %; what is less is "< 0.01 %".

    Nearly all is not all: 99.6 %, and from 99.95 % on "> 99.9 %".
    """
    if _absent(value):
        return MISSING
    percent = value * 100
    size = abs(percent)
    if 0 < size < 0.005:
        return "< 0.01 %"
    if 99.95 <= percent < 100:
        return "> 99.9 %"
    return f"{_minus(f'{percent:.{_percent_digits(size)}f}')} %"


def _percent_digits(size: float) -> int:
    """Decimals of a percentage of this size."""
    if 99.5 <= size < 100:
        return 1
    return 0 if size >= 9.95 or size == 0 else 1 if size >= 0.1 else 2


def count(value: float | None) -> str:
    """A count: 9 724 with thin spaces; 100k and 1.2M above ten thousand."""
    if _absent(value):
        return MISSING
    if abs(value) < 10_000:
        return exact_count(value)
    if abs(value) < 999_500:
        return f"{_short(value / 1e3)}k"
    return f"{_short(value / 1e6)}M"


def exact_count(value: float | None) -> str:
    """A count in full with thin spaces: 100 836."""
    return MISSING if _absent(value) else _minus(f"{int(value):,}".replace(",", THIN_SPACE))


def plural(value: int, one: str, many: str) -> str:
    """`1 user`, `2 users`: the count with its noun."""
    return f"{count(value)} {one if value == 1 else many}"


def duration(seconds: float | None) -> str:
    """A duration: 0.4 s, 12 s, 1 min 20 s, 2 h 5 min."""
    if _absent(seconds):
        return MISSING
    if seconds < 0.95:
        return f"{max(seconds, 0.1):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def date(moment: float | datetime | str | None) -> str:
    """A UTC date: 2026-11-21. Takes epoch seconds, a datetime or ISO text."""
    stamp = _datetime(moment)
    return MISSING if stamp is None else stamp.strftime("%Y-%m-%d")


def date_time(moment: float | datetime | str | None) -> str:
    """A UTC date with the minute: 2026-11-21 14:05."""
    stamp = _datetime(moment)
    return MISSING if stamp is None else stamp.strftime("%Y-%m-%d %H:%M")


def shorten(title: str, width: int = 44) -> str:
    """A long title cut in the middle; the whole belongs in the hover text."""
    if len(title) <= width:
        return title
    length = (width - 1) * 2 // 3
    head, tail = title[:length], title[length - width + 1 :]
    if title[length] != " " and head.rfind(" ") > length // 2:  # rather between words than inside one
        head = head[: head.rfind(" ")]
    if title[len(title) - len(tail) - 1] != " " and 0 <= tail.find(" ") <= len(tail) - 4:
        tail = tail[tail.find(" ") :]
    return f"{head.rstrip(' :,;+')}…{tail.lstrip()}"


def join(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _datetime(moment: float | datetime | str | None) -> datetime | None:
    if moment is None or (isinstance(moment, float) and math.isnan(moment)):
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if moment else None
        if moment is None:
            return None
    elif not isinstance(moment, datetime):
        return datetime.fromtimestamp(float(moment), tz=UTC)
    if moment != moment:  # NaT of pandas
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _short(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}".removesuffix(".0")
    return _minus(text)


def _absent(value: float | None) -> bool:
    return value is None or value != value


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
