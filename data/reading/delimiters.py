"""What separates and quotes the fields of a text file, judged by how well its lines agree."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data.errors import DataError
from data.reading.shape import Quote

BLANKS = r"\s+"  # any number of blanks and tabs, as in columns set flush
DELIMITERS = {"::": "::", "\t": "tab", ",": "comma", ";": "semicolon", "|": "|", " ": "space"}
WORDS = DELIMITERS | {BLANKS: "blanks"}
STRONG = "^~§¦¬¤" + "".join(map(chr, range(1, 9))) + "".join(map(chr, range(14, 32)))  # hardly ever in text
WEAK = ":#@=!*&%$"  # also part of times, addresses and prices: only where nothing else separates
RUNS = re.compile(r"[^\w\s\"'.+/\\()\[\]{}-]{2,8}")
SAYS = re.compile(r'"?sep=(.{1,8}?)"?', re.IGNORECASE | re.DOTALL)  # a first line that Excel understands
SAID = "sep="
STEADY = 0.9  # share of the lines with the usual number of fields from which a delimiter is believed
QUOTED_LINES = 0.5  # share of lines with a quoted field from which an unusual mark is believed


@dataclass(frozen=True)
class Separation:
    """How fields are told apart, and how well lines agree on their number."""

    delimiter: str
    quote: Quote
    n_fields: int
    share: float

    @property
    def merit(self) -> tuple[bool, bool, float, int]:
        """Compared in this order. A space stands inside titles and dates, so it is the last resort."""
        return (
            self.share >= STEADY,
            self.delimiter != " " and self.share >= 0.5,
            round(self.share, 1),
            self.n_fields,
        )

    @property
    def sure(self) -> bool:
        """Whether nothing unusual need be tried."""
        return self.n_fields > 1 and self.share >= STEADY


def find_separation(path: Path, lines: list[str]) -> Separation:
    """The separation under which most lines agree on their number of fields; more fields win a draw.

    Raises:
        DataError: of one column, or with no steady number of columns.
    """
    said = SAYS.fullmatch(lines[0])
    if said and len(lines) > 1:
        return vote(lines[1:], said[1])
    usual = [found for found in (vote(lines, delimiter) for delimiter in DELIMITERS) if found.n_fields > 1]
    best = max(usual, key=lambda found: found.merit, default=None)
    if best is None or not best.sure or best.delimiter == " ":
        best = _flush(lines, best) or _unusual(lines, best)
    if best is None:
        raise DataError(
            f"{path.name} has one column only; its first line is {lines[0][:60]!r}.",
            "Each line needs a user and an item at least, separated by comma, tab, ;, |, :: or space.",
        )
    if best.share < 0.5:
        lengths = sorted({len(line.split(best.delimiter)) for line in lines})
        raise DataError(
            f"{path.name} is no table: its lines have between {lengths[0]} and {lengths[-1]} fields.",
            "Write one line per user and item, like: user,item,weight,time.",
        )
    return _longer(lines, best)


def named(delimiter: str) -> str:
    """A delimiter in words."""
    return WORDS.get(delimiter, delimiter if delimiter.isprintable() else repr(delimiter)[1:-1])


def vote(lines: list[str], delimiter: str) -> Separation:
    """The usual number of fields under a delimiter, and the share of lines that have it."""
    quote = find_quote(lines, delimiter)
    counts = Counter(len(split_line(line, delimiter, quote)) for line in lines)
    n_fields, n_lines = counts.most_common(1)[0]
    return Separation(delimiter, quote, n_fields, n_lines / len(lines))


def find_quote(lines: list[str], delimiter: str) -> Quote:
    """The mark around fields: " unless ' stands around fields in most lines; none behind long delimiters."""
    if delimiter == BLANKS:
        return ""
    if "'" in lines[-1] and _quoted_share(lines, delimiter, "'") >= QUOTED_LINES:
        return "'"
    if len(delimiter) == 1 or _quoted_share(lines, delimiter, '"') >= QUOTED_LINES:
        return '"'
    return ""


def _quoted_share(lines: list[str], delimiter: str, mark: Literal['"', "'"]) -> float:
    d = re.escape(delimiter)
    field = re.compile(rf"(?:^|{d})[ ]*{mark}(?:[^{mark}]|{mark}{mark})*{mark}[ ]*(?={d}|$)")
    return sum(mark in line and field.search(line) is not None for line in lines) / len(lines)


def split_line(line: str, delimiter: str, quote: str) -> list[str]:
    """Fields of one line; a quoted field may contain the delimiter, a stray mark is a letter."""
    if delimiter == BLANKS:
        return line.split()
    if not quote or quote not in line:
        return line.split(delimiter)
    d, q = re.escape(delimiter), quote
    bare = f"[^{d}]*" if len(delimiter) == 1 else f"(?:(?!{d}).)*"
    fields = re.findall(rf"(?s){d}( *{q}(?:[^{q}]|{q}{q})*{q} *(?={d}|$)|{bare})", delimiter + line)
    return [_unquoted(field, quote) for field in fields]


def _unquoted(field: str, quote: str) -> str:
    inner = field.strip(" ")
    if len(inner) >= 2 and inner[0] == inner[-1] == quote:
        return inner[1:-1].replace(quote * 2, quote)
    return field


def _flush(lines: list[str], best: Separation | None) -> Separation | None:
    """Columns set flush with runs of blanks, where single blanks would make empty fields."""
    if best is not None and best.sure and best.delimiter != " ":
        return None
    runs = sum("  " in line or line.startswith(" ") for line in lines)
    found = vote(lines, BLANKS)
    return found if runs >= 0.5 * len(lines) and found.sure else None


def _unusual(lines: list[str], best: Separation | None) -> Separation | None:
    """A delimiter that the first lines show, if lines agree on it; else what was found before."""
    if len(lines) < 2:
        return best
    seen = set(lines[0]) & set(lines[1])
    runs = {run for line in lines[:2] for run in RUNS.findall(line)} - set(DELIMITERS)
    strong = [vote(lines, mark) for mark in sorted(runs) + sorted(seen & set(STRONG))]
    good = [found for found in strong if found.sure and (best is None or found.n_fields >= best.n_fields)]
    if good:
        return max(good, key=lambda found: (found.share, found.n_fields, len(found.delimiter)))
    if best is not None and best.share >= 0.5:
        return best
    weak = [found for mark in sorted(seen & set(WEAK)) if (found := vote(lines, mark)).sure]
    return max(weak, key=lambda found: (found.share, found.n_fields), default=best)


def _longer(lines: list[str], best: Separation) -> Separation:
    """`, ` or `||` where the mark never stands without its blank or its double."""
    if len(best.delimiter) > 1 or len(lines) < 2:
        return best
    for delimiter in (best.delimiter * 2, best.delimiter + " ", f" {best.delimiter} "):
        if best.delimiter == " " or delimiter.isspace() or delimiter not in lines[0]:
            continue
        marks = delimiter.count(best.delimiter)
        always = all(line.count(delimiter) * marks == line.count(best.delimiter) for line in lines)
        if always and (found := vote(lines, delimiter)).sure:
            return found
    return best
