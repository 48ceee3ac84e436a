"""Sentences of the page `runs`."""

WORDS: dict[str, str] = {
    "runs.title": "Runs & jobs",
    "runs.empty_what": "Here you follow running jobs and find every trained run with its settings.",
    "runs.finding": "{runs} on this dataset; the newest, **{label}**, is from {created} and took {time}.",
    "runs.finding_none": "No run on this dataset yet.",
    "runs.hidden_count": "{runs} hidden.",
    "runs.idle": "Nothing is running.",
    "runs.tab_runs": "Runs",
    "runs.tab_settings": "What differs",
    "runs.tab_seeds": "Seeds",
    "runs.tab_costs": "Costs",
    "runs.tab_lists": "Lists made elsewhere",
    "runs.tab_jobs": "Jobs and logs",
    "runs.column_label": "Run",
    "runs.column_model": "Model",
    "runs.column_metric": "{metric}",
    "runs.column_split": "Split",
    "runs.column_device": "Device",
    "runs.column_seconds": "Trained in",
    "runs.column_created": "Created (UTC)",
    "runs.column_id": "Id",
    "runs.choose": "Runs to change or compare",
    "runs.choose_help": "Choose one to rename it, several to see what differs between their settings.",
    "runs.new_label": "New name",
    "runs.rename": "Rename",
    "runs.hide": "Hide {runs}",
    "runs.hide_help": "Hidden runs leave every page. Nothing is deleted.",
    "runs.hidden_now": "{runs} hidden.",
    "runs.undo": "Undo",
    "runs.show_hidden": "Show hidden runs",
    "runs.bring_back": "Bring back {runs}",
    "runs.diff_choose": "Choose two or more runs under Runs to see what differs.",
    "runs.diff_same": "These runs have the same settings.",
    "runs.column_setting": "Setting",
    "runs.note": "Note",
    "runs.note_hint": "What you want to remember about this run",
    "runs.tags": "Tags",
    "runs.tags_hint": "Choose or type a tag",
    "runs.tags_show": "Show runs with these tags",
    "runs.note_line": "{label}: {words}",
    "runs.clone": "Copy into the training form",
    "runs.clone_help": (
        "Opens Train with the model, settings, seed, split and policy of the chosen runs; nothing starts yet."
    ),
    "runs.seeds_none": (
        "No two runs differ by their seed alone. Train a model with several seeds to see how much of a "
        "result is chance."
    ),
    "runs.seeds_finding": (
        "**{label}: {metric} {mean} ± {spread} over {n} seeds** ({low} to {high}): the widest spread by "
        "chance here. A smaller difference between two runs says little."
    ),
    "runs.column_seeds": "Seeds",
    "runs.column_mean": "Mean",
    "runs.column_spread": "Spread (standard deviation)",
    "runs.column_lowest": "Lowest",
    "runs.column_highest": "Highest",
    "runs.seeds_how": "{metric} on validation, known users. A row: same model, settings and test conditions.",
    "runs.costs_none": (
        "No two comparable runs with measured costs yet. Every training from now on measures seconds, "
        "memory, time to answer and size."
    ),
    "runs.costs_pick": "Cost",
    "runs.cost_fit_s": "Training",
    "runs.cost_tuning_s": "Tuning",
    "runs.cost_ram_mb": "Memory",
    "runs.cost_gpu_mb": "GPU memory",
    "runs.cost_answer_ms": "Answer",
    "runs.cost_size_mb": "Size",
    "runs.what_fit_s": "training",
    "runs.what_tuning_s": "tuning",
    "runs.what_ram_mb": "memory",
    "runs.what_gpu_mb": "GPU memory",
    "runs.what_answer_ms": "answer per user",
    "runs.what_size_mb": "size",
    "runs.axis_fit_s": "Training (seconds)",
    "runs.axis_tuning_s": "Tuning (seconds)",
    "runs.axis_ram_mb": "Memory that training took (MB)",
    "runs.axis_gpu_mb": "GPU memory that training took (MB)",
    "runs.axis_answer_ms": "Time to answer (milliseconds per user)",
    "runs.axis_size_mb": "Size of the stored model (MB)",
    "runs.costs_title": "{metric} against {what}",
    "runs.costs_best": (
        "**{label} ranks best ({metric} {value}) at {cost}**, and nothing cheaper comes within 95 % of it "
        "({what})."
    ),
    "runs.costs_near": (
        "**{label} ranks best ({metric} {value}) at {cost}; {other} keeps {kept} of that at {less}** "
        "({what})."
    ),
    "runs.costs_how": (
        "Validation, known users; bars are 95 % intervals. The dotted line joins the runs that no other "
        "beats in both value and cost (Pareto front). Training: seconds of the fit alone. Memory: the most "
        "that the process grew by during the fit, looked at every 20 ms; GPU memory: the most that torch "
        "allocated. Answer: milliseconds per user for a list of 50, for up to 256 users at a time, the "
        "quickest of three rounds. Size: the stored arrays. Measured while other jobs may have run; runs of "
        "earlier versions have no costs."
    ),
    "runs.lists_words": (
        "Bring ranked lists from another system: a table with user, item and rank or score. They are "
        "judged under the split and policy chosen on Split & policy and appear beside the runs trained "
        "here."
    ),
    "runs.lists_file": "Lists (CSV, TSV, Parquet or JSON Lines)",
    "runs.lists_label": "Name of the run",
    "runs.lists_start": "Import lists",
    "runs.lists_title": "Import lists {label}",
    "runs.lists_done": (
        "“{label}”: {matched} of {rows} rows name a known user and item; {users} users have a list."
    ),
    "runs.job_pick": "Job",
    "runs.job_option": "{title} · {state} · {created}",
    "runs.job_none": "No job has run yet.",
    "runs.log_empty": "This job wrote no log.",
    "runs.incident": "Incident {number}: the log has the details.",
    "runs.next": "compare on the leaderboard",
}
