"""Sentences of the page `profile`."""

WORDS: dict[str, str] = {
    "profile.title": "Profile & doctor",
    "profile.empty_what": (
        "This page says whether the data can be trusted: what was measured, by severity, and how events "
        "spread over users, items and time."
    ),
    "profile.tab_findings": "Findings",
    "profile.tab_numbers": "Numbers",
    "profile.figure_activity": "How active are users?",
    "profile.figure_popularity": "How popular are items?",
    "profile.figure_time": "When did it happen? Events per {period}",
    "profile.period_day": "day",
    "profile.period_week": "week",
    "profile.period_month": "month",
    "profile.axis_user_rank": "User, most active first",
    "profile.axis_item_rank": "Item, most popular first",
    "profile.axis_events": "Events",
    "profile.how_activity": (
        "Users sorted by their number of events, on logarithmic axes. A straight fall is a power law."
    ),
    "profile.how_popularity": (
        "Items sorted by their number of events, on logarithmic axes. A straight fall is a power law."
    ),
    "profile.how_time": (
        "Events are counted by {period} of their time (UTC). Gaps and jumps are worth a question."
    ),
    "profile.column_rank": "Rank",
    "profile.column_start": "From (UTC)",
    "profile.column_users": "Active users",
    "profile.column_name": "Number",
    "profile.column_value": "Value",
    "profile.column_definition": "Definition",
    "profile.name_users": "Users",
    "profile.name_items": "Items",
    "profile.name_events": "Events",
    "profile.name_density": "Density",
    "profile.name_first_time": "First event",
    "profile.name_last_time": "Last event",
    "profile.name_median_user_events": "Events of the middle user",
    "profile.name_median_item_events": "Events of the middle item",
    "profile.name_head_share_1": "Share of the top 1 % of items",
    "profile.name_head_share_10": "Share of the top 10 % of items",
    "profile.name_gini": "Inequality of items (Gini)",
    "profile.name_repeat_share": "Repeat share",
    "profile.name_tied_share": "Timestamp ties",
    "profile.name_cold_test_users": "New users in the test part",
    "profile.name_test_users": "Users judged in the test part",
    "profile.name_cold_test_items": "New items in the test part",
    "profile.name_test_items": "Items to be found in the test part",
    "profile.next": "decide how to test",
}
