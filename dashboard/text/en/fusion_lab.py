"""Sentences of the page `fusion_lab`."""

WORDS: dict[str, str] = {
    "fusion_lab.title": "Fusion lab",
    "fusion_lab.empty_what": (
        "Does joining models help, and whom: sliders, the fused list and its metric together."
    ),
    "fusion_lab.next": "see why an item was recommended",
    "fusion_lab.too_few": "Joining needs two models; there is one so far.",
    "fusion_lab.train_more": "Train another model",
    "fusion_lab.choose_two": "Choose at least two members that were trained under the same conditions.",
    "fusion_lab.finding_better": (
        "**Joined, they reach {metric} {value}: {difference} over {best}, the best single member.** "
        "Better for {wins} users, worse for {losses}."
    ),
    "fusion_lab.finding_worse": (
        "**Joined, they reach {metric} {value}: {difference} against {best} alone, which is better.** "
        "Better for {wins} users, worse for {losses}."
    ),
    "fusion_lab.finding_unsure": (
        "**Joined, they reach {metric} {value}; there is no difference to {best} alone that we could "
        "measure** ({difference}). Better for {wins} users, worse for {losses}."
    ),
    "fusion_lab.validation": (
        "Measured on {n} known users of the validation part; the test part stays closed. Weights picked "
        "here flatter this number a little: the leaderboard's test column is the judge."
    ),
    "fusion_lab.nobody": "No known users are judged in this split, so there is no metric to follow.",
    "fusion_lab.fused": "Fused",
    "fusion_lab.members": "Members",
    "fusion_lab.method": "Method",
    "fusion_lab.method_rrf": "Reciprocal ranks",
    "fusion_lab.method_weighted_sum": "Weighted sum",
    "fusion_lab.setting_k0": "Rank constant",
    "fusion_lab.setting_normalisation": "Common scale",
    "fusion_lab.scale_min_max": "Min–max",
    "fusion_lab.scale_z_score": "z-score",
    "fusion_lab.scale_rank": "Rank",
    "fusion_lab.weight": "Weight of {name}",
    "fusion_lab.all_zero": "All weights are zero. Give at least one member a weight.",
    "fusion_lab.list_of": "Fused list of user {user}",
    "fusion_lab.column_rank": "Rank",
    "fusion_lab.column_title": "Title",
    "fusion_lab.column_score": "Score",
    "fusion_lab.legend": "Under a member's name stands its own rank of the title. ✓ was taken later.",
    "fusion_lab.column_name": "Ranking",
    "fusion_lab.column_low": "95 % low",
    "fusion_lab.column_high": "95 % high",
    "fusion_lab.column_n": "Users",
    "fusion_lab.column_member": "Member",
    "fusion_lab.not_judged": "User {user} is not judged in this split, so another user is shown.",
    "fusion_lab.tab_parts": "Who brought it",
    "fusion_lab.tab_metric": "Against each member",
    "fusion_lab.tab_agreement": "Agreement",
    "fusion_lab.figure_parts": "Each fused score is the sum of its members' parts",
    "fusion_lab.figure_metric": "Fused and single: {metric}@{k} with 95 % intervals",
    "fusion_lab.figure_agreement": "How alike the members' lists are (1 = the same order)",
    "fusion_lab.axis_parts": "Fused score, split by member",
    "fusion_lab.axis_metric": "{metric}@{k}, mean over known users",
    "fusion_lab.how_parts": (
        "{definition}. An item that a member does not list: {floor}. Weights are scaled to sum 1; every"
        " member's first {depth} items take part. The parts of a bar sum to the fused score."
    ),
    "fusion_lab.how_metric": (
        "Every user's list is fused again at each slider move and judged over the full catalogue. The "
        "difference to the best single member is paired by user (bootstrap). A saved run gives the same"
        " number."
    ),
    "fusion_lab.how_agreement": (
        "Mean rank-biased overlap (Webber, Moffat & Zobel, 2010) with p = 0.9: the first ten places "
        "carry 86 % of the weight. Members that agree nearly fully add little to each other."
    ),
    "fusion_lab.save": "Save as a run · a few seconds",
    "fusion_lab.saved_as": "{method} of {n}",
    "fusion_lab.short_rrf": "RRF",
    "fusion_lab.short_weighted_sum": "Weighted sum",
    "fusion_lab.joins": "{label} joins {names}.",
    "fusion_lab.joins_weight": "{name} ({weight})",
    "fusion_lab.save_title": "Fuse {names}",
}
