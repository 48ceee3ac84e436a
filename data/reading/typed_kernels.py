"""Compiled reading of plain delimited text: bytes become codes and numbers, and nothing else passes.

Every byte of a block is looked at once. What is not the plain form (a quote inside a cell, a lone carriage
return, a NUL, another number of columns, a weight or time that is no number) stops the block, so that the
careful readers judge the file instead.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.event_kernels import kernel
from data.reading.typed_cells import HIGH, ONE, plain_second, plain_weight

USER_TEXT, ITEM_TEXT, EVENT_TEXT, SESSION_TEXT = range(4)  # columns that become codes
N_TEXTS = 4
SKIPPED, WEIGHT, EPOCH = -1, -2, -3  # columns that do not; ISO_TIME is the fourth
DONE, FULL, REFUSED = 0, 1, 2
BATCH = 2048  # rows that are split before their texts are looked up: then one miss does not wait for another
ODD_BITS = 0x7FC00000  # a NaN, whose lower bits say which unusual text the weight is
MOST_ODD = (1 << 22) - 2
LOW = np.uint64(0x0101010101010101)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
SEVEN = np.uint64(7)
THIRTY_TWO = np.uint64(32)
SHORT, LONG = np.uint64(1 << 56), np.uint64(1 << 63)  # keys below are whole texts; from there on hashes
USES, CODE = 32, np.uint64((1 << 32) - 1)


class Texts(NamedTuple):
    """Distinct texts and their codes in order of appearance; half of the slots at most are taken."""

    slots: NDArray[np.uint64]  # (capacity, 2) key; code + 1 (0: free) and above it a bit for each use
    more: NDArray[np.uint64]  # (capacity // 2,) the second key
    arena: NDArray[np.uint8]  # the bytes of all texts, one after the other
    offsets: NDArray[np.int64]  # (capacity // 2 + 1,)
    used: NDArray[np.int64]  # (1,) number of texts


class Layout(NamedTuple):
    """How a line is written, and what its columns become."""

    kinds: NDArray[np.int64]  # (n_columns,) USER_TEXT, … or SKIPPED, WEIGHT, EPOCH, ISO_TIME
    delimiter: NDArray[np.uint8]
    marks: NDArray[np.uint64]  # (3,) first byte of the delimiter, of the line end, and the quote, eightfold
    line_end: int  # bytes of the line end
    quotes: bool  # whether a cell may begin with a quote
    times: NDArray[np.int64]  # (3,) units of EPOCH in a second, earliest and latest second


class Output(NamedTuple):
    """The columns of all rows; a block writes its own part. Those that are not wanted are empty."""

    codes: tuple[NDArray[np.int32], ...]  # N_TEXTS × (n,)
    weight: NDArray[np.float32]
    weight_bits: NDArray[np.uint32]  # the same memory
    second: NDArray[np.int64]
    row_hash: NDArray[np.uint64]


@kernel
def mix(value: Any) -> Any:
    """A 64-bit mixture (the finaliser of SplitMix64, Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@kernel
def _code_batch(texts: Any, use: int, data: Any, keys: Any, ends: Any, n: int, codes: Any) -> None:
    """`codes[:n]` of texts, new or known; there is room for all of them.

    A key is the text itself, up to seven bytes; with the second key, up to 15; a longer one has a hash with
    its highest bit set and its length, and then bytes are compared. One loop, since a call for each text
    would cost more than the search.

    Args:
        use: what the texts are (USER_TEXT, …), which is noted.
        keys: (2, n) of each text.
        ends: (2, n) where it begins and ends in `data`.
    """
    slots, more, arena, offsets, used = texts.slots, texts.more, texts.arena, texts.offsets, texts.used
    mask, mark = np.uint64(len(slots) - 1), np.uint64(1) << np.uint64(USES + use)
    for row in range(n):
        key, second, start, stop = keys[0, row], keys[1, row], ends[0, row], ends[1, row]
        place = mix(key + second) & mask
        while True:
            at = np.int64(place)
            taken = slots[at, 1]
            code = np.int64(taken & CODE) - 1
            if taken == 0:
                code = used[0]
                into = offsets[code]
                for i in range(stop - start):
                    arena[into + i] = data[start + i]
                offsets[code + 1] = into + stop - start
                more[code], used[0] = second, code + 1
                slots[at, 0], taken = key, np.uint64(code + 1)
                break
            if slots[at, 0] == key and (key < SHORT or more[code] == second):
                same, i = True, start
                known = offsets[code] - start if key & LONG else 0
                while same and key & LONG and i < stop:
                    same = arena[known + i] == data[i]
                    i += 1
                if same:
                    break
            place = (place + ONE) & mask
        if not taken & mark:
            slots[at, 1] = taken | mark
        codes[row] = code


@kernel
def _marked(word: Any, mark: Any) -> Any:
    """The highest bit of those bytes of the word that equal the mark (exact for the lowest of them)."""
    other = word ^ mark
    return (other - LOW) & ~other & HIGH


@kernel
def _split(  # noqa: C901 - one loop: calls with arrays inside it would take three times as long
    data: Any, words: Any, at: Any, stop: int, row: int, layout: Any, out: Any, keys: Any, ends: Any
) -> tuple[Any, int, bool]:
    """Split up to BATCH lines; numbers and the hash go to the rows from `row` on, texts to the batch.

    Returns:
        The byte after the last line, the number of lines, and whether all were plain.
    """
    kinds, delimiter, times = layout.kinds, layout.delimiter, layout.times
    weight, seconds, row_hash = out.weight, out.second, out.row_hash
    n_columns, wide, quotes = len(kinds), len(delimiter), layout.quotes
    commas, newlines, marks = layout.marks[0], layout.marks[1], layout.marks[2]
    comma, newline, quote = np.uint8(commas & 255), np.uint8(newlines & 255), np.uint8(marks & 255)
    unit, earliest, latest = times[0], times[1], times[2]
    n = 0
    at = np.int64(at)
    while at < stop and n < BATCH:
        hashed = np.uint64(0)
        for column in range(n_columns):
            quoted = quotes and data[at] == quote
            at += int(quoted)
            first = at
            key, word = np.uint64(0), words[at]
            while True:
                found = _marked(word, newlines) | _marked(word, marks)
                found |= np.uint64(0) if quoted else _marked(word, commas)
                if found:
                    break
                key = mix(key ^ word)
                at += 8
                word = words[at]
            below = ((found & (~found + ONE)) >> SEVEN) - ONE  # ones in the bytes before the mark
            word &= below
            at += np.int64(((below & LOW) * LOW) >> np.uint64(56))
            length = at - first
            key = word if length < 8 else mix(key ^ word ^ np.uint64(length)) | LONG
            if quotes and (quoted or data[at] == quote):
                if not quoted or data[at] != quote or length == 0:
                    return at, n, False
                at += 1
            if column < n_columns - 1:
                if data[at] != comma:
                    return at, n, False
                for i in range(1, wide):
                    if data[at + i] != delimiter[i]:
                        return at, n, False
                at += wide
            else:
                if data[at] != newline:
                    return at, n, False
                at += layout.line_end
            hashed = (hashed ^ key) * SPREAD
            hashed ^= hashed >> THIRTY_TWO
            kind = kinds[column]
            if kind == SKIPPED:
                continue
            if kind >= WEIGHT:
                place = kind + 1 if kind >= 0 else 0
                more = np.uint64(0)
                if 8 <= length < 16 and not words[first] & LONG:
                    key, more = words[first], word
                elif length >= 8:
                    more = np.uint64(length)
                keys[place, 0, n], keys[place, 1, n] = key, more
                ends[place, 0, n], ends[place, 1, n] = first, first + length
            if kind == WEIGHT:
                value, good = plain_weight(words[first], words[first + 8], words[first + 16], length)
                weight[row + n] = value if good else np.float32(np.nan)
            elif kind < WEIGHT:
                word = words[first]
                moment, good = plain_second(word, words[first + 8], words[first + 16], length, kind, unit)
                if not good or moment < earliest or moment > latest:
                    return at, n, False
                seconds[row + n] = moment
        row_hash[row + n] = mix(hashed)
        n += 1
    return at, n, at <= stop


@kernel
def parse_rows(
    data: Any, words: Any, at: int, stop: int, row: int, layout: Any, texts: Any, out: Any
) -> tuple[int, int, int]:
    """Read the lines of `data[at:stop]` into rows from `row` on.

    Args:
        data: bytes, with at least 16 more of any value after `stop`.
        words: (len(data) - 7,) the eight bytes from each place on, as a number.

    Returns:
        DONE, FULL or REFUSED; and the byte and row at which to go on after FULL, or near which all stopped.
    """
    arena, offsets, used = texts.arena, texts.offsets, texts.used
    codes, weight, weight_bits = out.codes, out.weight, out.weight_bits
    has_weight = len(weight) > 0
    keys, ends = np.empty((N_TEXTS + 1, 2, BATCH), np.uint64), np.empty((N_TEXTS + 1, 2, BATCH), np.int64)
    places, found = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    while at < stop:
        after, n, plain = _split(data, words, at, stop, row, layout, out, keys, ends)
        if not plain:
            return REFUSED, at, row
        room = len(arena) - offsets[used[0]] - (after - at)
        if room < 0 or len(offsets) - 1 - used[0] < (N_TEXTS + 1) * n:
            return FULL, at, row
        for kind in range(N_TEXTS):
            into = codes[kind][row : row + n]
            if len(into):
                _code_batch(texts, kind, data, keys[kind + 1], ends[kind + 1], n, into)
        if has_weight:
            odd = 0
            for i in range(n):
                if np.isnan(weight[row + i]):
                    keys[0, :, odd], ends[0, :, odd], places[odd] = keys[0, :, i], ends[0, :, i], row + i
                    odd += 1
            _code_batch(texts, N_TEXTS, data, keys[0], ends[0], odd, found)
            if used[0] > MOST_ODD and odd > 0:
                return REFUSED, at, row
            for i in range(odd):
                weight_bits[places[i]] = np.uint32(ODD_BITS + found[i] + 1)
        at, row = after, row + n
    return DONE, at, row


@kernel
def look_over(data: Any, start: int, quote: int) -> tuple[int, int, int, int, int, int, Any]:
    """Place of the last LF from `start` on (-1: none); numbers of LF, CR, CR LF, quotes and NUL from there on
    (a pair may begin one byte before); and whether a byte is not ASCII."""
    feeds, returns, pairs, quotes, nuls, high = 0, 0, 0, 0, 0, np.uint8(0)
    before = data[start - 1] if start > 0 else np.uint8(0)
    for i in range(start, len(data)):
        byte = data[i]
        feeds += byte == 10
        returns += byte == 13
        pairs += before == 13 and byte == 10
        quotes += byte == quote
        nuls += byte == 0
        high |= byte
        before = byte
    last = len(data) - 1
    while last >= start and data[last] != 10:
        last -= 1
    return (last if last >= start else -1), feeds, returns, pairs, quotes, nuls, high >= 128


@kernel
def rehash(old: Any, more: Any, slots: Any) -> None:
    """Put what `old` holds into the larger, empty `slots`."""
    mask = np.uint64(len(slots) - 1)
    for i in range(len(old)):
        if old[i, 1] != 0:
            place = mix(old[i, 0] + more[np.int64(old[i, 1] & CODE) - 1]) & mask
            while slots[np.int64(place), 1] != 0:
                place = (place + ONE) & mask
            slots[np.int64(place)] = old[i]


@kernel
def used_as(slots: Any, use: int, n: int) -> Any:
    """(n,) which of the texts occur as USER_TEXT, …"""
    found = np.zeros(n, np.bool_)
    for i in range(len(slots)):
        if slots[i, 1] & (ONE << np.uint64(USES + use)):
            found[np.int64(slots[i, 1] & CODE) - 1] = True
    return found


@kernel
def place_codes(codes: Any, place: Any) -> None:
    """`codes[:] = place[codes]`, in place."""
    for i in range(len(codes)):
        codes[i] = place[codes[i]]
