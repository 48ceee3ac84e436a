"""Numbers and moments in text, compiled. A cell is given as its first three words of eight bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.event_kernels import kernel

ISO_TIME = -4
EXACT = 10**15  # whole numbers below it are exact in float64
HIGH = np.uint64(0x8080808080808080)
ONE, EIGHT = np.uint64(1), np.uint64(8)


@kernel
def _eight_digits(word: Any) -> tuple[Any, bool]:
    """The number that eight bytes write, and whether all are digits (Lemire 2018, SWAR)."""
    digits = word ^ np.uint64(0x3030303030303030)
    good = ((digits + np.uint64(0x7676767676767676)) | digits) & HIGH == 0
    digits = digits * np.uint64(10) + (digits >> EIGHT)
    pairs = np.uint64(0x000000FF000000FF)
    upper = (digits & pairs) * np.uint64(0x000F424000000064)
    lower = ((digits >> np.uint64(16)) & pairs) * np.uint64(0x0000271000000001)
    return np.int64((upper + lower) >> np.uint64(32)), good


@kernel
def number(first: Any, second: Any, third: Any, length: int) -> tuple[Any, int, Any]:
    """Digits of `-?digits[.digits]` as a whole number, how many of them are decimals, and whether it is one.

    The text is given as its first three words of eight bytes: functions that take arrays cost more to call.
    """
    decimals, digits, at, point, negative = 0, 0, 0, False, False
    value = np.int64(0)
    word = first
    if length >= 8:
        eight, all_digits = _eight_digits(first)
        if all_digits:
            value, digits, at, word = eight, 8, 8, second
    while at < length:
        byte = np.int64(word & np.uint64(255))
        word = word >> EIGHT
        if 48 <= byte <= 57:
            value = value * 10 + (byte - 48)
            digits += 1
            decimals += int(point)
        elif byte == 46 and not point and digits > 0:
            point = True
        elif byte == 45 and at == 0:
            negative = True
        else:
            return 0, 0, False
        at += 1
        if at == 8:
            word = second
        elif at == 16:
            word = third
    good = 0 < digits <= 19 and length <= 20 and value >= 0 and (decimals > 0 or not point)
    return (-value if negative else value), decimals, good and not (negative and value == 0)


@kernel
def plain_weight(first: Any, second: Any, third: Any, length: int) -> tuple[Any, bool]:
    """The weight, and whether the text is of the plain kind for which it is found here.

    Up to 15 digits and ten decimals, whole number and power of ten are exact in float64, so their quotient
    is the nearest one; it is then rounded to float32, as a cast in SQL does.
    """
    value, decimals, good = number(first, second, third, length)
    scale = 1.0
    for _ in range(decimals):
        scale *= 10.0
    return np.float32(np.float64(value) / scale), good and decimals <= 10 and -EXACT < value < EXACT


@kernel
def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the Gregorian calendar (Hinnant 2013, days_from_civil), for years from 1."""
    year -= int(month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@kernel
def _byte(word: Any, place: int) -> Any:
    return np.int64((word >> np.uint64(8 * place)) & np.uint64(255))


@kernel
def _two(tens: int, ones: int) -> int:
    """The number that two bytes write, or -1000 where they are no digits."""
    return tens * 10 + ones - 528 if 48 <= tens <= 57 and 48 <= ones <= 57 else -1000


@kernel
def iso_seconds(first: Any, second: Any, third: Any, length: int) -> tuple[int, bool]:
    """Epoch seconds of `YYYY-MM-DD[( |T)HH:MM:SS[.f…]][Z]`, and whether it is one; nothing is guessed."""
    year = _two(_byte(first, 0), _byte(first, 1)) * 100 + _two(_byte(first, 2), _byte(first, 3))
    month, day = _two(_byte(first, 5), _byte(first, 6)), _two(_byte(second, 0), _byte(second, 1))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31
    longest = (29 if leap else 28) if month == 2 else longest
    good = length >= 10 and _byte(first, 4) == 45 and _byte(first, 7) == 45
    if not good or year < 1900 or month < 1 or month > 12 or day < 1 or day > longest:
        return 0, False
    day_starts = _days(year, month, day) * 86_400
    if length == 10:
        return day_starts, True
    mark = _byte(second, 2)
    good = 19 <= length <= 24 and (mark == 32 or mark == 84) and _byte(second, 5) == 58
    hour, minute = _two(_byte(second, 3), _byte(second, 4)), _two(_byte(second, 6), _byte(second, 7))
    of_minute = _two(_byte(third, 1), _byte(third, 2))
    good = good and _byte(third, 0) == 58 and 0 <= hour < 24 and 0 <= minute < 60 and 0 <= of_minute < 60
    end = length - int(_byte(third, length - 17) == 90)
    if end > 19:
        good = good and end > 20 and _byte(third, 3) == 46
        for place in range(4, end - 16):
            good = good and 48 <= _byte(third, place) <= 57
    return day_starts + hour * 3600 + minute * 60 + of_minute, good


@kernel
def plain_second(first: Any, second: Any, third: Any, length: int, kind: int, unit: int) -> tuple[Any, bool]:
    """Epoch seconds, and whether the text is a moment."""
    if kind == ISO_TIME:
        return iso_seconds(first, second, third, length)
    value, decimals, good = number(first, second, third, length)
    if unit == 1:
        return value, good and decimals == 0
    return np.int64(np.floor(np.float64(value) / np.float64(unit))), good and decimals == 0
