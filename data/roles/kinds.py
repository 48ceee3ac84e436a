"""What kinds of event weigh: a view 1, a cart 3, a purchase 5."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.reading.words import folded, words

# The first line with a word of the kind decides: rough steps of intent, to be edited by who knows more.
REFUSALS = words(
    "remove removed dislike unlike unfavorite unfollow return returned refund refunded cancel cancelled "
    "canceled skip impression exposure show shown delete deleted abandon storno"
)
BOUGHT = words(
    "purchase purchases purchased buy bought order ordered orders transaction checkout sale sales paid pay "
    "payment rent subscribe kauf gekauft bestellung achat commande compra pedido 购买 下单"
)
WANTED = words(
    "cart basket wishlist favorite favourite fav favorites like likes liked save saved bookmark share follow "
    "collect warenkorb panier carrito 加购 收藏"
)
STEPS = ((5.0, frozenset(BOUGHT)), (3.0, frozenset(WANTED)))
GLUED = re.compile(r"(add|remove)?(to|from)?(cart|basket|wishlist|favou?rites?)")


def event_weights(kinds: Iterable[str], *, strict: bool = False) -> dict[str, float]:
    """A weight per kind; kinds of refusal (remove from cart, dislike, refund, mere impressions) have none.

    Rows of kinds without a weight are set aside by rule. Where all kinds are refusals, each weighs 1, unless
    `strict`.
    """
    kinds = tuple(kinds)
    said = {kind: _weight(kind) for kind in kinds}
    kept = {kind: weight for kind, weight in said.items() if weight > 0}
    return kept if kept or strict else dict.fromkeys(kinds, 1.0)


def _weight(kind: str) -> float:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind)
    said = {*re.findall(r"[^\W_]+", folded(spaced))}
    for word in list(said):
        if glued := GLUED.fullmatch(word):
            said |= {part for part in glued.groups() if part}
    if said & {*REFUSALS}:
        return 0.0
    return next((weight for weight, known in STEPS if said & known), 1.0)
