"""The verbs of those who read the feed: a page of rows, their number, one of them."""

from collections.abc import Iterable
from datetime import timedelta

from shared.domain.odata.options import OF_A_COUNT, Options, parsed_options
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.usecases.feed import count, look_up, query
from tests.builders import FORCE, NOW, an_asking, an_entry
from tests.fakes import World
from tests.usecases.rows import Anew, Row

BEFORE = NOW - timedelta(minutes=5)
FIRST, TRAIL = an_entry(asking=an_asking(at=BEFORE, request="an-older-one"))
ASKED = {"$filter": "action eq 'footage.read'", "$count": "true", "$top": "5", "$skip": "0", "$select": "id"}


def an_older_entry(world: World) -> None:
    world.records.put(FIRST, TRAIL)


def options(asked: Iterable[tuple[str, str]] = ASKED.items()) -> Options:
    return parsed_options(asked, AUDIT_ENTRIES)


ROWS = (
    Row(
        name="query",
        verb=query,
        scene=an_older_entry,
        run=lambda w, a: query(
            AUDIT_ENTRIES, options(), onward=None, size=10, reach=FORCE, asking=a, records=w.records, feed=w.feed
        ),
        enters=(("footage.read", ""), ("feed.queried", "set filter orderby top select count")),
        anew=Anew.ENTRY,
        answers=lambda page: ([row["id"] for row in page.documents], page.count),
    ),
    Row(
        name="count",
        verb=count,
        scene=an_older_entry,
        run=lambda w, a: count(
            AUDIT_ENTRIES,
            parsed_options([("$filter", "pending")], AUDIT_ENTRIES, OF_A_COUNT),
            reach=FORCE,
            asking=a,
            records=w.records,
            feed=w.feed,
        ),
        enters=(("footage.read", ""), ("feed.queried", "set filter count")),
        anew=Anew.ENTRY,
        answers=int,
    ),
    Row(
        name="look up",
        verb=look_up,
        scene=an_older_entry,
        run=lambda w, a: look_up(AUDIT_ENTRIES, FIRST.id, reach=FORCE, asking=a, records=w.records, feed=w.feed),
        enters=(("footage.read", ""), ("feed.queried", "set key")),
        anew=Anew.ENTRY,
        answers=lambda row: row["id"],
    ),
)
