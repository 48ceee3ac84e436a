"""Sentences of the page `profile`."""

WORDS: dict[str, str] = {
    "profile.title": "Profile & doctor",
    "profile.empty_what": (
        "This page says whether the data can be trusted: what was measured, by severity, and how events "
        "spread over users, items and time."
    ),
    "profile.tab_findings": "Findings",
    "profile.tab_spread": "Users & items",
    "profile.tab_time": "Time",
    "profile.tab_features": "Features",
    "profile.tab_thin": "Thin places",
    "profile.tab_friends": "Friends",
    "profile.tab_map": "Map",
    "profile.tab_numbers": "All numbers",
    "profile.sentence_spread": (
        "The top 1 % of items draw {head} of all events; the last fifth of the events is spread over "
        "{tail} of the "
        "items. The middle user has {middle}, and {one} of users have one only."
    ),
    "profile.sentence_time": (
        "Events run from {first} to {last}. In the last tenth of that time, {users} of all users and "
        "{items} of all "
        "items came for the first time."
    ),
    "profile.sentence_visits": "There are {n} visits of {events} events on average.",
    "profile.sentence_thin": (
        "{users} of users have fewer than five events; they hold {events} of all events. What a page "
        "says about "
        "them rests on little."
    ),
    "profile.friends_alike": (
        "Friends share a taste: their item sets are {times} times as alike as those of shuffled pairs "
        "(95 % {low}–{high}). "
        "{edges} pairs touch {connected} of users; {back} are answered."
    ),
    "profile.friends_unlike": (
        "Friends differ in taste more than chance: {times} times as alike as shuffled pairs (95 % "
        "{low}–{high}). "
        "{edges} pairs touch {connected} of users; {back} are answered."
    ),
    "profile.friends_unknown": (
        "No shared taste of friends that we could measure: {times} times as alike as shuffled pairs (95 "
        "% {low}–{high}). "
        "{edges} pairs touch {connected} of users; {back} are answered."
    ),
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
    "profile.name_mean_user_events": "Events of the average user",
    "profile.name_mean_item_events": "Events of the average item",
    "profile.name_one_event_users": "Users with one event",
    "profile.name_long_tail": "Long tail of items",
    "profile.name_user_gini": "Inequality of users (Gini)",
    "profile.name_median_user_life": "Days of the middle user",
    "profile.name_median_item_life": "Days of the middle item",
    "profile.name_new_user_share": "Users who came late",
    "profile.name_new_item_share": "Items that came late",
    "profile.name_visits": "Visits (sessions)",
    "profile.name_visit_events": "Events per visit",
    "profile.name_visit_minutes": "Minutes of the middle visit",
    "profile.name_edges": "Pairs",
    "profile.name_connected": "Users with a friend",
    "profile.name_median_degree": "Friends of the middle user",
    "profile.name_reciprocity": "Answered pairs (reciprocity)",
    "profile.name_friend_cosine": "Likeness of friends",
    "profile.name_stranger_cosine": "Likeness of shuffled pairs",
    "profile.name_homophily": "Shared taste (homophily)",
    "profile.means_first_time": "Day of the earliest event (UTC).",
    "profile.means_last_time": "Day of the latest event (UTC).",
    "profile.means_homophily": (
        "Likeness of friends divided by that of shuffled pairs: above 1, they share a taste."
    ),
    "profile.figure_weights": "How heavy are events?",
    "profile.how_weights": (
        "Events by their weight: each level where there are at most twenty, else bins of equal width on a "
        "logarithmic scale (lower edges)."
    ),
    "profile.axis_weight": "Weight",
    "profile.axis_per": "Per {period}",
    "profile.axis_new_users": "New users",
    "profile.axis_new_items": "New items",
    "profile.figure_new": "When did newcomers first appear?",
    "profile.how_new": (
        "A user or item counts as new in the {period} of its first event. The start of the file makes "
        "everybody "
        "new at first; a rise at the end means many that a model knows little about."
    ),
    "profile.figure_user_life": "How long do users stay?",
    "profile.figure_item_life": "How long are items taken?",
    "profile.how_user_life": (
        "Share of users with two moments or more whose first and last event lie at least that many days "
        "apart. "
        "Users who came late had no time to stay long."
    ),
    "profile.how_item_life": (
        "Share of items with two moments or more whose first and last event lie at least that many days "
        "apart."
    ),
    "profile.none_user_life": "No user has two events at different times.",
    "profile.none_item_life": "No item has two events at different times.",
    "profile.axis_days": "Days between first and last event",
    "profile.axis_alive": "Share",
    "profile.figure_clock": "Which hours of the week? Share of all events",
    "profile.how_clock": (
        "Share of all events by weekday and hour, UTC. Where the file holds dates only, by weekday."
    ),
    "profile.axis_weekday": "Weekday",
    "profile.axis_hour": "Hour (UTC)",
    "profile.axis_share": "Share of events",
    "profile.day_mon": "Mon",
    "profile.day_tue": "Tue",
    "profile.day_wed": "Wed",
    "profile.day_thu": "Thu",
    "profile.day_fri": "Fri",
    "profile.day_sat": "Sat",
    "profile.day_sun": "Sun",
    "profile.features_items": "What is known of items",
    "profile.features_users": "What is known of users",
    "profile.features_events": "Kinds of events",
    "profile.features_none_items": (
        "Nothing. Titles and categories make lists readable: import them with the events."
    ),
    "profile.features_none_users": "Nothing. Attributes of users make segments: import them with the events.",
    "profile.feature_column": "Column",
    "profile.feature_kind": "Kind",
    "profile.feature_filled": "Filled",
    "profile.feature_levels": "Different values",
    "profile.feature_typical": "Typical",
    "profile.feature_keep": "Keep",
    "profile.feature_buckets": "Buckets",
    "profile.buckets_help": (
        "Numbers fall into so many spans with about equally many rows; of words the most frequent stay, "
        "the rest "
        "is called “other”. Empty: as it is. Titles and lists of categories stay as they are."
    ),
    "profile.features_words": (
        "Dropping or bucketing columns makes the next version of this data set: the same events, and the "
        "same id "
        "codes. Runs keep the version that they were trained on."
    ),
    "profile.features_go": "Make a version with {n} changed columns",
    "profile.features_none": "Change a column to make a version",
    "profile.features_job": "Change features of {name}",
    "profile.feature_event": "Kind",
    "profile.feature_events": "Events",
    "profile.feature_share": "Share",
    "profile.feature_users": "Users",
    "profile.figure_user_segments": "Users by their number of events",
    "profile.figure_item_segments": "Items by their number of events",
    "profile.figure_attribute": "Users by {column}",
    "profile.attribute": "Users by attribute",
    "profile.segment_segment": "Segment",
    "profile.segment_members": "How many",
    "profile.segment_member_share": "Share",
    "profile.segment_events": "Events",
    "profile.segment_event_share": "Share of events",
    "profile.segment_per_member": "Events each",
    "profile.segment_reached_items": "Items reached",
    "profile.segment_reached_users": "Users reached",
    "profile.segment_density": "Density",
    "profile.map_of": "Map of",
    "profile.map_items": "Items",
    "profile.map_users": "Users",
    "profile.map_search_items": "Find an item on the map",
    "profile.map_search_users": "Find a user on the map",
    "profile.map_wait": "Laying out the map, some seconds the first time",
    "profile.map_none_items": "Fewer than 30 items have two users or more: too few for a map.",
    "profile.map_none_users": "Fewer than 30 users have two items or more: too few for a map.",
    "profile.map_sentence_items": (
        "Items lie near each other where the same users took them. The {shown} most popular of {total} "
        "are shown."
    ),
    "profile.map_sentence_users": (
        "Users lie near each other where they took the same items. The {shown} most active of {total} "
        "are shown."
    ),
    "profile.map_hits": "“{query}” is found {hits} times.",
    "profile.map_title": "Who is near whom? Trustworthiness of the map {trust} (1 = every neighbour is one)",
    "profile.map_near": "Nearest on the map to {name}",
    "profile.how_map": (
        "A layout (t-SNE, van der Maaten and Hinton 2008) of 32 factors of the binary matrix scaled by "
        "activity and "
        "popularity. Distances between far groups and the axes mean nothing. Trustworthiness (Venna and "
        "Kaski 2001) "
        "compares the ten neighbours on the map with those in the factors; 0.5 is what a shuffled map has."
    ),
    "profile.next": "decide how to test",
}
