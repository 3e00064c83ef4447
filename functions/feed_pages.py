"""The feed's page tokens ($skiptoken): where a question goes on, unforgeable, for one caller and that question alone.

They are good for a day after the page that they came with. Other lists are turned by a person, within an hour; a
refresh of Power BI may run for five hours, or be put off by its gateway over night, and would else begin anew and
be entered anew. A token is no right: whoever sends it must still be let in, with the same reach.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.feed_asking import ours
from functions.paging import signed, verified
from shared.domain.access import Reach
from shared.domain.document import moment, timestamp
from shared.domain.odata.columns import EntitySet
from shared.domain.odata.options import SKIP_TOKEN
from shared.ports import Keys, Last
from shared.usecases.feed import Onward

GOOD_FOR = timedelta(hours=24)
LONGEST_TOKEN = 300  # characters: times, ids and numbers of ours, and no text of anybody's


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPages:
    """The page tokens of one question by one caller at one time."""

    keys: Keys
    question: str
    now: datetime

    async def begin(self, token: str | None) -> Onward | None:
        """Where the page begins that `token` names; None for the first. Raises Malformed."""
        if token is None:
            return None
        key = await self.keys.page_key()
        until, value, row, left, count = verified(
            token, question=self.question, key=key, now=self.now, field=SKIP_TOKEN
        )
        return Onward(until=moment(until), after=Last(value, row), left=left, count=count)

    async def following(self, onward: Onward) -> str:
        said = [timestamp(onward.until), onward.after.value, onward.after.key, onward.left, onward.count]
        key = await self.keys.page_key()
        return signed(said, question=self.question, key=key, until=self.now + GOOD_FOR)


def question_of(subject: str, reach: Reach, entities: EntitySet, pairs: Iterable[tuple[str, str]]) -> str:
    """Whatever a token must not be used for another of."""
    return repr((subject, reach.force, reach.borough, entities.name, sorted(ours(pairs))))
