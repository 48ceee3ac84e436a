"""The views of the profile: spread, time, features, thin places, friends, all numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts.profile import bars, log_bars, log_log, over_time, survival, week_clock
from dashboard.components.chart_card import chart_card
from dashboard.components.number_table import written
from dashboard.loaders import profiles
from dashboard.text import has, t
from dashboard.text.markdown import literal
from dashboard.text.markdown import written as as_written
from dashboard.text.numbers import count, date, plural, share
from dashboard.views.profile import SEGMENT_WORDS, number_table, weight_words
from data.profile import Profile
from data.profile.features import FEW_LEVELS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def spread(profile: Profile) -> None:
    """Users by activity, items by popularity, weights."""
    told = profile.numbers
    st.markdown(
        t(
            "profile.sentence_spread",
            head=share(told["head_share_1"]),
            tail=share(told["long_tail"]),
            one=share(told["one_event_users"]),
            middle=plural(int(told["median_user_events"] or 0), "event", "events"),
        )
    )
    left, right = st.columns(2)
    with left:
        _rank_card(profile, "activity", "profile.axis_user_rank")
    with right:
        _rank_card(profile, "popularity", "profile.axis_item_rank")
    weights = profile.curves["weights"]
    if len(weights) > 1:
        table = weights.assign(weight=[weight_words(value) for value in weights["weight"]])
        axes = {"x_title": t("profile.axis_weight"), "y_title": t("profile.axis_events")}
        levels = len(weights) <= FEW_LEVELS
        figure = (bars if levels else log_bars)(table if levels else weights, "weight", "events", **axes)
        columns = {"weight": t("profile.axis_weight"), "events": t("profile.axis_events")}
        title, how = t("profile.figure_weights"), t("profile.how_weights")
        chart_card(title, figure, table.rename(columns=columns), "profile_weights", how)


def _rank_card(profile: Profile, curve: str, axis: str) -> None:
    table = profile.curves[curve]
    names = {"rank": t("profile.column_rank"), "events": t("profile.axis_events")}
    figure = log_log(table, "rank", "events", x_title=t(axis), y_title=t("profile.axis_events"))
    how = t(f"profile.how_{curve}")
    chart_card(t(f"profile.figure_{curve}"), figure, table.rename(columns=names), f"profile_{curve}", how)


def time(profile: Profile) -> None:
    """Events and newcomers over time, lifetimes, the week."""
    told = profile.numbers
    words = {
        "first": date(told["first_time"]),
        "last": date(told["last_time"]),
        "users": share(told["new_user_share"]),
        "items": share(told["new_item_share"]),
    }
    visits = ""
    if told["visits"] is not None:
        visits = t("profile.sentence_visits", n=count(told["visits"]), events=f"{told['visit_events']:.1f}")
    st.markdown(f"{t('profile.sentence_time', **words)} {visits}".strip())
    left, right = st.columns(2)
    with left:
        _time_card(profile, "events")
        _life_card(profile, "user_life")
    with right:
        _time_card(profile, "new_users")
        _life_card(profile, "item_life")
    _clock_card(profile)


def _time_card(profile: Profile, column: str) -> None:
    """Events, or new users and items, per period."""
    table, period = profile.curves["over_time"], t(f"profile.period_{profile.period}")
    series = {"events": t("profile.axis_events")}
    if column == "new_users":
        series = {"new_users": t("profile.axis_new_users"), "new_items": t("profile.axis_new_items")}
    figure = over_time(table, "start", series, y_title=t("profile.axis_per", period=period))
    shown = table.assign(start=table["start"].dt.strftime("%Y-%m-%d"))
    names = {
        "start": t("profile.column_start"),
        "users": t("profile.column_users"),
        "events": t("profile.axis_events"),
    }
    names |= {"new_users": t("profile.axis_new_users"), "new_items": t("profile.axis_new_items")}
    title = t(f"profile.figure_{'time' if column == 'events' else 'new'}", period=period)
    how = t(f"profile.how_{'time' if column == 'events' else 'new'}", period=period)
    chart_card(title, figure, shown.rename(columns=names), f"profile_time_{column}", how)


def _life_card(profile: Profile, curve: str) -> None:
    table = profile.curves[curve]
    if table.empty:
        st.caption(t(f"profile.none_{curve}"))
        return
    names = {"days": t("profile.axis_days"), "share": t("profile.axis_alive")}
    figure = survival(table, x_title=names["days"], y_title=names["share"])
    title, how = t(f"profile.figure_{curve}"), t(f"profile.how_{curve}")
    chart_card(title, figure, table.rename(columns=names), f"profile_{curve}", how)


def _clock_card(profile: Profile) -> None:
    """The week's rhythm; by weekday alone where the file holds dates."""
    table = profile.curves["clock"]
    days = [t(f"profile.day_{day}") for day in WEEKDAYS]
    shown = table.assign(weekday=[days[place] for place in table["weekday"]])
    names = {
        "weekday": t("profile.axis_weekday"),
        "hour": t("profile.axis_hour"),
        "share": t("profile.axis_share"),
    }
    if table.loc[table["hour"] > 0, "share"].sum() == 0:
        by_day = shown[shown["hour"] == 0]
        figure = bars(by_day, "weekday", "share", x_title="", y_title=names["share"], tickformat=".0%")
    else:
        figure = week_clock(table, days, x_title=names["hour"])
    how = t("profile.how_clock")
    chart_card(t("profile.figure_clock"), figure, shown.rename(columns=names), "profile_clock", how)


