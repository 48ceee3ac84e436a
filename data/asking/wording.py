"""Why a question has no answer, in words: what is wrong, and what to do."""

from __future__ import annotations

import re
from typing import Any

from data.errors import DataError

ALLOWED = "SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN"
WORDS = {  # what DuckDB calls a kind of statement, as people type it
    "MERGE_INTO": "MERGE INTO",
    "VARIABLE_SET": "SET",
    "MULTI": "PIVOT without a list of values (IN …)",
    "LOAD": "LOAD and INSTALL",
    "TRANSACTION": "BEGIN, COMMIT and ROLLBACK",
}
SETTLED = {
    "several": ("Only one statement can be run at a time.", "Keep one, and remove the others."),
    "empty": ("There is nothing to run.", "Type a question, or pick an example."),
    "memory": (
        "The question needs more memory than it may use.",
        "Ask for fewer rows or columns, group earlier, or join on fewer rows.",
    ),
}
_PLACE = re.compile(r"\n\s*(LINE \d+:.*)", re.DOTALL)
_KIND = re.compile(r"^[A-Z][\w ]*? Error: ")
_ADVICE = re.compile(
    r"\s*(Use \"SET |Database is launched|Possible solutions|Launch the database).*", re.DOTALL
)


class QuestionError(DataError):
    """A question without an answer; `place` shows the line and a caret under the spot, or is empty."""

    def __init__(self, problem: str, hint: str = "", place: str = "") -> None:
        super().__init__(problem, hint)
        self.place = place


class Busy(QuestionError):
    """No place for the question at this moment; the same one may be answered later."""


def refusal(header: dict[str, Any]) -> QuestionError:
    """The worker's answer without rows as an error to raise."""
    outcome = str(header["outcome"])
    if outcome in SETTLED:
        return QuestionError(*SETTLED[outcome])
    if outcome == "busy":
        return Busy("Other questions are being answered.", "Try again in a moment.")
    if outcome == "deadline":
        return QuestionError(
            f"The question was not answered within {header['seconds']:.0f} s and was stopped.",
            "Ask for less: fewer rows, fewer joins, a WHERE.",
        )
    if outcome == "long":
        return QuestionError(f"The question is too long: {header['message']}.", "Shorten it.")
    if outcome == "statement":
        kind = WORDS.get(str(header["what"]), str(header["what"]).replace("_", " "))
        return QuestionError(
            f"{kind} is not run here: questions only read this data set.", f"What works: {ALLOWED}."
        )
    if outcome == "private":
        return QuestionError(
            f"{header['what']} is not run here: it tells about the server, not about this data set.",
            "SHOW TABLES lists what can be asked.",
        )
    return _wrong(str(header["kind"]), str(header["message"]))


def _wrong(kind: str, message: str) -> QuestionError:
    """DuckDB's own words, without its advice on settings; the line with the caret apart."""
    if kind == "PermissionException" or "disabled by configuration" in message:
        return QuestionError(
            "Files, other databases and the network cannot be reached from here.",
            "Ask the tables of this data set: SHOW TABLES lists them.",
        )
    if "read-only mode" in message:
        return QuestionError(
            "Nothing can be changed here: questions only read this data set.", f"{ALLOWED} work."
        )
    if "INSTALL " in message:
        return QuestionError(
            "That function belongs to an extension of DuckDB, and none can be loaded here.",
            "SHOW TABLES lists what can be asked.",
        )
    place = _PLACE.search(message)
    said = _ADVICE.sub("", _KIND.sub("", message[: place.start()] if place else message)).strip()
    words, _, rest = said.partition("\n")
    hint = " ".join(rest.split()) or "DESCRIBE events shows the columns of a table."
    return QuestionError(
        f"{words[:1].upper()}{words[1:].rstrip('.!')}.", hint, place.group(1) if place else ""
    )
