"""Sentences of the page `home`."""

WORDS: dict[str, str] = {
    "home.title": "Home",
    "home.empty_what": (
        "Home says which model serves your users best, by how much and how surely, for whom it is worse, "
        "and what to do next."
    ),
    "home.why_no_data": "There is no dataset yet: bring your own events, or start with a sample.",
    "home.why_no_runs": "“{name}” has {events} events of {users} users, and no model has learnt from it yet.",
    "home.why_not_judged": "The runs of this dataset have no judged users yet.",
    "home.better": (
        "**{best} is the best of {n_runs} rankings:** the order of its first {k} reaches {share} of the "
        "best possible ({metric} {own}; {gap} against {baseline}; {users})."
    ),
    "home.no_difference": (
        "**{best} leads {n_runs} rankings, with no difference to {baseline} that we could measure:** the "
        "order of its first {k} reaches {share} of the best possible ({metric} {own}; {gap}; {users})."
    ),
    "home.baseline_best": (
        "**Nothing beats {best} so far:** the order of its first {k} reaches {share} of the best "
        "possible ({metric} {own}; {users})."
    ),
    "home.worse_for": "It is worse for users with {events} events ({gap}).",
    "home.worse_for_nobody": "In no group of users by activity is it measurably worse.",
    "home.new_users": "New users get {own} from it, {gap} against {baseline} ({users} users).",
    "home.new_users_same": "New users get {own} from it, no different from {baseline} ({users} users).",
    "home.new_users_alone": "New users get {own} ({users} users).",
    "home.left_out": "{runs} judged under other test conditions and not compared here.",
    "home.figure_runs": "How good are the rankings? {metric} on validation, {users} users",
    "home.figure_segments": "For whom is {best} better than {baseline}? Difference in {metric}",
    "home.axis_metric": "{metric} (95 % interval)",
    "home.axis_difference": "Difference in {metric} (95 % interval)",
    "home.axis_events": "Events in train",
    "home.how_runs": (
        "{definition}\n\n{denominator}\n\nOne value per user, averaged; the bar is the 95 % interval "
        "(2,000 bootstrap draws over users). Validation is the part models are tuned on; the test part "
        "stays closed until you open it on the Leaderboard."
    ),
    "home.how_segments": (
        "Known users are cut into thirds by their number of training events. Each row is the mean of the "
        "differences user by user, with its 95 % interval. Left of the dotted line the baseline is "
        "better."
    ),
    "home.tab_runs": "Who wins",
    "home.tab_segments": "For whom",
    "home.column_ranking": "Ranking",
    "home.column_mean": "Mean",
    "home.column_low": "95 % from",
    "home.column_high": "to",
    "home.column_users": "Users",
    "home.column_events": "Events in train",
    "home.column_difference": "Difference",
    "home.card_data": "Data",
    "home.card_data_value": "{events} events",
    "home.card_data_detail": "{users} users · {items} items",
    "home.card_best": "Best ranking",
    "home.card_best_detail": "{metric} {own}",
    "home.card_fusion": "Fusion gain",
    "home.card_fusion_detail": "{gap} against {single}",
    "home.card_fusion_none": "not tried yet",
    "home.card_fusion_none_detail": "Join two rankings in the Fusion lab.",
    "home.card_fusion_one": "needs two models",
    "home.card_fusion_one_detail": "Train another model first.",
    "home.card_cold": "New users",
    "home.card_cold_at": "after {events}",
    "home.card_cold_start": "from the start",
    "home.card_fusion_same": "no measurable gain",
    "home.card_cold_at_detail": "{name} beats {baseline} measurably.",
    "home.card_cold_never": "no crossing",
    "home.card_cold_never_detail": "No model beats {baseline} measurably in the curve.",
    "home.card_cold_none": "not drawn yet",
    "home.card_cold_none_detail": "Draw the curve under New users.",
    "home.open": "{page} →",
    "home.next_fuse": "join the best two",
    "home.next_curve": "see when personalisation pays for new users",
    "home.next_compare": "compare on the leaderboard",
    "home.users_known": "{n} known users",
    "home.users_new": "{n} new users",
}
