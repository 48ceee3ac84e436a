"""Sentences of tuning (on the page `train`)."""

WORDS: dict[str, str] = {
    "tuning.run_label": "{label} tuned ({trials} trials)",
    "tuning.intro": (
        "Tuning tries many settings and keeps those that rank best for the users of validation. Every model "
        "gets the same budget; the usual settings are always the first trial; test stays closed."
    ),
    "tuning.pick": "Models to tune",
    "tuning.trials": "Trials per model",
    "tuning.trials_help": "How many settings are tried, the usual ones included.",
    "tuning.minutes": "Minutes per model",
    "tuning.minutes_help": "No trial begins after this time.",
    "tuning.patience": "Stop after … without a gain",
    "tuning.patience_help": "End early when so many trials in a row found nothing better; 0: never.",
    "tuning.metric": "Judged by",
    "tuning.k": "at rank",
    "tuning.more": "Search rare settings too",
    "tuning.more_help": 'Those that stand under "More settings" in the form.',
    "tuning.searched": "{label}: {settings}.",
    "tuning.budget": (
        "Each model: at most {trials} or {time}, judged by {metric} on validation under the split and policy "
        "chosen. About {total} in all."
    ),
    "tuning.start": "Tune {models} · about {time}",
    "tuning.none": "Choose at least one model.",
    "tuning.busy": "A model is being tuned on this dataset right now; another waits its turn.",
    "tuning.job_title": "Tune {label} · {trials}",
    "tuning.past": "Study",
    "tuning.past_option": "{label} · {trials} · {metric} {value} · {created}",
    "tuning.past_none": "No study on this dataset yet. What is found appears here, trial by trial.",
    "tuning.finding": (
        "**{label}: {metric} {start} → {value} ({gain}) with {settings}**, found in trial {best} of "
        "{trials}. The gain is on validation, where it was picked: expect less on test."
    ),
    "tuning.finding_start": (
        "**{label}: none of {trials} trials beat the settings one started from ({metric} {value}).**"
    ),
    "tuning.finding_no_start": (
        "**{label}: {metric} {value} with {settings}**, found in trial {best} of {trials}; the settings one "
        "started from could not be judged."
    ),
    "tuning.finding_none": "**{label}: no trial could be judged.**",
    "tuning.facts": "Budget: {trials} or {time} · used: {used}, {spent} · ended: {ended} · seed {seed}",
    "tuning.ended_trials": "all trials done",
    "tuning.ended_seconds": "the time was over",
    "tuning.ended_patience": "no gain for {patience} trials",
    "tuning.ended_space": "every setting was tried",
    "tuning.ended_cancelled": "stopped by hand",
    "tuning.ended_": "interrupted",
    "tuning.use": "Use these settings",
    "tuning.use_help": "Fills the form under Train with them; nothing starts yet.",
    "tuning.history_title": "{metric} trial by trial",
    "tuning.history_live": "{metric} so far",
    "tuning.history_how": (
        "Each point is one trial: a model trained with one choice of settings and judged on the known users "
        "of validation (new users where none is known). The line is the best so far; the diamond is where "
        "the search started. The search is a tree-structured Parzen estimator (Bergstra et al., 2011) with a "
        "seed: the same seed tries the same settings."
    ),
    "tuning.axis_trial": "Trial",
    "tuning.word_trial": "Trial",
    "tuning.word_best": "best so far",
    "tuning.word_start": "start",
    "tuning.parallel_title": "Which settings went with which value",
    "tuning.parallel_how": (
        "Each line is a trial from its settings to its value on the right. The strongest line is the best "
        "trial, the coloured ones the best quarter. Wide positive ranges have a logarithmic axis."
    ),
    "tuning.importance_title": "Which setting mattered",
    "tuning.importance_axis": "Share of the differences it explains",
    "tuning.importance_how": (
        "Share of the variance of the trials' values that each setting explains in a forest of regression "
        "trees (fANOVA: Hutter, Hoos & Leyton-Brown, 2014). It holds for the ranges searched here."
    ),
    "tuning.importance_few": (
        "Which setting matters cannot be said: that takes {enough} judged trials that differ; there are {n}."
    ),
    "tuning.column_trial": "Trial",
    "tuning.column_value": "Value",
    "tuning.column_best": "Best so far",
    "tuning.column_seconds": "Seconds",
    "tuning.column_state": "State",
    "tuning.column_problem": "Problem",
    "tuning.column_setting": "Setting",
    "tuning.column_share": "Share",
    "tuning.state_done": "judged",
    "tuning.state_failed": "failed",
    "tuning.state_stopped": "out of time",
}
