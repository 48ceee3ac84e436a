"""Which column means what: proposed with reasons for the files that people have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.cleaning import Cleaning
from data.errors import ConfigError, DataError
from data.mapping import ItemsMapping, Mapping, propose, propose_file, propose_items, with_all_kinds
from data.reading import FileShape, preview, sniff
from data.reading.words import NAMES, is_known_word, plain
from data.roles.kinds import event_weights


def proposal(folder: Path, text: str):  # noqa: ANN201 - a test's short way
    path = folder / "file"
    path.write_text(text)
    shape = sniff(path)
    return propose(preview(path, shape), shape)


@pytest.mark.parametrize(
    ("text", "user", "item", "weight", "time", "time_format"),
    [
        (
            "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n",
            "userId",
            "movieId",
            "rating",
            "timestamp",
            "epoch_s",
        ),
        (
            '{"overall": 5.0, "reviewTime": "06 17, 2018", "reviewerID": "A3", "asin": "B0", '
            '"reviewerName": "john", "reviewText": "Great", "unixReviewTime": 1529193600}\n',
            "reviewerID",
            "asin",
            "overall",
            "unixReviewTime",
            "epoch_s",
        ),
        ("userID\tartistID\tweight\n2\t51\t13883\n", "userID", "artistID", "weight", None, "auto"),
        (
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
            "536365,85123A,LAMP,6,2010-12-01 08:26:00,2.55,17850.0,France\n",
            "CustomerID",
            "StockCode",
            "Quantity",
            "InvoiceDate",
            "iso",
        ),
        ("1 1 2\n1 2 4\n", "column_1", "column_2", "column_3", None, "auto"),
        (
            "1::1193::5::978300760\n1::661::3::978302109\n",
            "column_1",
            "column_2",
            "column_3",
            "column_4",
            "epoch_s",
        ),
        (
            "timestamp,visitorid,event,itemid\n1433221332117,257597,view,355908\n",
            "visitorid",
            "itemid",
            None,
            "timestamp",
            "epoch_ms",
        ),
        (
            "household_id,store_id,basket_id,product_id,quantity,sales_value,week,transaction_timestamp\n"
            "2261,309,31625220889,940996,1.0,3.86,5,2017-01-28 14:06:53\n",
            "household_id",
            "product_id",
            "quantity",
            "transaction_timestamp",
            "iso",
        ),
        (
            "rating,user_id,parent_asin,timestamp\n5.0,A,B,1588615855070\n",
            "user_id",
            "parent_asin",
            "rating",
            "timestamp",
            "epoch_ms",
        ),
        ("foo,bar,baz\nx,y,2020-02-02\nz,w,2020-02-03\n", "foo", "bar", None, "baz", "iso"),
    ],
)
def test_known_files_are_understood(
    tmp_path: Path, text: str, user: str, item: str, weight: str | None, time: str | None, time_format: str
) -> None:
    mapping = proposal(tmp_path, text).mapping
    assert (mapping.user, mapping.item, mapping.weight, mapping.time) == (user, item, weight, time)
    assert mapping.time_format == time_format


def test_every_column_has_a_reason_and_a_confidence(tmp_path: Path) -> None:
    roles = proposal(tmp_path, "userId,movieId,rating,timestamp,note\n1,1,4.0,964982703,x\n").roles
    assert {name: role.role for name, role in roles.items()} == {
        "userId": "user",
        "movieId": "item",
        "rating": "weight",
        "timestamp": "time",
        "note": "unused",
    }
    assert all(role.reason and 0 < role.confidence <= 1 for role in roles.values())
    assert "seconds since 1970" in roles["timestamp"].reason


def test_a_name_against_its_values_is_not_believed(tmp_path: Path) -> None:
    mapping = proposal(tmp_path, "user,item,rating,date\na,b,good,someday\nc,d,bad,never\n").mapping
    assert (mapping.weight, mapping.time) == (None, None)


def test_ratings_keep_the_last_and_quantities_drop_returns(tmp_path: Path) -> None:
    ratings = proposal(tmp_path, "user,item,rating\na,b,4.5\na,c,3\n").cleaning
    assert (ratings.repeats, ratings.min_weight) == ("last", None)
    sales = proposal(tmp_path, "user,item,quantity\na,b,4\na,c,-1\n").cleaning
    assert (sales.repeats, sales.min_weight, sales.drop_duplicates) == ("keep", 1.0, False)


def test_a_mapping_survives_json_and_describes_its_fields() -> None:
    mapping = Mapping(user="u", item="i", weight="w", event="e", keep=("price",))
    assert Mapping.model_validate_json(mapping.model_dump_json()) == mapping
    assert all(field.description for field in Mapping.model_fields.values())
    assert all(field.description for field in FileShape.model_fields.values())
    assert all(field.description for field in ItemsMapping.model_fields.values())


def test_one_column_is_not_enough() -> None:
    with pytest.raises(DataError, match="1 column"):
        propose(pd.DataFrame({"user": ["a"]}), FileShape(columns=("user",)))


def roles(folder: Path, text: str) -> dict[str, str]:
    """Column → role."""
    return {name: role.role for name, role in proposal(folder, text).roles.items()}


@pytest.mark.parametrize(
    ("header", "user", "item", "weight", "time"),
    [
        ("Kundennr;Artikelnummer;Menge;Bestelldatum", "Kundennr", "Artikelnummer", "Menge", "Bestelldatum"),
        ("Code_Client;Réf. Produit;Quantité;Date", "Code_Client", "Réf. Produit", "Quantité", "Date"),
        ("Cliente;Producto;Cantidad;Fecha", "Cliente", "Producto", "Cantidad", "Fecha"),
        ("用户ID;商品ID;评分;时间", "用户ID", "商品ID", "评分", "时间"),
        ("ユーザーID;商品;評価;日時", "ユーザーID", "商品", "評価", "日時"),
        ("Artikel;Käufer;Bewertung;Zeitpunkt", "Käufer", "Artikel", "Bewertung", "Zeitpunkt"),
    ],
)
def test_names_of_other_languages_are_known(
    tmp_path: Path, header: str, user: str, item: str, weight: str, time: str
) -> None:
    rows = "".join(f"{i % 9};{i % 7};{1 + i % 5};2024-01-{1 + i % 28:02d}\n" for i in range(40))
    mapping = proposal(tmp_path, header + "\n" + rows).mapping
    assert (mapping.user, mapping.item, mapping.weight, mapping.time) == (user, item, weight, time)


KINDS = ("view", "view", "addtocart", "transaction")
CLICKS = "".join(
    f"{1433221332 + 60 * i}999,{100 + i // 9},{KINDS[i % 4]},{i * 7 % 53},{i // 3}\n" for i in range(120)
)


def test_kinds_of_event_and_visits_are_proposed_with_weights(tmp_path: Path) -> None:
    found = proposal(tmp_path, "timestamp,visitorid,event,itemid,session_id\n" + CLICKS)
    assert (found.mapping.event, found.mapping.session) == ("event", "session_id")
    assert found.cleaning.event_weights == {"view": 1.0, "addtocart": 3.0, "transaction": 5.0}
    assert "3 kinds of event: 'view', 'addtocart', 'transaction'" in found.roles["event"].reason
    assert "40 different ones in 120 rows" in found.roles["session_id"].reason


def test_kinds_of_event_and_visits_are_found_by_their_values(tmp_path: Path) -> None:
    found = proposal(tmp_path, "a,b,c,d,e\n" + CLICKS)
    assert (found.mapping.time, found.mapping.event, found.mapping.session) == ("a", "c", "e")
    headerless = proposal(tmp_path, CLICKS)
    assert (headerless.mapping.user, headerless.mapping.item) == ("column_2", "column_4")
    assert (headerless.mapping.event, headerless.mapping.time) == ("column_3", "column_1")
    assert headerless.mapping.weight is None


def test_a_number_of_an_order_in_every_row_is_no_visit(tmp_path: Path) -> None:
    rows = "".join(f"u{i % 9},i{i % 7},{1000 + i}\n" for i in range(60))
    found = proposal(tmp_path, "user,item,order_id\n" + rows)
    assert found.mapping.session is None
    assert found.roles["order_id"].reason == "a further id: a different one in each of 60 rows"


@pytest.mark.parametrize(
    ("kinds", "weights"),
    [
        (["pv", "buy", "cart", "fav"], {"pv": 1.0, "buy": 5.0, "cart": 3.0, "fav": 3.0}),
        (["view", "remove_from_cart", "purchase"], {"view": 1.0, "purchase": 5.0}),
        (["AddToCart", "RemoveFromCart", "Unlike", "Like"], {"AddToCart": 3.0, "Like": 3.0}),
        (["order", "order cancelled", "reorder"], {"order": 5.0, "reorder": 1.0}),
        (["dislike", "skip"], {"dislike": 1.0, "skip": 1.0}),
        (["1", "2"], {"1": 1.0, "2": 1.0}),
    ],
)
def test_what_kinds_of_event_weigh(kinds: list[str], weights: dict[str, float]) -> None:
    assert event_weights(kinds) == weights


def test_kinds_that_only_the_whole_file_shows_get_their_weights_too() -> None:
    proposed = Cleaning(event_weights={"view": 1.0})
    whole = with_all_kinds(proposed, ("view", "refund", "purchase"))
    assert whole.event_weights == {"view": 1.0, "purchase": 5.0}
    assert with_all_kinds(Cleaning(), ("view",)).event_weights is None


def test_a_column_describes_one_side_only() -> None:
    with pytest.raises(ConfigError, match="'town' is said to describe both"):
        Mapping(user="u", item="i", item_columns=("town",), user_columns=("town",))


def orders(n: int = 1500) -> str:
    """Numbers of customer, order and article; what depends on which is planted."""
    rng = np.random.default_rng(3)
    lines = ["customer_id,article_id,ean,title,photo,town,mail,paid,fixed,rating,price,comment,hint,order_id"]
    order = 0
    for i in range(n):
        order += int(rng.random() < 0.3)
        user, item, rating = order * 37 % 90, int(rng.integers(60)), rng.integers(1, 6)
        comment = f'"Came on day {i} and it does what it should do, so I would buy it again"'
        lines.append(
            f"{user},{item},{4000 + item},Thing {item},https://shop.example/{item}.jpg,Town {user % 7},"
            f"c{user}@mail.example,{('card', 'cash')[order * 7 % 11 % 2]},EUR,{rating},"
            f"${rng.integers(100, 999) / 10:.2f},{comment},,{order}"
        )
    return "\n".join(lines) + "\n"


def test_every_column_is_explained_by_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(orders())
    shape = sniff(path)
    found = propose_file(path, shape)
    said = {name: (role.role, role.reason) for name, role in found.roles.items()}
    assert said["rating"] == ("weight", "the name 'rating' and its values, 5 levels from 1 to 5")
    assert said["ean"][0] == "item_columns"
    assert said["ean"][1].startswith("a second id of the item: becomes item metadata")
    assert said["title"][1].startswith("depends on the item: becomes item metadata; 60 different values")
    assert said["photo"] == (
        "item_columns",
        "depends on the item: becomes item metadata; web addresses of pictures",
    )
    assert said["town"][0] == said["mail"][0] == "user_columns"
    assert "e-mail addresses" in said["mail"][1]
    assert said["paid"][1].startswith("the same throughout a session: 2 different values")
    assert said["fixed"] == ("unused", "constant: 'EUR' in every row")
    assert said["price"][1].startswith("amounts of money from 10")
    assert said["comment"][1].startswith("free text, ")
    assert said["hint"][1] == "no cell of the rows looked at holds anything"
    assert said["order_id"][0] == "session"
    assert all(0 < role.confidence <= 1 for role in found.roles.values())


def test_a_file_without_names_lists_user_and_item_unless_its_values_say_otherwise(
    tmp_path: Path,
) -> None:
    reviews = "".join(
        f"B00{i % 37:04d}X{i % 10}Z,A{i % 53:03d}QWERTYUI{i % 9},{1 + i % 5},{1300000000 + i}\n"
        for i in range(200)
    )
    swapped = proposal(tmp_path, reviews)
    assert (swapped.mapping.user, swapped.mapping.item) == ("column_2", "column_1")
    assert swapped.roles["column_2"].reason.startswith("its values are written like ids of users")
    behaviour = "".join(
        f"{i % 90},{2268318 + i % 70},{25203 + i % 70 % 9},{('pv', 'buy')[i % 8 // 7]},{1511544070 + i}\n"
        for i in range(700)
    )
    taobao = proposal(tmp_path, behaviour)
    assert taobao.mapping.roles() == {
        "user": "column_1",
        "item": "column_2",
        "time": "column_5",
        "event": "column_4",
    }
    assert taobao.roles["column_3"].role == "item_columns"
    draw = np.random.default_rng(2).integers(0, 90, (300, 4))
    rated = "".join(f"{1 + a % 5},{b},{c},{9.5 + d}\n" for a, b, c, d in draw)
    assert roles(tmp_path, rated) == {
        "column_1": "weight",
        "column_2": "user",
        "column_3": "item",
        "column_4": "unused",
    }


def test_a_column_that_numbers_the_rows_is_no_user_where_two_others_could_be_ids(tmp_path: Path) -> None:
    draw = np.random.default_rng(6).integers(0, 90, (200, 2))
    numbered = "".join(f"{i},{a},{b},1\n" for i, (a, b) in enumerate(draw))
    found = proposal(tmp_path, numbered)
    assert (found.mapping.user, found.mapping.item) == ("column_2", "column_3")
    assert found.roles["column_1"].reason == "numbers the rows, from 0"
    one_each = "".join(f"{i},{a},1\n" for i, (a, _) in enumerate(draw))
    assert proposal(tmp_path, one_each).mapping.user == "column_1"


def test_a_few_articles_mixed_beside_many_customers_are_the_items(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = "".join(f"{rng.integers(1, 30)} {rng.integers(1, 9000)}\n" for _ in range(3000))
    path = tmp_path / "e.txt"
    path.write_text(rows)
    shape = sniff(path)
    found = propose_file(path, shape).mapping
    assert (found.user, found.item) == ("column_2", "column_1")


def test_a_rating_scale_without_a_telling_name_is_found(tmp_path: Path) -> None:
    rows = "".join(f"u{i % 31},i{i % 17},{1 + i * 7 % 5},{i % 31 % 4}\n" for i in range(200))
    found = proposal(tmp_path, "user,item,x1,x2\n" + rows)
    assert found.mapping.weight == "x1"
    assert found.roles["x1"].reason == "its values, 5 levels from 1 to 5"
    assert found.roles["x2"].role == "user_columns"


def test_words_among_numeric_ids_are_told_and_not_taken_for_missing(tmp_path: Path) -> None:
    rows = "".join(f"{1000 + i},{i % 9},3\n" for i in range(30)) + "unknown,4,2\nunknown,5,2\n-,5,2\n"
    notes = proposal(tmp_path, "user,item,rating\n" + rows).notes
    assert [note.split(";")[0] for note in notes] == [
        "2 rows name the user 'unknown' where others have numbers",
        "1 row names the user '-' where others have numbers",
    ]
    named = "".join(f"u{1000 + i},{i % 9},3\n" for i in range(30)) + "unknown,4,2\n"
    assert proposal(tmp_path, "user,item,rating\n" + named).notes == ()


def test_header_words_and_kinds_of_event_are_told_apart() -> None:
    assert is_known_word("Käufer")
    assert is_known_word("用户ID")
    assert not is_known_word("order")
    assert not is_known_word("wishlist")
    assert all(len(set(names)) == len(names) for names in NAMES.values())
    assert all(plain(name) == name for names in NAMES.values() for name in names)


@settings(max_examples=40, deadline=None)
@given(
    table=st.lists(
        st.lists(st.text(max_size=6) | st.none(), min_size=3, max_size=3), min_size=1, max_size=30
    ),
    header=st.booleans(),
)
def test_any_text_gets_a_proposal_with_a_reason_for_each_column(
    table: list[list[str | None]], header: bool
) -> None:
    names = ("user", "x", "") if header else ("column_1", "column_2", "column_3")
    rows = pd.DataFrame(table, columns=list(names)).astype(object)
    found = propose(rows, FileShape(header=header, columns=names))
    assert list(found.roles) == list(names)
    assert all(role.reason and 0 < role.confidence <= 1 for role in found.roles.values())
    assert {found.mapping.user, found.mapping.item} <= set(names)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("online-retail/online_retail.csv.gz", "CustomerID StockCode Quantity InvoiceDate InvoiceNo"),
        (
            "completejourney/transactions_sample.csv.gz",
            "household_id product_id quantity transaction_timestamp basket_id",
        ),
        ("ml-latest-small/ratings.csv", "userId movieId rating timestamp -"),
        ("ml-latest-small/tags.csv", "userId movieId - timestamp -"),
        ("filmtrust/ratings.txt", "column_1 column_2 column_3 - -"),
        ("hetrec-lastfm-2k/user_artists.dat.gz", "userID artistID weight - -"),
        ("lightgcn-lastfm/data1.txt", "column_1 column_2 column_3 - -"),
        ("citeulike-a-loo/citeulike-a.train.rating.gz", "column_1 column_2 - - -"),
        ("citeulike-a-loo/citeulike-a.test.rating", "column_1 column_2 - - -"),
        ("amazon-gift-cards/Gift_Cards_5.json.gz", "reviewerID asin overall unixReviewTime -"),
        (
            "amazon-musical-instruments/Musical_Instruments_5.json.gz",
            "reviewerID asin overall unixReviewTime -",
        ),
    ],
)
def test_published_files_need_no_correction(shared_data: Path, file: str, expected: str) -> None:
    path = shared_data / file
    shape = sniff(path)
    for mapping in (propose_file(path, shape).mapping, propose(preview(path, shape), shape).mapping):
        chosen = (mapping.user, mapping.item, mapping.weight, mapping.time, mapping.session)
        assert " ".join(name or "-" for name in chosen) == expected
        assert mapping.event is None


def test_item_columns_are_understood() -> None:
    table = pd.DataFrame(
        {
            "movieId": ["1", "2"],
            "title": ["Toy Story (1995)", "Jumanji (1995)"],
            "genres": ["Adventure|Comedy", "Adventure"],
            "plot": ["A cowboy doll is jealous of a new toy. " * 4, "Two children play a board game. " * 4],
            "year": ["1995", "1995"],
            "pictureURL": ["http://a/1.jpg", "http://a/2.jpg"],
        }
    )
    found = propose_items(table, FileShape(columns=tuple(table.columns)), ids={"1", "2"})
    assert found == ItemsMapping(
        id="movieId", title="title", categories="genres", text="plot", image="pictureURL", others=("year",)
    )


def test_the_id_column_is_the_one_that_shares_values_with_the_events() -> None:
    table = pd.DataFrame({"no": ["1", "2", "3"], "code": ["a", "b", "c"], "name": ["Ant", "Bee", "Cat"]})
    shape = FileShape(columns=("no", "code", "name"))
    assert propose_items(table, shape, ids={"a", "c"}).id == "code"
