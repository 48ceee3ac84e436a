"""Sentences of the page `split`."""

WORDS: dict[str, str] = {
    "split.title": "Split & policy",
    "split.empty_what": (
        "This page decides how models are tested: what they learn from, what they are judged by, and "
        "whether a list may show what the user already has."
    ),
    "split.recommended": "**Recommended: {label}.** {reason}",
    "split.other": "**You chose {label}.** Recommended is {advised}: {reason}",
    "split.cannot": "**{label} cannot be used on this data.** {note}",
    "split.choose": "How to split",
    "split.choose_help": "Models learn from train, are tuned on validation and judged on test.",
    "split.settings": "Settings of the split",
    "split.validation_same": "Validation is made as the protocol makes test.",
    "split.validation_time": (
        "Validation holds the latest events before test, so settings are tuned for what comes later."
    ),
    "split.validation_item_clusters": (
        "Items are grouped by who takes them together, before any training; half of the groups are held "
        "out three times as often as the others. Validation is then as uneven as test parts that are no "
        "random sample, but it cannot know which items those favour."
    ),
    "split.seed": "Seed of the split",
    "split.seed_help": "Where a protocol draws users, items or events at random: one seed, one split.",
    "split.figure_time": "Which events teach, and which are to be found",
    "split.tab_time": "Along time",
    "split.tab_user": "Within users' histories",
    "split.how_time": (
        "{description}\n\nEach bar counts the events of one stretch of time by the part that holds them. "
        "Nothing of validation or test is seen while training. Events in no part are not drawn."
    ),
    "split.figure_user": "Where in their users' histories events are held out",
    "split.how_user": (
        "Each user's events in order of time are cut into ten equal stretches; bars add them up over all "
        "users. Without times the order is that of the file."
    ),
    "split.axis_events": "Events",
    "split.axis_hour": "Events per hour",
    "split.axis_day": "Events per day",
    "split.axis_week": "Events per week",
    "split.axis_month": "Events per four weeks",
    "split.axis_quarter": "Events per quarter",
    "split.axis_year": "Events per year",
    "split.axis_tenth": "Tenth of a user's history, oldest first",
    "split.part_train": "Train",
    "split.part_validation": "Validation",
    "split.part_test": "Test",
    "split.cut_validation": "validation from {date}",
    "split.cut_test": "test from {date}",
    "split.leaks": "**This split leaks the future.** {sentence} {why}",
    "split.leak_last": (
        "Everybody's last events are held out at a moment of their own, so models learn from what others "
        "did later: trends, and items that did not exist yet. Compare models by it, but do not read the "
        "figures as a forecast."
    ),
    "split.leak_user_time": (
        "Every history is cut at a moment of its own, so models learn from what others did later. Compare"
        " models by it, but do not read the figures as a forecast."
    ),
    "split.leak_given": (
        "Whoever made these files did not cut by time. Figures compare models; they forecast nothing."
    ),
    "split.leak_other": (
        "The draw does not look at time, so models learn from events after those they are judged on. "
        "Compare models by it, but do not read the figures as a forecast."
    ),
    "split.parts_part": "Part",
    "split.parts_events": "Events",
    "split.parts_users": "Users",
    "split.parts_new_users": "New users",
    "split.parts_new_items": "New items",
    "split.parts_new_items_help": "Share of what is to be found whose item has no event in train.",
    "split.parts_new_users_help": "Share of the judged users who have no event in train.",
    "split.shifted": (
        "**Validation does not stand for test.** {sentence} A validation part by time (where events have "
        "times) or by item clusters, under the settings, is uneven too; settings that are good on several"
        " of them are the safer choice."
    ),
    "split.core": (
        "Outside the core: {events} train events of {users} users and {items} items do not teach; what is"
        " to be found stays."
    ),
    "split.unused": "{events} events are in no part.",
    "split.items": "Which items are held out: {validation} for validation, {test} for test",
    "split.items_title": "Item",
    "split.items_id": "Id",
    "split.items_part": "Part",
    "split.items_users": "Users to find it for",
    "split.items_more": "The first {shown} of {n}.",
    "split.tab_protocols": "All protocols",
    "split.tab_rolling": "Rolling folds",
    "split.tab_saved": "Saved splits",
    "split.counts_caption": (
        "Users judged under each protocol with its usual settings. Known users have events in train; new "
        "users have none and are shown beside them, never mixed in. Under {least} known users, intervals "
        "get wide."
    ),
    "split.column_label": "Protocol",
    "split.column_train_events": "Train events",
    "split.column_validation_known": "Validation, known",
    "split.column_validation_new": "Validation, new",
    "split.column_test_known": "Test, known",
    "split.column_test_new": "Test, new",
    "split.column_part": "Part",
    "split.column_start": "From (UTC)",
    "split.folds": "Folds",
    "split.folds_help": (
        "The first fold learns from half of the events; each further one cuts later. The last is the "
        "usual cut in time."
    ),
    "split.folds_words": (
        "**{users} test users a fold on average, give or take {sd}**, over {n} cuts in time; {low} to "
        "{high} of them are new."
    ),
    "split.figure_folds": "The same test at several times",
    "split.how_folds": (
        "Validation and test windows hold equal numbers of events. A fold learns from everything before "
        "its validation window; its test window is the validation window of the next. Under the folds: "
        "mean and standard deviation."
    ),
    "split.folds_measure": "Measure popularity and item-kNN on {n} folds",
    "split.folds_measure_help": (
        "Both are trained on every fold and judged on its validation window under the policy above. Test "
        "windows stay closed."
    ),
    "split.folds_title": "Quick models on {n} rolling folds",
    "split.score": "{label} {mean} ± {sd}",
    "split.scores": "**NDCG@10 over the folds: {scores}.** {first} is ahead of {second} on {won} of {n}.",
    "split.scores_one": "**NDCG@10 over the folds: {scores}.**",
    "split.figure_scores": "What quick models reach at each cut",
    "split.how_scores": (
        "Mean NDCG@10 of the known users of each fold's validation window, with its 95 % interval. ± is "
        "the standard deviation over folds: how much a figure depends on when the cut was made."
    ),
    "split.axis_score": "NDCG@10",
    "split.score_fold": "Fold",
    "split.score_model": "Model",
    "split.score_mean": "NDCG@10",
    "split.score_low": "Low",
    "split.score_high": "High",
    "split.score_n_users": "Users",
    "split.fold": "Fold {n}",
    "split.fold_mean": "Mean",
    "split.fold_sd": "± spread",
    "split.fold_fold": "Fold",
    "split.fold_test_from": "Test from",
    "split.fold_train_events": "Train events",
    "split.fold_train_users": "Train users",
    "split.fold_validation_users": "Validation users",
    "split.fold_test_users": "Test users",
    "split.fold_test_events": "Test events",
    "split.fold_new_users": "New users",
    "split.fold_new_items": "New items",
    "split.save_name": "Name",
    "split.save": "Save this split and policy",
    "split.saved_none": (
        "No split is saved yet. A saved one keeps protocol, settings, seed and policy under a name."
    ),
    "split.saved_now": "Saved as {name}.",
    "split.saved_title": "**{name}** {mark}",
    "split.saved_chosen": ":blue-badge[chosen]",
    "split.saved_digest": "Same test conditions (fingerprint) {digest} · {runs}",
    "split.use": "Use",
    "split.rename": "Rename",
    "split.rename_do": "Keep this name",
    "split.download": "Download JSON",
    "split.delete": "Delete",
    "split.deleted": "{name} is deleted.",
    "split.undo": "Undo",
    "split.policy": "What lists may show",
    "split.policy_hide": "Hide seen items",
    "split.policy_allow": "Allow repeats",
    "split.policy_exclusive": "Only seen items",
    "split.policy_hide_help": "Only items that are new to the user.",
    "split.policy_allow_help": "Items the user already has compete with the others.",
    "split.policy_exclusive_help": "What to take again: nothing but items the user has.",
    "split.policy_reason": "Proposed: {policy}. {reason}",
    "split.limits": "Limits on items",
    "split.limits_help": (
        "Items outside a limit are never listed, and nobody is judged by them. What the limits do is "
        "counted below."
    ),
    "split.limits_no_columns": (
        "The items have no columns for stock, price or category, so only popularity can be limited."
    ),
    "split.limit_stock": "In stock",
    "split.limit_stock_help": "A column that must be true or above 0; items without a value are not listed.",
    "split.limit_price": "Price",
    "split.limit_price_help": (
        "A column of numbers that must lie in a range; items without a price are not listed."
    ),
    "split.limit_from": "From",
    "split.limit_to": "To",
    "split.limit_include": "Only these categories",
    "split.limit_exclude": "Without these categories",
    "split.limit_min_events": "Least train events of an item",
    "split.limit_min_events_help": "Items that fewer events teach are not listed; 0 limits nothing.",
    "split.limit_off": "no limit",
    "split.effect": (
        "**Lists choose from {left} of {total} items; {share} of the test targets can be found.** {users}"
    ),
    "split.effect_out": "Of {users} users judged in test, {out} have no target left.",
    "split.effect_all": "All {users} users judged in test have a target left.",
    "split.effect_none": (
        "Models that know items by their events can list none of these targets: all items to be found are"
        " new. This split asks for models that know items by what describes them."
    ),
    "split.effect_part": "Part",
    "split.effect_findable": "Can be found",
    "split.effect_seen": "Ruled out by seen",
    "split.effect_new": "New item",
    "split.effect_outside": "Outside limits",
    "split.effect_left_out": "Users left out",
    "split.kept": "All choices are kept in the address of this page and used by Train.",
    "split.next": "train models on this split",
}
