"""What the name of a column says, and what names of people and things look like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT
from data.reading.words import DESCRIBES, NAMES, PARTS, parts, plain
from data.roles.facts import Facts

LOOSE = {"type", "kind", "activity", "event"}  # may be the name of something else altogether
IDS = frozenset({"id", "code", "no", "nr", "key", "uuid", "guid", "number", "num", "nummer"})
OF_USERS = re.compile(
    r"[^@\s]+@[^@\s]+\.[a-z]{2,}|A[0-9A-Z]{9,20}|(u|us|usr|user|cust|customer|member|visitor)[-_ :]?\d+", re.I
)
OF_ITEMS = re.compile(
    r"B0[0-9A-Z]{8}|tt\d{6,9}|97[89]\d{10}|spotify:\w+:\w+|"
    r"(i|it|item|prod|product|sku|movie|track|song|book|video|art|article)[-_ :]?\d+",
    re.I,
)
MOST_KINDS = 20
OF_PLACES = frozenset(
    {"order", "position", "pos", "rank", "index", "number", "sequence", "seq", "page", "step"}
)


def name_score(name: str, role: str) -> float:
    """1 for the best known name, down to 0.8; 0.6 for a name that contains a word of the role; else 0."""
    known = NAMES[role]
    if plain(name) in known:
        return round(1.0 - 0.2 * known.index(plain(name)) / len(known), 3)
    said = set(parts(name))
    described = DESCRIBES - {"date", "time"} if role == TIME else DESCRIBES
    return 0.6 if said & PARTS[role] and not said & described else 0.0


def values_allow(facts: Facts, role: str) -> bool:
    """Whether the values of a column can be what its name says."""
    if role == TIME:
        return facts.kind == "time"
    if role == WEIGHT:
        return facts.numeric or (facts.kind == "constant" and facts.high > 0)
    if role == EVENT:
        return _kinds_of_event(facts)
    if role == ITEM and plain(facts.name) in LOOSE:
        return facts.kind in ("code", "number")
    if role == SESSION:
        return facts.could_name and facts.filled >= 0.5 * facts.rows and facts.kind != "time"
    return facts.kind != "empty" and not facts.objects


def _kinds_of_event(facts: Facts) -> bool:
    if facts.kind == "events":
        return True
    if plain(facts.name) in LOOSE - {"event"} or facts.distinct > MOST_KINDS:
        return False
    return facts.kind == "words" or (facts.kind == "scale" and facts.whole)


def says_id(name: str) -> bool:
    """Whether a name ends like one of an id."""
    return bool(parts(name)) and (parts(name)[-1] in IDS or plain(name).endswith("id"))


def look_like(values: Sequence[str], role: str) -> float:
    """Which share of some values is written as ids of users, or of items, usually are."""
    pattern = OF_USERS if role == USER else OF_ITEMS
    some = values[:200]
    return sum(pattern.fullmatch(value) is not None for value in some) / len(some) if some else 0.0
