"""How numbers stand in the sentences that this package writes: 1 041 users, 80 % of the events."""

from __future__ import annotations

NARROW_SPACE = "\u202f"  # between thousands; no line breaks there


def number(value: float) -> str:
    """A count in full: 1 041 (narrow spaces that do not break)."""
    return f"{int(value):,}".replace(",", NARROW_SPACE)


def percent(share: float) -> str:
    """A share of one as %: without decimals from 10 % on (80 %, 12 %), else with one at most (7.5 %, 5 %)."""
    value = share * 100
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.1f}".removesuffix(".0") + " %"
