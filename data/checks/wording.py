"""How the numbers of a finding are written."""

from __future__ import annotations

from datetime import UTC, datetime

from data.wording import number as number

DAY = 86_400
YEAR = 365.25 * DAY


def share(value: float) -> str:
    """42 %, 3.1 %, 0.03 %. Nearly all is not all: 99.6 %, and from 99.95 % on "> 99.9 %"."""
    percent = 100 * value
    if 99.95 <= percent < 100:
        return "> 99.9 %"
    if 99.5 <= percent < 100:
        return f"{percent:.1f} %"
    digits = 0 if percent >= 9.95 or percent == 0 else 1 if percent >= 0.1 else 2
    return f"{percent:.{digits}f} %"


def amount(value: float) -> str:
    """A weight: whole ones from a thousand on in full (80 995), others with four digits (0.125, 2.5)."""
    value = float(value)
    return number(round(value)) if abs(value) >= 1000 else f"{value:.4g}"


def plural(value: float, one: str, many: str) -> str:
    """`1 user`, `2 104 users`."""
    return f"{number(value)} {one if value == 1 else many}"


def date(second: float) -> str:
    """The UTC date of epoch seconds; years beyond the calendar as the number itself."""
    try:
        return datetime.fromtimestamp(float(second), tz=UTC).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return f"second {int(second)}"


def quoted(texts: list[str] | tuple[str, ...], most: int = 3) -> str:
    """The first few ids, each as it stands: '17850.0', ' 17850'."""
    shown = ", ".join(repr(str(text)[:60]) for text in texts[:most])
    return shown + (", …" if len(texts) > most else "")
