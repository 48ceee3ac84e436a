"""Sentences of the page `train`."""

WORDS: dict[str, str] = {
    "train.title": "Train",
    "train.empty_what": (
        "Here you train models on your data: the recommended set with one button, or your own choice "
        "with every setting."
    ),
    "train.finding": "**Recommended: {models}.** {split}; {policy}.",
    "train.do_it": "Train {models} · about {time}",
    "train.do_it_help": (
        "Recommended models and settings, on the split and policy of Split & policy (recommended as well, "
        "unless you chose others). You can go on working meanwhile."
    ),
    "train.do_it_busy": "Models are being trained on this dataset right now.",
    "train.own": "Choose models and settings yourself",
    "train.pick": "Models",
    "train.pick_help": "Each becomes a run of its own, judged under the same conditions.",
    "train.none": "Choose at least one model.",
    "train.not_offered": "Not offered here: {reasons}",
    "train.refused": "The installed model {name} could not be taken: {why}.",
    "train.seed": "Seed",
    "train.seed_help": "The same seed, data and settings give the same run.",
    "train.seeds": "Number of seeds",
    "train.seeds_help": (
        "Several seeds show how much of a result is chance: one run per seed, with mean and spread under "
        "Runs & jobs."
    ),
    "train.seeds_same": "{models}: the same for every seed, so trained once.",
    "train.seed_label": "{label} · seed {seed}",
    "train.preset": "Start from",
    "train.preset_help": (
        "Quick: a first look. Balanced: the usual settings. Paper: what a publication used on its own "
        "data; those "
        "of ALS, BPR, GF-CF, SVD and SASRec are recalled, not checked against it."
    ),
    "train.preset_quick": "Quick",
    "train.preset_balanced": "Balanced",
    "train.preset_paper": "Paper",
    "train.tab_train": "Train",
    "train.tab_tuning": "Tuning",
    "train.device": "Device",
    "train.device_auto": "Best available",
    "train.device_cpu": "CPU",
    "train.device_cuda": "GPU (CUDA)",
    "train.device_cpu_only": "The chosen models train on the CPU only.",
    "train.device_uses": "{models}: {device}.",
    "train.device_uses_why": "{models}: {device}, since {reason}.",
    "train.split_used": "Split: {split} · {policy}.",
    "train.split_change": "Change",
    "train.start": "Train {models} · about {time}",
    "train.export": "Download as experiment.yaml",
    "train.export_help": (
        "These models, settings, seeds, split and policy as a file; `rankscope run experiment.yaml` trains "
        "them from the command line with the same result."
    ),
    "train.job_title": "Train {models}",
    "train.seeds_title": "Train {models} · {seeds}",
    "train.next": "compare the runs",
}
