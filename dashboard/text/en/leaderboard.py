"""Sentences of the page `leaderboard`."""

WORDS: dict[str, str] = {
    "leaderboard.title": "Leaderboard",
    "leaderboard.empty_what": "Which model wins, by how much, and how surely: one sentence and one table.",
    "leaderboard.next": "see the lists side by side",
    "leaderboard.finding": (
        "**{model} puts {right} of {k} shown right, {more} more than {baseline}** (95 % {interval})."
    ),
    "leaderboard.finding_fewer": (
        "**{model} orders its list best, but puts {right} of {k} shown right: {more} fewer than "
        "{baseline}** (95 % {interval})."
    ),
    "leaderboard.finding_unsure": (
        "**{model} leads with {right} of {k} shown right, but there is no difference to {baseline} that"
        " we could measure** (95 % {interval})."
    ),
    "leaderboard.finding_baseline": (
        "**Nothing beats {model} here: it puts {right} of {k} shown right**, and it is the line to beat."
    ),
    "leaderboard.by_metric": "Ordered by {metric}: {plain}.",
    "leaderboard.judged": (
        "Users judged: {judged} {group}. Of {total} users in this part left out: {reasons}."
    ),
    "leaderboard.judged_all": "Users judged: {judged} {group}, nobody left out.",
    "leaderboard.few": (
        "Only {n} users are judged here. Below {least} the intervals are wide and the order of close "
        "models is chance."
    ),
    "leaderboard.nobody": "No {group} are judged in this part. Choose another group of users.",
    "leaderboard.coverage_words": "{model} shows {share} of the catalogue to somebody (coverage).",
    "leaderboard.rank_words": (
        "Its scores follow about {rank} independent tastes (effective rank; 1 = one order for everybody)."
    ),
    "leaderboard.collapse": (
        "{model} gives nearly everybody the same order: it has collapsed towards popularity."
    ),
    "leaderboard.groups": (
        "{n} runs were judged under other test conditions (fingerprint) and are not compared with "
        "these: {differences}"
    ),
    "leaderboard.metric": "Metric",
    "leaderboard.k": "Items shown (k)",
    "leaderboard.users": "Users",
    "leaderboard.pick_known": "Known",
    "leaderboard.pick_new": "New",
    "leaderboard.pick_all": "All",
    "leaderboard.users_known": "Known users",
    "leaderboard.users_new": "New users",
    "leaderboard.users_all": "All users",
    "leaderboard.baseline": "Compared with",
    "leaderboard.column_model": "Model",
    "leaderboard.column_difference": "vs {baseline} (95 %)",
    "leaderboard.column_users": "Users better / worse",
    "leaderboard.column_coverage": "Coverage",
    "leaderboard.column_test": "Test (95 %)",
    "leaderboard.column_metric": "Metric",
    "leaderboard.column_definition": "Definition",
    "leaderboard.column_denominator": "Divided by",
    "leaderboard.column_n": "Users",
    "leaderboard.column_low": "95 % low",
    "leaderboard.column_high": "95 % high",
    "leaderboard.column_gap": "Difference",
    "leaderboard.column_better": "Users better",
    "leaderboard.column_worse": "Users worse",
    "leaderboard.tab_means": "Means",
    "leaderboard.tab_gaps": "Differences",
    "leaderboard.tab_trade": "Trade-offs",
    "leaderboard.tab_all": "All metrics",
    "leaderboard.figure_means": "{metric}@{k} with 95 % intervals; the dotted line is {baseline}",
    "leaderboard.figure_gaps": "Difference to {baseline}, same users, with 95 % intervals",
    "leaderboard.figure_trade": "Accuracy against the share of the catalogue that somebody is shown",
    "leaderboard.axis_metric": "{metric}@{k}, mean over users",
    "leaderboard.axis_gap": "Difference in {metric}@{k} to {baseline}",
    "leaderboard.axis_coverage": "Items shown to at least one user (coverage@{k})",
    "leaderboard.how_means": (
        "**{metric}@{k}** is {definition}, divided by {denominator}, over the full catalogue, never "
        "sampled. The dot is the mean over users; the bar is where 95 % of the means fall when users "
        "are drawn anew 2,000 times (percentile bootstrap). Ties are broken by a seeded hash, never by "
        "item number."
    ),
    "leaderboard.how_gaps": (
        "Each user is judged under both models, and the difference is averaged over the same users "
        "(paired bootstrap, 2,000 draws). An interval that crosses zero is no difference that we could "
        "measure."
    ),
    "leaderboard.how_trade": (
        "Up is more accurate, right is more varied. Popularity stands far left: everybody gets the same"
        " items. Coverage is the number of items in at least one list, divided by the items that may be"
        " listed."
    ),
    "leaderboard.definitions": "What the metrics mean",
    "leaderboard.definition": "**{metric}**: {definition}. Divided by: {denominator}.",
    "leaderboard.all_download": "All metrics (CSV)",
    "leaderboard.test_closed": (
        "The table shows validation. The test part stays closed until you open it: whoever picks by "
        "test numbers makes them too good. Under these conditions it was opened {times} before."
    ),
    "leaderboard.test_never": "0 times",
    "leaderboard.test_once": "once",
    "leaderboard.test_times": "{n} times",
    "leaderboard.test_button": "Open the test column (recorded)",
    "leaderboard.test_open": (
        "The test column is open; under these conditions it was opened {times}. The order stays that of"
        " validation."
    ),
    "leaderboard.test_missing": "These runs were not judged on a test part.",
}
