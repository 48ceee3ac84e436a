"""Sentences of the page `side_by_side`."""

WORDS: dict[str, str] = {
    "side_by_side.title": "Side by side",
    "side_by_side.empty_what": (
        "What one person would see: the history beside every model's list, with titles."
    ),
    "side_by_side.next": "join the lists in the fusion lab",
    "side_by_side.finding_shared": "**All {n} lists share {shared} of the first {k} titles.**",
    "side_by_side.finding_apart": "**The {n} lists have no title in common among the first {k}.**",
    "side_by_side.finding_one": "**One list of {k} titles.** Choose another model to compare.",
    "side_by_side.finding_right": (
        "Of the {taken} that this user went on to take (marked ✓), {name} {verb} {right}."
    ),
    "side_by_side.verb_one": "shows",
    "side_by_side.verb_many": "show",
    "side_by_side.finding_alone_none": "It shows none of the {taken} that this user went on to take.",
    "side_by_side.finding_none": "None of them shows one of the {taken} that this user went on to take.",
    "side_by_side.proposed": (
        "Proposed at first: the user on whom these lists disagree most while one of them is right."
    ),
    "side_by_side.who": "Whose lists",
    "side_by_side.who_user": "A user",
    "side_by_side.who_edit": "A history I put together",
    "side_by_side.edit_items": "Items taken, oldest first",
    "side_by_side.edit_placeholder": "Add titles; search on the left",
    "side_by_side.edited": "Somebody new who took these {n} items, answered without retraining (fold-in).",
    "side_by_side.models": "Lists to compare",
    "side_by_side.history": "History · {n} events",
    "side_by_side.history_user": "History of user {user} · {n} events",
    "side_by_side.lists": "What each model shows next",
    "side_by_side.legend": (
        "Arrows say how far a title moved against the first list; “new” is not among its first {depth}."
        " ✓ was taken later."
    ),
    "side_by_side.new_item": "new",
    "side_by_side.stand_in": "{name} has no answer for this history; {who} stands in.",
    "side_by_side.no_list": "{name} gives no list: {who}",
    "side_by_side.fused": "Fused (equal)",
    "side_by_side.not_fused": "These runs cannot be joined: {reason}",
    "side_by_side.different": (
        "{n} of the chosen runs were trained under other conditions (split or policy) and are left out here."
    ),
    "side_by_side.figure": "How far titles move from list to list; in colour “{title}”",
    "side_by_side.strong": "Title to follow",
    "side_by_side.axis_rank": "Rank (1 = shown first)",
    "side_by_side.how": (
        "Each model scores the same history; items outside its training data are left out and the "
        "policy is: {policy}. Ties are broken by a seeded hash. The fused list joins the others by "
        "reciprocal ranks with equal weights. A line ends where a list does not show the title."
    ),
    "side_by_side.column_rank": "Rank",
    "side_by_side.column_list": "List",
    "side_by_side.column_title": "Title",
    "side_by_side.column_score": "Score",
    "side_by_side.column_first": "Rank in the first list",
    "side_by_side.column_date": "Date",
}
