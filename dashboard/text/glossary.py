"""What the words of the field mean, in one sentence each. Feeds popovers and docs."""

from __future__ import annotations

TERMS: dict[str, tuple[str, str]] = {
    # term: (plain words, definition)
    "fingerprint": (
        "same test conditions",
        "A short code of dataset, filters, split, candidates and judged users. Numbers are only compared "
        "under the same code.",
    ),
    "interval": (
        "95 % interval",
        "If users were drawn anew, the mean would fall in this range about 95 times of 100 "
        "(percentile bootstrap over users).",
    ),
    "fold-in": (
        "adds a new user without retraining",
        "The user's factor is solved from the clicks alone; the items' factors stay as trained.",
    ),
    "additivity gap": (
        "reasons add up",
        "Score minus base value minus the sum of all reasons. Zero means that nothing is left unexplained.",
    ),
    "known users": (
        "users with events in train",
        "Users whom the models met while learning. New users are shown beside them, never mixed in.",
    ),
    "policy": (
        "what may be recommended",
        "Hide seen: never show what a user already has. Allow repeats: seen items compete too.",
    ),
    "validation": (
        "the part models are tuned on",
        "Later events of each user that training never sees. The test part stays closed until you open it.",
    ),
    "density": ("share of filled cells", "Distinct user–item pairs divided by users × items."),
    "head share": (
        "events on the most popular 1 % of items",
        "Events on the 1 % of items with most events, divided by all events.",
    ),
    "repeat share": (
        "events on an item the user already had",
        "Events whose user met the item before, divided by all events.",
    ),
    "timestamp ties": (
        "events at the same second as another of the same user",
        "The order inside a tie is the order of the file, so sequences there are not reliable.",
    ),
}


def plain(term: str) -> str:
    """`same test conditions (fingerprint)`: plain words first, the term in brackets."""
    return f"{TERMS[term][0]} ({term})"


def definition(term: str) -> str:
    """The definition of `term` in one or two sentences."""
    return TERMS[term][1]
