"""Words by which shops call what is on a receipt and is no product, in several languages, without accents."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from data.reading.words import words

# One of these must occur: postage, fees, discounts, vouchers, manual entries, corrections, samples, tests.
FEES = frozenset(
    words(
        "postage shipping shipment delivery carriage freight handling surcharge fee fees charge charges "
        "commission commissions discount discounts rebate voucher vouchers manual adjust adjustment "
        "adjustments adjusted correction corrections sample samples test testing refund refunds deposit "
        "deposits donation donations tip tips rounding writeoff prepayment chargeback cashback giftcard "
        "giftcards cod vat versand versandkosten porto lieferung gebuhr gebuhren rabatt rabatte gutschein "
        "gutscheine geschenkgutschein muster trinkgeld spende korrektur storno pfand anzahlung nachlass "
        "livraison expedition frais remise remises rabais avoir echantillon echantillons pourboire acompte "
        "cadeau consigne ajustement envio envios gastos descuento descuentos muestra muestras propina vale "
        "ajuste recargo comision spedizione sconto sconti campione campioni mancia commissione rettifica "
        "frete desconto descontos amostra amostras gorjeta comissao verzendkosten verzending korting "
        "cadeaubon statiegeld fooi toeslag kosten frakt rabat presentkort gavekort przesylka dostawa wysylka "
        "probka"
    )
)
# And these may stand beside it.
BESIDE = frozenset(
    words(
        "next same day express standard bank bad debt gift card cards packing packaging "
        "amazon ebay paypal stripe entry entered item items order orders product products price "
        "customer service services account special free international national uk eu us first second class "
        "priority tracked cost costs extra other misc miscellaneous invoice sales tax credit cash post mail "
        "parcel port colis "
        "bon achat cheque regalo buono"
    )
)
ARTICLES = frozenset(
    words(
        "the of and for to from by und fur der die das per mit de du des la le les d l y el los las di del "
        "della en van voor"
    )
)
LETTERS = re.compile(r"[^\W\d_]+")


def said(text: str) -> tuple[str, ...]:
    """The words of a text in small letters without accents; numbers, currency and punctuation left out."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return tuple(LETTERS.findall(bare))


def may_name_fees(texts: pa.Array) -> pa.Array:
    """Whether a text holds a word of fees; one pass over many texts, so that few need a closer look."""
    plain = pc.utf8_normalize(pc.utf8_lower(texts), "NFKD")
    plain = pc.replace_substring_regex(plain, r"\p{Mn}", "")
    return pc.match_substring_regex(plain, rf"(?:^|\PL)(?:{'|'.join(sorted(FEES))})(?:\PL|$)")


def known_share(told: tuple[str, ...]) -> float:
    """Share of the words, articles apart, that are of fees or may stand beside them; 0 where none is."""
    meant = [word for word in told if word not in ARTICLES]
    if not any(word in FEES for word in meant):
        return 0.0
    return sum(word in FEES or word in BESIDE for word in meant) / len(meant)


def is_phrase_of_fees(told: tuple[str, ...]) -> bool:
    """Two words or more, articles apart, all of fees or beside them: next day carriage, not the samples."""
    return len([word for word in told if word not in ARTICLES]) >= 2 and known_share(told) == 1
