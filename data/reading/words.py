"""Column names that files of this field use, by what they mean."""

from __future__ import annotations

import re
import unicodedata

from data.columns import (
    CATEGORIES,
    EVENT,
    ITEM,
    RANK,
    SCORE,
    SESSION,
    TEXT,
    TIME,
    TITLE,
    USER,
    WEIGHT,
)


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in order."""
    return tuple(text.split())


# Best first: the earlier name wins where a file has two of them. Names of other languages follow the English.
NAMES: dict[str, tuple[str, ...]] = {
    USER: words(
        "user userid uid customerid customer reviewerid visitorid visitor memberid member accountid "
        "account householdid household personid person clientid client buyerid buyer shopperid shopper "
        "listenerid listener readerid reader playerid player subscriberid profileid authorid guestid "
        "patientid studentid learnerid viewerid passengerid employeeid deviceid cookieid usr custid "
        "useruuid username customername kundeid kundenid kundennr kundennummer kunde benutzerid benutzer "
        "nutzerid nutzer mitgliedid mitglied kaufer idclient codeclient numclient utilisateur "
        "idutilisateur acheteur membre clienteid idcliente cliente usuarioid idusuario usuario comprador "
        "utente klantid klantnummer klant gebruiker пользователь клиент 用户id 用户 用户编号 客户id 客户 "
        "会员id 会员 顾客 买家 ユーザーid ユーザー 顧客id 会員id 사용자 고객 회원 sessionid session"
    ),
    ITEM: words(
        "item itemid iid movieid movie asin parentasin productid product stockcode sku articleid article "
        "artistid artist trackid track songid song albumid album bookid book isbn videoid video filmid "
        "film showid contentid content newsid news gameid game appid app recipeid recipe businessid "
        "business venueid venue poi poiid locationid location placeid courseid jobid adid docid paperid "
        "mid objectid goodsid listingid hotelid restaurantid animeid podcastid offerid propertyid ean gtin "
        "upc barcode itemcode productcode materialnumber eventid event artikelid artikelnr artikelnummer "
        "artikel produktid produktnr produkt ware idproduit codeproduit produit idarticle codearticle "
        "reference livre idproducto productoid producto articulo codigo libro pelicula produtoid produto "
        "prodotto articolo artikelcode товар продукт 商品id 商品 商品编号 物品id 物品 产品id 产品 电影id "
        "电影 货号 アイテム 作品 상품 상품id 제품 itemname productname movietitle"
    ),
    WEIGHT: words(
        "rating ratings overall stars weight quantity qty count counts plays playcount listencount listens "
        "strength confidence interactions clicks views purchases amount watchratio watchtime score value "
        "units playtime hours hoursplayed duration dwelltime numplays nplays liked islike islikes menge "
        "anzahl stuck bewertung sterne quantite qte note nombre cantidad calificacion puntuacion "
        "valoracion unidades quantidade avaliacao nota quantita voto aantal waardering количество оценка "
        "评分 打分 数量 次数 評価 点数 평점 수량 revenue sales salesvalue umsatz betrag montant importe "
        "金额"
    ),
    TIME: words(
        "timestamp time datetime unixreviewtime unixtime eventtime createdat created invoicedate orderdate "
        "transactiontimestamp transactiondate purchasedate ts date reviewtime ratedat ratingtime clicktime "
        "timeadded updatedat eventtimestamp eventdate visitdate watchedat listenedat playedat servertime "
        "day zeitstempel zeitpunkt zeit datum bestelldatum kaufdatum rechnungsdatum belegdatum uhrzeit "
        "horodatage heure datecommande dateachat datefacture fecha fechahora fechacompra fechapedido hora "
        "data datahora datacompra tijdstip дата время 时间戳 时间 日期 下单时间 行为时间 购买时间 日時 "
        "日付 購入日 날짜 시간 일시"
    ),
    EVENT: words(
        "event eventtype eventname action actiontype behavior behaviortype behaviour behaviourtype "
        "interaction interactiontype activity activitytype feedback feedbacktype kind type ereignis aktion "
        "evenement accion evento 行为 行为类型 事件 事件类型 行動 행동"
    ),
    SESSION: words(
        "sessionid session visitid visit usersession basketid orderid invoiceno invoiceid invoicenumber "
        "invoice transactionid transactionno receiptid receipt cartid tripid ticketid billno rechnungsnr "
        "rechnungsnummer bestellnr bestellnummer auftragsnr belegnr bonnr sitzung warenkorbid numcommande "
        "idcommande commande facture numfacture pedido idpedido pedidoid factura 会话id 会话 订单id 订单 "
        "订单号 注文番号 주문번호"
    ),
    RANK: ("rank", "position", "pos", "place"),
    SCORE: ("score", "prediction", "predicted", "relevance", "rating", "weight", "value"),
    TITLE: words(
        "title itemtitle movietitle producttitle name itemname productname artistname trackname songname "
        "label description productdescription itemdescription headline"
    ),
    CATEGORIES: words(
        "genres genre categories category tags tag productcategory itemcategory department maincat "
        "maincategory type producttype class topic topics brand"
    ),
    TEXT: words(
        "text description overview plot summary abstract synopsis body content details keywords features "
        "feature"
    ),
}
PARTS: dict[str, frozenset[str]] = {
    USER: frozenset(
        words(
            "user customer reviewer visitor member household buyer shopper listener client username "
            "profilename nickname screenname"
        )
    ),
    ITEM: frozenset(words("item movie product article artist track song book video film asin sku")),
    WEIGHT: frozenset(words("rating quantity plays count stars score weight")),
    TIME: frozenset(words("timestamp time date datetime")),
    EVENT: frozenset(words("event action behavior behaviour interaction")),
    SESSION: frozenset(words("session basket visit invoice receipt")),
}
# What people do in a shop or player, in exports: a column of these words says the kind of event.
EVENT_WORDS = frozenset(
    words(
        "view views pageview pv detail detailview productview click clicks open impression show search "
        "visit cart addtocart addcart basket wishlist favorite favourite fav like likes dislike unlike "
        "save bookmark share rate review follow play listen watch skip finish complete download install "
        "subscribe read purchase purchases buy bought order ordered transaction checkout sale paid pay "
        "rent return refund cancel removefromcart removecart unfavorite comment 浏览 点击 收藏 加购 购买 "
        "kauf achat compra"
    )
)
# A name with one of these says something about the user, item or event; it does not name it.
DESCRIBES = frozenset(
    words(
        "name title category type brand url link image description text genre tag age gender country zip "
        "email disc discount price size week day month year helpful"
    )
)


def folded(name: str) -> str:
    """In small letters and without accents; letters of other scripts stay."""
    apart = unicodedata.normalize("NFKD", name)
    bare = re.sub("[\u0300-\u036f]", "", apart)  # not the marks of Japanese letters
    return unicodedata.normalize("NFC", bare).casefold()


def plain(name: str) -> str:
    """`User_ID` and `userId` as `userid`, `Quantité` as `quantite`."""
    return re.sub(r"[\W_]", "", folded(name))


def parts(name: str) -> tuple[str, ...]:
    """`transactionTimestamp` and `transaction_timestamp` as its words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(re.findall(r"[^\W_]+", folded(spaced)))


def is_known_word(name: str) -> bool:
    """Whether a cell reads like a column name of this field, and not like a kind of event."""
    return plain(name) not in EVENT_WORDS and any(plain(name) in names for names in NAMES.values())


def named(role: str, columns: tuple[str, ...]) -> str | None:
    """The column whose name says `role` best, if one does."""
    found = [
        (NAMES[role].index(plain(column)), i)
        for i, column in enumerate(columns)
        if plain(column) in NAMES[role]
    ]
    return columns[min(found)[1]] if found else None
