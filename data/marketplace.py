"""A seeded marketplace: people with drifting tastes, goods that come and sell out, and planted causes.

Everything is drawn with NumPy from one seed, so tests know what is true: who prefers which department, which
goods are bought again, and which item makes people buy which other item.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import columns
from data.dataset import Dataset, IdMap, Interactions
from data.errors import ConfigError
from data.marketplace_words import AGE_BANDS, BRANDS, DEPARTMENTS, DEVICES, REGIONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

START = 1_736_121_600  # Monday 2025-01-06, UTC
DAYS = 365
N_DEPARTMENTS = len(DEPARTMENTS)
N_CAUSES = 20
CAUSE_STRENGTH = 0.65  # share of buyers of the cause who then buy the target
DAYS_TO_TARGET = 6.0  # mean days between the two
REBUY_CHANCE = 0.4  # of a good that is used up
POPULARITY_EXPONENT = 0.75  # of Zipf's law inside a department
REDRAWS = 30


@dataclass(frozen=True, eq=False)
class _Goods:
    """Items before anybody bought them."""

    department: Ints  # (n_items,)
    kind: Ints  # (n_items,) position among the goods of the department
    popularity: Floats  # (n_items,) chance inside the department; 0 for planted targets
    arrival: Floats  # (n_items,) day it came on the market
    used_up: NDArray[np.bool_]
    cause_of: Ints  # (n_items,) the cause of a planted target, else -1


@dataclass(frozen=True, eq=False)
class _Events:
    user: Ints
    item: Ints
    day: Floats

    def joined(self, other: _Events) -> _Events:
        return _Events(
            np.concatenate([self.user, other.user]),
            np.concatenate([self.item, other.item]),
            np.concatenate([self.day, other.day]),
        )

    def where(self, mask: NDArray[np.bool_]) -> _Events:
        return _Events(self.user[mask], self.item[mask], self.day[mask])


def marketplace(
    *, n_users: int = 2000, n_items: int = 1000, n_events: int = 60_000, seed: int = 0
) -> Dataset:
    """A data set of about `n_events` purchases over twelve months.

    `facts["causes"]` maps the id of each planted item to the id of its cause: the planted item is bought
    almost only within days after the cause. `facts["departments"]` names the taste clusters.

    Raises:
        ConfigError: too few items or events to plant anything.
    """
    if n_items < 10 * N_DEPARTMENTS or n_users < 10 or n_events < 3 * n_users:
        raise ConfigError(
            f"A marketplace of {n_users} users, {n_items} items and {n_events} events is too small.",
            f"Ask for at least 10 users, {10 * N_DEPARTMENTS} items and three events per user.",
        )
    rng = np.random.default_rng(seed)
    goods = _make_goods(rng, n_items)
    taste, later_taste = _tastes(rng, n_users)
    arrival, leaving = _lives(rng, n_users)
    user, day = _moments(rng, arrival, leaving, int(0.9 * n_events))
    progress = ((day - arrival[user]) / (leaving - arrival)[user])[:, None]
    mood = (1 - progress) * taste[user] + progress * later_taste[user]
    bought = _purchases(rng, goods, user, day, mood)
    bought = bought.joined(_bought_again(rng, goods, bought))
    bought = bought.joined(_caused(rng, goods, bought))
    bought = bought.where(bought.day < DAYS)
    return _as_dataset(rng, goods, bought, taste, seed)


def _make_goods(rng: np.random.Generator, n_items: int) -> _Goods:
    department = rng.permutation(np.arange(n_items) % N_DEPARTMENTS)
    kind = np.zeros(n_items, dtype=np.int64)
    weight = np.zeros(n_items)
    arrival = np.where(rng.random(n_items) < 0.75, 0.0, rng.uniform(5, 0.95 * DAYS, n_items))
    cause_of = np.full(n_items, -1)
    for index, words in enumerate(DEPARTMENTS):
        members = np.flatnonzero(department == index)
        kind[members] = np.arange(len(members)) % len(words.goods)
        weight[members] = (1.0 + rng.permutation(len(members))) ** -POPULARITY_EXPONENT
        pairs = N_CAUSES // N_DEPARTMENTS + (index < N_CAUSES % N_DEPARTMENTS)
        _plant(rng, members, weight, arrival, cause_of, min(pairs, len(members) // 10))
    used_up = np.array([DEPARTMENTS[d].goods[k].used_up for d, k in zip(department, kind, strict=True)])
    used_up[cause_of >= 0] = False
    used_up[cause_of[cause_of >= 0]] = False
    weight[cause_of >= 0] = 0.0
    total = np.bincount(department, weight, minlength=N_DEPARTMENTS)
    return _Goods(department, kind, weight / total[department], arrival, used_up, cause_of)


def _plant(
    rng: np.random.Generator, members: Ints, weight: Floats, arrival: Floats, cause_of: Ints, n: int
) -> None:
    """Choose n well-sold items of a department as causes and n slow ones as what they make people buy."""
    order = members[np.argsort(-weight[members])]
    causes = order[2 : 2 + n]
    targets = rng.choice(order[len(order) // 2 :], n, replace=False)
    cause_of[targets] = causes
    arrival[causes] = arrival[targets] = 0.0


def _tastes(rng: np.random.Generator, n_users: int) -> tuple[Floats, Floats]:
    """(n_users, departments) at the start and at the end of a user's time; two in five change theirs."""
    concentration = np.full(N_DEPARTMENTS, 0.18)
    start = rng.dirichlet(concentration, n_users)
    changed = rng.random(n_users) < 0.4
    return start, np.where(changed[:, None], rng.dirichlet(concentration, n_users), start)


