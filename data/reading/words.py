"""Column names that files of this field use, by what they mean."""

from __future__ import annotations

import re

from data.columns import CATEGORIES, ITEM, RANK, SCORE, TEXT, TIME, TITLE, USER, WEIGHT


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in order."""
    return tuple(text.split())


# Best first: the earlier name wins where a file has two of them.
NAMES: dict[str, tuple[str, ...]] = {
    USER: words(
        "user userid uid customerid customer reviewerid visitorid visitor memberid member accountid account "
        "householdid household personid person clientid client buyerid buyer shopperid shopper listenerid "
        "listener readerid reader playerid player subscriberid profileid authorid sessionid session usr"
    ),
    ITEM: words(
        "item itemid iid movieid movie asin parentasin productid product stockcode sku articleid article "
        "artistid artist trackid track songid song albumid album bookid book isbn videoid video filmid film "
        "showid contentid content newsid news gameid game appid app recipeid recipe businessid business "
        "venueid venue poi poiid locationid location placeid courseid jobid adid docid paperid mid objectid"
    ),
    WEIGHT: words(
        "rating ratings overall stars weight quantity qty count counts plays playcount listencount listens "
        "strength confidence interactions clicks views purchases amount watchratio watchtime score value"
    ),
    TIME: words(
        "timestamp time datetime unixreviewtime unixtime eventtime createdat created invoicedate orderdate "
        "transactiontimestamp transactiondate purchasedate ts date reviewtime ratedat ratingtime clicktime "
        "timeadded updatedat"
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
        "text description overview plot summary abstract synopsis body content details keywords "
        "features feature"
    ),
}
PARTS: dict[str, frozenset[str]] = {
    USER: frozenset(words("user customer reviewer visitor member household buyer shopper listener client")),
    ITEM: frozenset(words("item movie product article artist track song book video film asin sku")),
    WEIGHT: frozenset(words("rating quantity plays count stars score weight")),
    TIME: frozenset(words("timestamp time date datetime")),
}
# A name with one of these says something about the user, item or event; it does not name it.
DESCRIBES = frozenset(
    words(
        "name title category type brand url link image description text genre tag age gender country zip "
        "email disc discount price size week day month year helpful"
    )
)


def plain(name: str) -> str:
    """`User_ID` and `userId` as `userid`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def parts(name: str) -> tuple[str, ...]:
    """`transactionTimestamp` and `transaction_timestamp` as its words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(re.findall(r"[a-z0-9]+", spaced.lower()))


def is_known_word(name: str) -> bool:
    """Whether a cell reads like a column name of this field."""
    return any(plain(name) in names for names in NAMES.values())


def named(role: str, columns: tuple[str, ...]) -> str | None:
    """The column whose name says `role` best, if one does."""
    found = [
        (NAMES[role].index(plain(column)), i)
        for i, column in enumerate(columns)
        if plain(column) in NAMES[role]
    ]
    return columns[min(found)[1]] if found else None
