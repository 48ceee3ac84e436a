"""Cards: sentences and tables of one item or one user."""

from __future__ import annotations

import pandas as pd

from dashboard.text import t
from dashboard.text.markdown import literal
from dashboard.text.numbers import count, date, plural, share, shorten
from data.cards import ItemCard, UserCard
from data.dataset import Dataset

WIDTH = 60
NEAR_WIDTH = 24  # letters, so that the numbers beside the title stay in sight on a page of 1280


def item_sentence(card: ItemCard, data: Dataset, sharing: int) -> str:
    """How often it was taken, by whom, since when; its place among all items.

    Args:
        sharing: how many others have as many events.
    """
    if not card.events:
        return t("lookup.item_unseen")
    words = {
        "events": plural(card.events, "event", "events"),
        "users": plural(card.users, "user", "users"),
        "place": count(card.place),
        "n": count(int(data.trained_items.sum())),
    }
    place = _place(t("lookup.item_sentence", **words), sharing)
    return f"{place} {_span(card.first, card.last)}".strip()


def user_sentence(card: UserCard, data: Dataset, sharing: int) -> str:
    """How much they did, on how many items, since when; `sharing` others did as much."""
    if not card.events:
        return t("lookup.user_unseen")
    words = {
        "events": plural(card.events, "event", "events"),
        "items": plural(card.items, "item", "items"),
        "place": count(card.place),
        "n": count(int(data.trained_users.sum())),
    }
    place = _place(t("lookup.user_sentence", **words), sharing)
    return f"{place} {_span(card.first, card.last)}".strip()


def _place(sentence: str, sharing: int) -> str:
    """The sentence about a place; a place that is shared is said to be."""
    if not sharing:
        return f"{sentence}."
    others = plural(sharing, t("lookup.other"), t("lookup.others"))
    return t("lookup.sharing", sentence=sentence, others=others)


def _span(first: int | None, last: int | None) -> str:
    return "" if first is None else t("lookup.span", first=date(first), last=date(last))


def neighbour_table(near: pd.DataFrame, names: list[str], counted: str) -> pd.DataFrame:
    """name, how many in common, likeness; in the given order."""
    return pd.DataFrame(
        {
            "name": [shorten(name, NEAR_WIDTH) for name in names],
            "common": near[counted].astype(int).to_list(),
            "cosine": near["cosine"].to_numpy(float),
        }
    )


def history_table(card: UserCard, data: Dataset) -> pd.DataFrame:
    """The latest events: title, time, weight where weights differ, kind where there are several."""
    table = pd.DataFrame({"name": [shorten(str(data.titles[row]), WIDTH) for row in card.history["row"]]})
    if data.has_times:
        table["time"] = [date(moment) for moment in card.history["time"]]
    if card.history["weight"].nunique() > 1:
        table["weight"] = card.history["weight"].to_numpy(float)
    if card.history["event"].notna().any():
        table["event"] = card.history["event"]
    return table


def taste_table(card: UserCard) -> pd.DataFrame:
    """category, share of the user's events, share of all events."""
    return card.taste[["category", "share", "all_share"]]


def taste_sentence(card: UserCard) -> str:
    """The category that stands out most against everybody, where one does."""
    apart = card.taste[(card.taste["share"] >= 0.1) & (card.taste["share"] >= 1.5 * card.taste["all_share"])]
    if apart.empty or card.events < 5:
        return ""
    best = apart.loc[(apart["share"] / apart["all_share"]).idxmax()]
    times = f"{best['share'] / best['all_share']:.1f}"
    return t("lookup.taste", category=literal(best["category"]), times=times, share=share(best["share"]))
