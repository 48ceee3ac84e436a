"""Sentences of the page `profile`."""

WORDS: dict[str, str] = {
    "profile.title": "Profile & doctor",
    "profile.empty_what": (
        "This page says whether the data can be trusted: what was measured, by severity, and how events "
        "spread over users, items and time."
    ),
    "profile.finding_none": (
        "**Nothing speaks against this data.** {events} events of {users} users with {items} items."
    ),
    "profile.finding_some": (
        "**{things} to look at first.** {events} events of {users} users with {items} items."
    ),
    "profile.severity_look": "Look at first",
    "profile.severity_know": "Good to know",
    "profile.severity_fine": "Fine",
    "profile.tab_findings": "Findings",
    "profile.tab_numbers": "Numbers",
    "profile.found_no_times": (
        "The events have no times. A cut in time and models that read sequences are not possible; map a "
        "time column at import if there is one."
    ),
    "profile.found_times": "Events run from {first} to {last}.",
    "profile.found_ties": (
        "{share} of events share their second with another event of the same user. The order inside a "
        "tie is the order of the file, so models that read sequences learn partly from chance."
    ),
    "profile.found_no_ties": "Times tell the order of events: only {share} are tied within a user.",
    "profile.found_short_histories": (
        "Half of the users have {median} events or fewer. Personal models have little to go by; look at "
        "New users before trusting an average."
    ),
    "profile.found_histories": (
        "Half of the users have more than {median} events: enough to learn tastes from."
    ),
    "profile.found_few_users": (
        "Only {users} users. Intervals will be wide and close models hard to tell apart."
    ),
    "profile.found_head": (
        "The 1 % most popular items take {share} of all events. Popularity will be hard to beat; watch "
        "coverage beside accuracy."
    ),
    "profile.found_no_head": "Events are not crowded on a few items: the top 1 % take {share}.",
    "profile.found_repeats": (
        "{share} of events repeat an item the user had before. Decide under Split & policy whether lists "
        "may show seen items."
    ),
    "profile.found_no_repeats": "Users rarely take the same item again ({share} of later events).",
    "profile.found_cold_users": (
        "{cold} of {total} users judged in the test part are new ({share}). Their numbers are shown apart."
    ),
    "profile.found_no_cold_users": (
        "All {total} users judged in the test part are known to the models ({share} new)."
    ),
    "profile.found_cold_items": (
        "{cold} of {total} items to be found in the test part are new ({share}): no model trained here "
        "can list them."
    ),
    "profile.found_no_cold_items": (
        "All {total} items to be found in the test part occur in train ({share} new)."
    ),
    "profile.found_quarantined": (
        "{lines} lines of the file could not be read ({share}); they are kept with the reason."
    ),
    "profile.found_all_read": "Every line of the file could be read ({lines} quarantined, {share}).",
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
