"""Give every column a role: by names first, then by values, then by what follows from what."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from data.columns import EVENT, ITEM, SESSION, TIME, USER, WEIGHT
from data.reading.shape import FileShape
from data.reading.words import DESCRIBES, parts
from data.roles.base import ITEM_COLUMNS, ROLES, UNUSED, USER_COLUMNS, Role
from data.roles.facts import Facts
from data.roles.naming import OF_PLACES, look_like, name_score, says_id, values_allow
from data.roles.relations import FEW_PAIRS, Codes, codes_of, dependence_of, names_visits
from data.wording import percent

WITHOUT_NAMES = ("delimited", "xlsx")  # formats that may have no names; others name their columns
MOST_TRIED = 40  # columns that are tried as ids
MOST_WEIGHED = 6  # of them, those for which it is counted what follows from them
EACH_EXPLAINED, MOST_EXPLAINED = 0.15, 5  # what each column that follows adds, and how many count
CODES_FROM = 1_000  # whole numbers that begin so high are codes rather than weights
ID_BEFORE_NOUN = 0.003  # more than what neighbours in the list of names differ by
SCALE_ENDS = (4.0, 5.0, 6.0, 7.0, 10.0, 100.0)


@dataclass
class _Choice:
    """The rows, what is known of their columns, and the roles given so far."""

    rows: pd.DataFrame
    facts: dict[str, Facts]
    named: bool
    roles: dict[str, Role] = field(default_factory=dict)
    known: dict[str, Codes] = field(default_factory=dict)

    def codes(self, name: str) -> Codes:
        """Of a column; made once."""
        if name not in self.known:
            self.known[name] = codes_of(self.rows[name])
        return self.known[name]

    def column(self, role: str) -> str | None:
        return next((name for name, given in self.roles.items() if given.role == role), None)

    def free(self) -> list[Facts]:
        return [facts for name, facts in self.facts.items() if name not in self.roles]

    def give(self, role: str, name: str, reason: str, confidence: float) -> None:
        self.roles[name] = Role(role, reason, round(confidence, 3))

    def follows(self, name: str, role: str) -> bool:
        """Whether a column follows from the one with `role`; facts about one visit of a user do not."""
        source = self.column(role)
        if source is None or source == name or len(self.rows) < FEW_PAIRS:
            return False
        visit = self.column(SESSION) or self.column(TIME) if role == USER else None
        visits = None if visit is None or visit == name else self.codes(visit)
        return dependence_of(self.codes(source), self.codes(name), visits).holds


def choose(rows: pd.DataFrame, shape: FileShape, facts: dict[str, Facts]) -> dict[str, Role]:
    """The role of every column of some rows of text, in file order.

    Args:
        facts: of the same rows, from `facts_of`.
    """
    choice = _Choice(rows, facts, shape.header or shape.format not in WITHOUT_NAMES)
    if choice.named:
        for role in ROLES:
            _by_name(choice, role)
    _ids_by_values(choice)
    _time_by_values(choice)
    _event_by_values(choice)
    _session_by_values(choice)
    _weight_by_values(choice)
    for left in choice.free():
        choice.roles[left.name] = _left_over(choice, left)
    return {name: choice.roles[name] for name in facts}


def _by_name(choice: _Choice, role: str) -> None:
    """Give a role to the column whose name says it best, when the values do not speak against it."""
    scored = [(_score(one.name, role), one) for one in choice.free()]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].place))
    for score, one in ranked:
        if score <= 0:
            return
        if values_allow(one, role) and (role != SESSION or _is_session(choice, one, named=True)):
            sure = min(score, 1.0) * _doubt(one, role)
            values = one.as_ids if role in (USER, ITEM, SESSION) else one.said
            choice.give(role, one.name, f"the name {one.name!r} and its values, {values}", sure)
            return


def _score(name: str, role: str) -> float:
    """How well a name says the role; of `item` and `item_id`, the second is likelier to be the id."""
    score = name_score(name, role)
    return score + ID_BEFORE_NOUN * (score > 0 and role in (USER, ITEM) and says_id(name))


def _doubt(one: Facts, role: str) -> float:
    """Below 1 where the values fit the name less well."""
    if role in (USER, ITEM):
        return 0.6 if one.kind in ("text", "list", "picture") else 1.0
    return max(one.time_share, 0.5) if role == TIME else 1.0


def _is_session(choice: _Choice, one: Facts, *, named: bool = False) -> bool:
    user = choice.column(USER)
    return user is not None and names_visits(choice.codes(one.name), choice.codes(user), named=named)


def _ids_by_values(choice: _Choice) -> None:
    """User and item, where no name told them: the pair of columns that looks most like ids, in this order."""
    missing = [role for role in (USER, ITEM) if choice.column(role) is None]
    able = [one for one in choice.free() if one.could_name] or choice.free()
    if len(able) < len(missing):
        able = choice.free()
    able = able[:MOST_TRIED]
    merits = {(one.name, role): _id_merit(choice, one, role) for one in able for role in missing}
    if choice.named and missing:
        for one in sorted(able, key=lambda one: -max(merits[one.name, role] for role in missing))[
            :MOST_WEIGHED
        ]:
            explained = min(_explained(choice, one), MOST_EXPLAINED)
            for role in missing:
                merits[one.name, role] += EACH_EXPLAINED * explained
    if missing == [USER, ITEM]:
        pairs = [(a, b) for a in able for b in able if a is not b]
        if not pairs:
            return
        user, item = max(
            pairs,
            key=lambda pair: (
                merits[pair[0].name, USER]
                + merits[pair[1].name, ITEM]
                + 0.4 * (pair[0].place < pair[1].place)
                - 0.8 * _small_shop(*pair)
            ),
        )
        _give_id(choice, user, USER, first=user.place < item.place)
        _give_id(choice, item, ITEM, first=item.place < user.place)
    elif missing and able:
        best = max(able, key=lambda one: merits[one.name, missing[0]])
        _give_id(choice, best, missing[0], first=best is able[0])


def _id_merit(choice: _Choice, one: Facts, role: str) -> float:
    values = [str(value) for value in choice.rows[one.name].head(200) if value is not None]
    merit = look_like(values, role) - look_like(values, ITEM if role == USER else USER)
    merit -= {"events": 2.0, "time": 1.0, "words": 0.3, "link": 0.2}.get(one.kind, 0.0)
    if one.kind == "scale" and not one.grouped and one.filled >= FEW_PAIRS:
        merit -= 1.0
    if not choice.named:  # what counts the rows may be their number, or users with one row each
        constant = (0.3 if one.place else 0.1) * (one.kind == "constant")
        return merit - 0.15 * one.place - constant - 0.4 * one.counting
    merit -= one.counting
    described = bool(set(parts(one.name)) & DESCRIBES)
    return merit + says_id(one.name) - 0.02 * one.place - 1.0 * (one.kind == "constant") - 0.5 * described


def _explained(choice: _Choice, one: Facts) -> int:
    """How many further columns, no ids themselves, follow from this one: the finest id names the thing."""
    others = [other for other in choice.free() if other is not one and other.distinct > 1 and not other.coded]
    ids = choice.codes(one.name)
    return sum(dependence_of(ids, choice.codes(other.name)).holds for other in others[:MOST_TRIED])


def _small_shop(user: Facts, item: Facts) -> bool:
    """Whether the other way round is likelier: a few values that come mixed beside very many others."""
    if user.filled < 1_000 or user.grouped or item.grouped:
        return False
    return 50 * user.distinct < user.filled and item.distinct > 20 * user.distinct


def _give_id(choice: _Choice, one: Facts, role: str, *, first: bool) -> None:
    values = [str(value) for value in choice.rows[one.name].head(200) if value is not None]
    if look_like(values, role) >= 0.8:
        choice.give(role, one.name, f"its values are written like ids of {role}s: {one.as_ids}", 0.8)
    elif choice.named:
        place = "first" if first else "next"
        choice.give(
            role,
            one.name,
            f"no name tells the {role}; the {place} column that could be an id: {one.said}",
            0.3,
        )
    elif first == (role == USER):
        place = "first" if role == USER else "next"
        why = f"the {place} column: files without names list user, item, weight, time"
        choice.give(role, one.name, f"{why}; {one.as_ids}", 0.7)
    else:
        choice.give(role, one.name, f"few values, mixed, beside very many: {one.as_ids}", 0.45)


def _time_by_values(choice: _Choice) -> None:
    """The column of moments that says nothing about item or user alone."""
    if choice.column(TIME) is not None:
        return
    for one in choice.free():
        if one.kind != "time" or (one.distinct == 1 and one.filled > 1):
            continue
        if not choice.follows(one.name, ITEM) and not choice.follows(one.name, USER):
            choice.give(TIME, one.name, f"its values, {one.said}", 0.8 * one.time_share)
            return


def _event_by_values(choice: _Choice) -> None:
    found = [one for one in choice.free() if one.kind == "events" and one.distinct > 1]
    if choice.column(EVENT) is None and found:
        choice.give(EVENT, found[0].name, f"its values, {found[0].said}", 0.7)


def _session_by_values(choice: _Choice) -> None:
    if choice.column(SESSION) is not None:
        return
    for one in choice.free():
        if (
            one.kind in ("code", "number")
            and one.whole == (one.kind == "number")
            and _is_session(choice, one)
        ):
            choice.give(SESSION, one.name, "several events share a value, all of one user: visits", 0.5)
            return


def _weight_by_values(choice: _Choice) -> None:
    """A rating scale; in a file without names, any numbers that are no codes."""
    if choice.column(WEIGHT) is not None:
        return
    able = [
        one
        for one in choice.free()
        if one.numeric
        and not one.counting
        and not set(parts(one.name)) & (DESCRIBES | OF_PLACES)
        and not says_id(one.name)
    ]
    able = [one for one in able if not any(choice.follows(one.name, side) for side in (ITEM, USER))]
    scales = [one for one in able if _is_rating_scale(one)]
    if scales:
        choice.give(WEIGHT, scales[0].name, f"its values, {scales[0].said}", 0.45 if choice.named else 0.7)
    elif not choice.named:
        counts = [one for one in able if not (one.whole and one.low >= CODES_FROM and one.distinct > 20)]
        if counts:
            choice.give(WEIGHT, counts[0].name, f"the next column of numbers, {counts[0].said}", 0.6)


def _is_rating_scale(one: Facts) -> bool:
    """Levels that begin at 0 or 1 and end where scales do, and come mixed."""
    return one.kind == "scale" and -1 <= one.low <= 1 and one.high in SCALE_ENDS and one.distinct >= 4


def _left_over(choice: _Choice, one: Facts) -> Role:
    """What is told of a column without a role of its own."""
    if one.kind in ("empty", "constant"):
        return Role(UNUSED, f"constant: {one.said}" if one.kind == "constant" else one.said, 0.95)
    for role, side in ((ITEM, ITEM_COLUMNS), (USER, USER_COLUMNS)):
        if choice.follows(one.name, role):
            return Role(side, _follows_in_words(choice, one, role), 0.8)
    visit = choice.column(SESSION)
    if visit is not None and dependence_of(choice.codes(visit), choice.codes(one.name)).holds:
        return Role(UNUSED, f"the same throughout a session: {one.said}", 0.7)
    if one.kind == "time":
        return Role(UNUSED, f"a further time: {one.said}", 0.6)
    if (one.kind == "code" and one.coded) or (says_id(one.name) and one.could_name):
        return Role(UNUSED, f"a further id: {one.as_ids}", 0.6)
    if one.kind == "events":
        return Role(UNUSED, f"a further kind of event: {one.said}", 0.5)
    return Role(UNUSED, one.said, 0.5 if one.kind in ("number", "scale") else 0.7)


def _follows_in_words(choice: _Choice, one: Facts, role: str) -> str:
    ids, values = choice.codes(str(choice.column(role))), choice.codes(one.name)
    found, backwards = dependence_of(ids, values), dependence_of(values, ids)
    if one.coded and one.could_name and one.kind in ("code", "number") and backwards.holds:
        return f"a second id of the {role}: becomes {role} metadata; {one.as_ids}"
    agreed = "" if found.agreement >= 0.995 else f" ({percent(found.agreement)} of the rows agree)"
    return f"depends on the {role}: becomes {role} metadata{agreed}; {one.said}"
