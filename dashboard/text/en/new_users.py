"""Sentences of the page `new_users`."""

WORDS: dict[str, str] = {
    "new_users.title": "New users",
    "new_users.empty_what": (
        "When personalisation pays: quality against the number of events that are known of a person."
    ),
    "new_users.next": "back to the leaderboard",
    "new_users.tab_curve": "n-shot curve",
    "new_users.tab_sandbox": "Sandbox",
    "new_users.no_curve": (
        "No curve is stored for this dataset yet. It shows people with 0, 1, 2, 3, 5, 10 and 20 known "
        "events to every model."
    ),
    "new_users.measure": "Measure {n} models · up to a minute",
    "new_users.measure_title": "n-shot curve of {n} models",
    "new_users.other": "Measure other models or settings",
    "new_users.models": "Models",
    "new_users.shown": "Events shown",
    "new_users.shown_last": "The latest n",
    "new_users.shown_first": "The first n",
    "new_users.shown_random": "n at random",
    "new_users.part_validation": "validation part",
    "new_users.part_test": "test part",
    "new_users.curve": "Curve",
    "new_users.curve_option": "{metric}@{k} · {n} lines · {shown} · {part}",
    "new_users.choose_models": "Choose at least one model.",
    "new_users.finding_from": (
        "**Personalisation pays from {events}: {model} is then surely ahead of {baseline}** ({difference})."
    ),
    "new_users.finding_from_start": (
        "**{model} is surely ahead of {baseline} from the start, with {events}** ({difference})."
    ),
    "new_users.finding_never": (
        "**Up to {events} no model is surely ahead of {baseline}**: show new people the popular items."
    ),
    "new_users.finding_alone": (
        "**Only popularity was measured.** Add a model to see when personalisation pays."
    ),
    "new_users.line_from": ("{model} is surely ahead of {baseline} from {events} ({difference} there)."),
    "new_users.line_from_start": (
        "{model} is surely ahead of {baseline} from the start ({difference} at {events})."
    ),
    "new_users.line_never": (
        "{model} is not surely ahead of {baseline} up to {events} ({difference} there)."
    ),
    "new_users.line_behind": "It is surely behind at {ns}.",
    "new_users.line_behind_all": "It is surely behind at every point.",
    "new_users.stand_in": "With {events} {names} have no answer of their own; popularity stands in.",
    "new_users.stand_in_one": "With {events} {names} has no answer of its own; popularity stands in.",
    "new_users.events": "{n} known events",
    "new_users.event": "1 known event",
    "new_users.refused": "{model} is not on the curve: {reason}",
    "new_users.figure": "{metric}@{k} when only n events of a person are known",
    "new_users.axis_n": "Known events of the person (n)",
    "new_users.axis_metric": "{metric}@{k}, mean over users",
    "new_users.column_n": "Known events · {metric}",
    "new_users.how": (
        "People with a long history are shortened to n events and scored as unknown users; what they "
        "took later is the target, the same for every n. Bands are 95 % bootstrap intervals over users."
        " “Surely ahead” means that the interval of the difference, paired by user, lies above zero "
        "there and at every larger n."
    ),
    "new_users.sandbox": "Somebody new took {n} items. This is what every model would show next.",
    "new_users.sandbox_empty": (
        "Nothing is known of this person yet. Add titles and watch the lists change."
    ),
    "new_users.changed": "Against the list of a person without history change: {lists}.",
    "new_users.changed_all": "Every list differs in all {k} titles from that of a person without history.",
    "new_users.changed_list": "{name} {n} of {k}",
    "new_users.sandbox_share": (
        "The address of this page holds the chosen items: share it to show the same lists."
    ),
}