def thin(dataset: str, profile: Profile) -> None:
    """Where the data is thin: bands of activity and popularity, and levels of user attributes."""
    table = profile.curves["user_segments"]
    lean = table[table["segment"].isin(["1", "2–4"])]
    st.markdown(
        t(
            "profile.sentence_thin",
            users=share(float(lean["member_share"].sum())),
            events=share(float(lean["event_share"].sum())),
        )
    )
    for name in ("user_segments", "item_segments"):
        _segments(
            profile.curves[name], t(f"profile.figure_{name}"), name, "items" if name[0] == "u" else "users"
        )
    choices = profiles.user_attributes(dataset)
    if choices:
        column = st.selectbox(t("profile.attribute"), choices, key="profile_attribute", bind="query-params")
        title = t("profile.figure_attribute", column=literal(column))
        _segments(profiles.attribute_segments(dataset, column), title, "by_attribute", "items")


def _segments(table: pd.DataFrame, title: str, key: str, reached: str) -> None:
    st.markdown(f"**{title}**")
    names = {column: t(f"profile.segment_{column}") for column in table if column != "reached"}
    names["reached"] = t(f"profile.segment_reached_{reached}")
    st.dataframe(
        written(table, SEGMENT_WORDS),
        hide_index=True,
        column_config=names,
        key=f"profile_{key}",
        height="content" if len(table) <= 12 else "auto",
    )


def friends(dataset: str) -> None:
    """Degrees, reciprocity, and whether friends share a taste."""
    found = profiles.social(dataset)
    told = found.numbers
    verdict = "alike" if found.low > 1 else "unlike" if found.high < 1 else "unknown"
    st.markdown(
        t(
            f"profile.friends_{verdict}",
            times=f"{told['homophily']:.2f}",
            low=f"{found.low:.2f}",
            high=f"{found.high:.2f}",
            edges=count(told["edges"]),
            connected=share(told["connected"]),
            back=share(told["reciprocity"]),
        )
    )
    _number_frame(told, found.definitions, "profile_friends")


def numbers(profile: Profile) -> None:
    """Every number with its definition."""
    _number_frame(profile.numbers, profile.definitions, "profile_numbers")


def _number_frame(told: dict[str, float | int | None], definitions: dict[str, str], key: str) -> None:
    names = {name: t(f"profile.name_{name}") for name in told if has(f"profile.name_{name}")}
    said = {  # in other words where the measure's own name a unit or a variable
        name: t(f"profile.means_{name}") if has(f"profile.means_{name}") else words
        for name, words in definitions.items()
    }
    table = number_table(told, said, names)
    columns = {name: t(f"profile.column_{name}") for name in ("name", "value", "definition")}
    st.table(as_written(table).rename(columns=columns), hide_index=True)
    st.download_button(
        t("common.download_csv"),
        lambda: table.to_csv(index=False).encode(),
        file_name=f"rankscope-{key}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        type="tertiary",
        on_click="ignore",
    )
