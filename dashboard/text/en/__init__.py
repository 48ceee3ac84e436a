"""Every sentence of the interface in English. One file per page; a key starts with the name of its file."""

from __future__ import annotations

from dashboard.text.en import (
    ask,
    common,
    doctor,
    fusion_lab,
    home,
    import_data,
    leaderboard,
    lookup,
    new_users,
    profile,
    runs,
    side_by_side,
    split,
    train,
    tuning,
    uploads,
    why_this_item,
)

PARTS = (
    common,
    home,
    import_data,
    uploads,
    profile,
    ask,
    doctor,
    lookup,
    split,
    train,
    tuning,
    runs,
    leaderboard,
    side_by_side,
    fusion_lab,
    why_this_item,
    new_users,
)
WORDS: dict[str, str] = {key: sentence for part in PARTS for key, sentence in part.WORDS.items()}
