"""The finding of Home as one paragraph."""

from __future__ import annotations

from dashboard.text import t
from dashboard.text.numbers import change, count, difference, score, share, with_interval
from dashboard.views.home import K, Verdict


def sentence(found: Verdict, metric: str) -> str:
    """The finding: best, by how much, for whom worse, what new users get."""
    own = found.own
    users = t(f"home.users_{found.users}", n=count(own.n))
    facts = {"best": found.best.label, "metric": metric, "users": users, "k": K, "share": share(own.mean)}
    if found.gap is None:
        parts = [t("home.baseline_best", own=with_interval(own.mean, own.low, own.high), **facts)]
    else:
        gap = difference(found.gap.mean, found.gap.low, found.gap.high)
        facts |= {"gap": gap, "baseline": found.baseline.label, "n_runs": len(found.table)}
        key = "home.better" if found.gap.sure else "home.no_difference"
        parts = [t(key, own=score(own.mean), **facts)]
    return " ".join([*parts, *for_whom(found)])


def for_whom(found: Verdict) -> list[str]:
    """Who loses with the best ranking, and what new users get."""
    parts = []
    if found.worse_for is not None:
        worse = found.worse_for
        gap = change(worse.difference.mean, worse.difference.low, worse.difference.high)
        parts.append(t("home.worse_for", events=worse.events, gap=gap))
    elif found.segments:
        parts.append(t("home.worse_for_nobody"))
    if found.new_users is not None:
        new = found.new_users
        own, users = with_interval(new.mean, new.low, new.high), count(new.n)
        if found.new_gap is None:
            parts.append(t("home.new_users_alone", own=own, users=users))
        else:
            gap = change(found.new_gap.mean, found.new_gap.low, found.new_gap.high)
            key = "home.new_users" if found.new_gap.sure else "home.new_users_same"
            facts = {"own": score(new.mean), "baseline": found.baseline.label, "users": users}
            parts.append(t(key, **facts, **({"gap": gap} if found.new_gap.sure else {})))
    return parts
