"""Sentences of the page `split`."""

WORDS: dict[str, str] = {
    "split.title": "Split & policy",
    "split.empty_what": (
        "This page decides how models are tested: what they learn from, what they are judged by, and whether "
        "a list may show what the user already has."
    ),
    "split.recommended": "**Recommended: {label}.** {reason}",
    "split.other": "**You chose {label}.** Recommended is {advised}: {reason}",
    "split.cannot": "**{label} cannot be used on this data.** {note}",
    "split.choose": "How to split",
    "split.choose_help": "Models learn from train, are tuned on validation and judged on test.",
    "split.settings": "Settings of the split",
    "split.figure_time": "Which events teach, and which are to be found",
    "split.how_time": (
        "{description}\n\nEach bar counts the events of one stretch of time by the part that holds them. "
        "Nothing of validation or test is seen while training."
    ),
    "split.axis_events": "Events",
    "split.part_train": "Train",
    "split.part_validation": "Validation",
    "split.part_test": "Test",
    "split.cut_validation": "validation from {date}",
    "split.cut_test": "test from {date}",
    "split.counts": "Who is judged under each protocol",
    "split.counts_caption": (
        "Known users have events in train; new users have none and are shown beside them, never mixed in. "
        "Under {least} known users, intervals get wide."
    ),
    "split.column_label": "Protocol",
    "split.column_train": "Train events",
    "split.column_validation_known": "Validation, known",
    "split.column_validation_new": "Validation, new",
    "split.column_test_known": "Test, known",
    "split.column_test_new": "Test, new",
    "split.column_part": "Part",
    "split.column_start": "From (UTC)",
    "split.policy": "What lists may show",
    "split.policy_hide": "Hide seen items",
    "split.policy_allow": "Allow repeats",
    "split.policy_hide_help": "Only items that are new to the user.",
    "split.policy_allow_help": "Items the user already has compete with the others.",
    "split.policy_reason": "Proposed: {policy}. {reason}",
    "split.kept": "Both choices are kept in the address of this page and used by Train.",
    "split.next": "train models on this split",
}