def _lives(rng: np.random.Generator, n_users: int) -> tuple[Floats, Floats]:
    """(n_users,) first and last day: half are there from the start, one in four leaves early."""
    arrival = np.where(rng.random(n_users) < 0.5, rng.uniform(0, 20, n_users), rng.uniform(0, 350, n_users))
    stay = np.where(rng.random(n_users) < 0.25, rng.uniform(0.2, 0.9, n_users), 1.0)
    return arrival, arrival + stay * (DAYS - arrival)


def _moments(
    rng: np.random.Generator, arrival: Floats, leaving: Floats, n_events: int
) -> tuple[Ints, Floats]:
    """Users and days of the events, sorted by user and day; people buy two or three things per visit."""
    activity = rng.lognormal(0.0, 0.8, len(arrival)) * (0.25 + (leaving - arrival) / DAYS)
    n_each = 2 + rng.multinomial(n_events - 2 * len(arrival), activity / activity.sum())
    user = np.repeat(np.arange(len(arrival)), n_each)
    n_visits = np.maximum(1, n_each // 2)
    visit = (rng.random(len(user)) * n_visits[user]).astype(np.int64)
    first_visit = np.concatenate([[0], np.cumsum(n_visits)])[:-1]
    when = rng.random(int(n_visits.sum()))[first_visit[user] + visit]
    day = arrival[user] + when * (leaving - arrival)[user] + rng.exponential(0.004, len(user))
    order = np.lexsort((day, user))
    return user, day[order]


def _purchases(rng: np.random.Generator, goods: _Goods, user: Ints, day: Floats, mood: Floats) -> _Events:
    """What is bought at each moment: a department by mood, an item by popularity, on sale and not had yet."""
    item = np.full(len(user), -1)
    chances = np.cumsum(mood, axis=1)
    open_ = np.arange(len(user))
    for _ in range(REDRAWS):
        item[open_] = _draw_items(rng, goods, chances[open_])
        too_early = goods.arrival[item] > day
        first = np.zeros(len(item), dtype=bool)
        first[np.unique(user * len(goods.kind) + item, return_index=True)[1]] = True
        open_ = np.flatnonzero(too_early | ~first)
        if not len(open_):
            break
    kept = np.ones(len(item), dtype=bool)
    kept[open_] = False
    return _Events(user, item, day).where(kept)


def _draw_items(rng: np.random.Generator, goods: _Goods, chances: Floats) -> Ints:
    """One item per row of cumulative department chances."""
    department = (rng.random(len(chances))[:, None] > chances[:, :-1]).sum(axis=1)
    drawn = np.empty(len(chances), dtype=np.int64)
    for index in range(N_DEPARTMENTS):
        rows = np.flatnonzero(department == index)
        members = np.flatnonzero((goods.department == index) & (goods.popularity > 0))
        steps = np.cumsum(goods.popularity[members])
        drawn[rows] = members[np.searchsorted(steps, rng.random(len(rows)) * steps[-1], side="right")]
    return drawn


def _bought_again(rng: np.random.Generator, goods: _Goods, bought: _Events) -> _Events:
    """Goods that are used up come back after about a month."""
    again = bought.where(goods.used_up[bought.item] & (rng.random(len(bought.item)) < REBUY_CHANCE))
    return _Events(again.user, again.item, again.day + rng.normal(32, 6, len(again.day)).clip(10))


def _caused(rng: np.random.Generator, goods: _Goods, bought: _Events) -> _Events:
    """Planted targets: after their cause for most of its buyers, out of the blue for very few."""
    target_of = np.full(len(goods.kind), -1)
    targets = np.flatnonzero(goods.cause_of >= 0)
    target_of[goods.cause_of[targets]] = targets
    led = bought.where((target_of[bought.item] >= 0) & (rng.random(len(bought.item)) < CAUSE_STRENGTH))
    after = led.day + 0.02 + rng.exponential(DAYS_TO_TARGET, len(led.day))
    chosen = rng.integers(0, len(bought.user), 2 * len(targets))
    blue = _Events(bought.user[chosen], np.repeat(targets, 2), bought.day[chosen])
    return _Events(led.user, target_of[led.item], after).joined(blue)


def _as_dataset(
    rng: np.random.Generator, goods: _Goods, bought: _Events, taste: Floats, seed: int
) -> Dataset:
    time = START + (bought.day * 86_400).astype(np.int64)
    order = np.lexsort((time, bought.user))
    users = np.array([f"u{number + 1:04d}" for number in range(len(taste))], dtype=object)
    items = np.array([f"p{number + 1:04d}" for number in range(len(goods.kind))], dtype=object)
    targets = np.flatnonzero(goods.cause_of >= 0)
    return Dataset(
        interactions=Interactions(
            bought.user[order].astype(np.int32),
            bought.item[order].astype(np.int32),
            np.ones(len(order), dtype=np.float32),
            time[order],
        ),
        users=IdMap(users),
        items=IdMap(items),
        user_features=_describe_users(rng, taste),
        item_features=_describe_items(rng, goods),
        name="Sample marketplace",
        facts={
            "source": f"generated by Rankscope (seed {seed})",
            "sample": "marketplace",
            "seed": seed,
            "causes": {str(items[target]): str(items[goods.cause_of[target]]) for target in targets},
            "departments": [department.name for department in DEPARTMENTS],
        },
    )


def _describe_users(rng: np.random.Generator, taste: Floats) -> pd.DataFrame:
    """Age goes a little with taste, so that slices by age differ; region and device do not."""
    n_users = len(taste)
    middle = taste.argmax(axis=1) * (len(AGE_BANDS) - 1) / (N_DEPARTMENTS - 1)
    age = np.rint(middle + rng.normal(0, 1.5, n_users)).clip(0, len(AGE_BANDS) - 1).astype(np.int64)
    return pd.DataFrame(
        {
            "age_band": np.array(AGE_BANDS, dtype=object)[age],
            "region": rng.choice(REGIONS, n_users, p=(0.3, 0.25, 0.2, 0.2, 0.05)),
            "device": rng.choice(DEVICES, n_users, p=(0.6, 0.3, 0.1)),
        }
    )


def _describe_items(rng: np.random.Generator, goods: _Goods) -> pd.DataFrame:
    """Title, categories, price, brand and a sentence of text for each item; titles are all different."""
    names = _names(goods)
    rows = []
    for item, (department, kind) in enumerate(zip(goods.department, goods.kind, strict=True)):
        words = DEPARTMENTS[department]
        good = words.goods[kind]
        cause = goods.cause_of[item]
        shelf, price = ("Extras", 0.4 * good.price) if cause >= 0 else (good.shelf, good.price)
        brand = BRANDS[department][int(rng.integers(0, 3))]
        rows.append(
            {
                columns.TITLE: names[item],
                columns.CATEGORIES: f"{words.name}{columns.CATEGORY_SEPARATOR}{shelf}",
                "price": round(price * float(rng.lognormal(0.0, 0.25)), 2),
                "brand": brand,
                columns.TEXT: f"{names[item]} by {brand}, for {words.purpose}.",
            }
        )
    return pd.DataFrame(rows)


def _names(goods: _Goods) -> list[str]:
    """ "Copper Kettle 1.2 l"; a planted item is named after its cause: "Care Kit for Copper Kettle 1.2 l"."""
    names, serial = [], np.zeros((N_DEPARTMENTS, 64), dtype=np.int64)
    for department, kind in zip(goods.department, goods.kind, strict=True):
        words = DEPARTMENTS[department]
        good, number = words.goods[kind], int(serial[department, kind])
        serial[department, kind] += 1
        look = words.looks[number % len(words.looks)]
        size = good.sizes[number // len(words.looks) % len(good.sizes)]
        edition = number // (len(words.looks) * len(good.sizes))
        names.append(f"{look} {good.noun} {size}" + (f" No. {edition + 1}" if edition else ""))
    for target in np.flatnonzero(goods.cause_of >= 0):
        spare = DEPARTMENTS[goods.department[target]].spare
        names[target] = f"{spare} for {names[goods.cause_of[target]]}"
    return names
