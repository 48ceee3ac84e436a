"""Sentences of the page `why_this_item`."""

WORDS: dict[str, str] = {
    "why_this_item.title": "Why this item",
    "why_this_item.empty_what": (
        "Which past events carried a recommendation: a sentence, a waterfall, and what would change "
        "without them."
    ),
    "why_this_item.next": "see what new users get",
    "why_this_item.run": "Model",
    "why_this_item.item": "Item of the list",
    "why_this_item.item_option": "{rank}  {title}",
    "why_this_item.item_unlisted": "–  {title}",
    "why_this_item.no_list": "This model lists nothing for this user. Choose another user or model.",
    "why_this_item.headline": "{model} shows **{title}** at rank {rank} to user {user}.",
    "why_this_item.headline_unlisted": (
        "{model} does not show {title} to user {user} among the first {depth}."
    ),
    "why_this_item.because": "Because of {names} ({shares} of what speaks for it).",
    "why_this_item.silent": (
        "No single event explains this: none stands out from the others and from the noise."
    ),
    "why_this_item.without_fall": "Without {title} it would fall from rank {before} to {after}.",
    "why_this_item.without_rise": "Without {title} it would rise from rank {before} to {after}.",
    "why_this_item.without_same": "Without {title} it would stay at rank {before}.",
    "why_this_item.without_gone": "Without {title} it would no longer be listed (now rank {before}).",
    "why_this_item.against": "{title} speaks most against it ({amount}).",
    "why_this_item.own_vector": (
        "In the list this user is scored {listed} from the factors learnt in training; explained is the"
        " score from the events alone (fold-in), {explained}."
    ),
    "why_this_item.oldest": "{n} oldest events together",
    "why_this_item.step_base_history": "Nothing known (base value)",
    "why_this_item.step_base_models": "Base value",
    "why_this_item.step_rest": "rest ({n} more)",
    "why_this_item.step_score": "Score",
    "why_this_item.figure": "How the score of “{title}” adds up",
    "why_this_item.figure_members": "What each member adds to the fused score of “{title}”",
    "why_this_item.figure_inner": "How {name} scores “{title}”",
    "why_this_item.axis_score": "Score of the item",
    "why_this_item.axis_fused": "Fused score of the item",
    "why_this_item.adds_up": "reasons add up (gap {gap})",
    "why_this_item.adds_not": "reasons do not add up fully (gap {gap})",
    "why_this_item.summary": "{gap} · {method} · evaluations: {n}",
    "why_this_item.panel": "How this was computed",
    "why_this_item.panel_players": "Players",
    "why_this_item.panel_value": "Value of a group",
    "why_this_item.panel_background": "An absent player",
    "why_this_item.panel_method": "Estimator",
    "why_this_item.panel_cost": "Evaluations",
    "why_this_item.panel_base": "Base value",
    "why_this_item.panel_score": "Score",
    "why_this_item.panel_gap": "Additivity gap",
    "why_this_item.players_history": "{n} past events of this user",
    "why_this_item.players_models": "{n} members of the fusion",
    "why_this_item.column_reason": "Reason",
    "why_this_item.column_part": "Part of the score",
    "why_this_item.column_error": "Standard error",
    "why_this_item.without": "Without this event",
    "why_this_item.without_pick": "Leave out",
    "why_this_item.event": "{title} (event {n})",
    "why_this_item.without_score": "Score {before} → {after}.",
    "why_this_item.members": "The members' own reasons",
    "why_this_item.member": "Member",
    "why_this_item.how": (
        "Blue raises the score, orange lowers it; whiskers are 95 % intervals where parts are estimated"
        " by sampling. Base value and parts sum to the score."
    ),
}
