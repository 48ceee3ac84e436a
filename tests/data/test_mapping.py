"""Which column means what: proposed with reasons for the files that people have."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.errors import DataError
from data.mapping import ItemsMapping, Mapping, propose, propose_items
from data.reading import FileShape, preview, sniff


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
        id="movieId", title="title", categories="genres", text="plot", others=("year",)
    )


def test_the_id_column_is_the_one_that_shares_values_with_the_events() -> None:
    table = pd.DataFrame({"no": ["1", "2", "3"], "code": ["a", "b", "c"], "name": ["Ant", "Bee", "Cat"]})
    shape = FileShape(columns=("no", "code", "name"))
    assert propose_items(table, shape, ids={"a", "c"}).id == "code"
