"""Attacks on the feed, in every part of a question: refused as OData says no, before the store is asked, unrepeated.

What attackers send to find an injection is tried in each place that takes text. Where it is text, it finds what is
called so and nothing else; where it is none, it is refused.
"""

import base64
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.feed_asking import LONGEST_QUERY
from shared.domain.odata.lexer import LONGEST
from shared.domain.odata.options import LARGEST_SKIP, OF_A_SET
from shared.domain.odata.parser import DEEPEST, MOST_TERMS
from tests.domain.chance import steady
from tests.domain.odata_filters import quoted
from tests.functions.feed_asked import ROWS_TYPE, enter, get, ids, token_in
from tests.functions.hostile_texts import HUGE, INJECTIONS, LARGE, NO_UTF_8, TEXT_TOO_STRANGE
from tests.functions.world import Answered, MemoryService

SECRET = "sw0rdf1sh"
SAID = re.compile(r"[ -~]{1,400}")  # nothing that a terminal, a log or a page would take for more than text


def is_refused(answered: Answered, world: MemoryService, *, unlike: str = "") -> None:
    """`unlike`: what was sent, of which only a name may be repeated."""
    assert answered.status in (400, 501), answered.raw
    assert (answered.content_type, answered.headers["OData-Version"]) == (ROWS_TYPE, "4.0")
    error = answered.json["error"]
    assert set(error) <= {"code", "message", "target"}
    assert all(SAID.fullmatch(text) for text in error.values())
    assert not [piece for piece in _pieces(unlike) if piece in str(error.values())]
    assert [call for call in world.faults.calls if call.startswith("feed.")] == []


def _pieces(sent: str) -> Iterator[str]:
    """Whatever of it is more than a name, in lengths that cannot be there by chance."""
    return (
        sent[at : at + 8] for at in range(min(len(sent), 400) - 7) if not re.fullmatch(r"[\w ,.$:]*", sent[at : at + 8])
    )


@pytest.mark.parametrize("option", sorted(OF_A_SET))
async def test_an_injection_is_refused_in_any_option(world: MemoryService, option: str) -> None:
    for text in INJECTIONS:
        is_refused(await get(world, query={option: text}), world, unlike=text)


@pytest.mark.parametrize(
    "around", ["action eq {}", "action eq 'x' or {}", "contains({},'x')", "action in ({})", "{} eq 'x'", "({})"]
)
async def test_an_injection_is_refused_anywhere_in_a_filter_but_in_a_text(world: MemoryService, around: str) -> None:
    for text in INJECTIONS:
        is_refused(await get(world, query={"$filter": around.format(text)}), world, unlike=text)


async def test_an_injection_that_is_a_text_finds_what_is_called_so_and_nothing_else(world: MemoryService) -> None:
    for number, text in enumerate(INJECTIONS):
        enter(world, 1, subject=text, pk=f"pk-{number}", key=f"key-{number}")
    for text in INJECTIONS:
        said = quoted(text)
        for asked in (
            f"subject eq {said}",
            f"subject in ({said})",
            f"startswith(subject,{said}) and subject eq {said}",
        ):
            found = (await get(world, query={"$filter": asked})).json["value"]
            assert [row["subject"] for row in found] == [text]
        assert (await get(world, f"AuditEntries({said})")).status == 404


async def test_an_injection_is_no_name_of_an_option(world: MemoryService) -> None:
    for text in INJECTIONS:
        is_refused(await get(world, query={f"${text}": "1"}), world, unlike=text)


async def test_an_injection_is_no_path(world: MemoryService) -> None:
    for text in INJECTIONS:
        for path in (text, f"AuditEntries({text})", f"AuditEntries/{text}", f"AuditEntries('x')/{text}", f"${text}"):
            answered = await get(world, path)
            assert answered.status in (400, 404, 501)
            assert SAID.fullmatch(answered.json["error"]["message"])
            assert not [piece for piece in _pieces(text) if piece in answered.raw.decode()]
    assert [call for call in world.faults.calls if call.startswith("feed.") and call != "feed.one"] == []


@pytest.mark.parametrize("text", TEXT_TOO_STRANGE.values(), ids=TEXT_TOO_STRANGE)
async def test_strange_characters_are_refused_outside_a_text_and_are_text_inside_it(
    world: MemoryService, text: str
) -> None:
    for query in (
        {"$filter": f"{text} eq 'x'"},
        {"$filter": f"action{text} eq 'x'"},
        {"$filter": f"action eq{text} 'x'"},
        {"$select": f"id,{text}"},
        {"$orderby": f"id{text}"},
        {"$top": f"1{text}"},
        {f"$filter{text}": "pending"},
        {"$skiptoken": text},
    ):
        is_refused(await get(world, query=query), world, unlike=text)
    (made,) = enter(world, 1, subject=f"a{text}b")
    enter(world, 1, borough="another")
    assert ids([await get(world, query={"$filter": f"contains(subject,'{text}')"})]) == [made.id]


@pytest.mark.parametrize("sent", NO_UTF_8.values(), ids=NO_UTF_8)
async def test_what_is_no_utf_8_is_refused_wherever_it_stands(world: MemoryService, sent: str) -> None:
    for query in (f"$filter=action eq '{sent}'", f"$filter={sent}", f"{sent}=1", f"$skiptoken={sent}", f"x={sent}"):
        is_refused(await get(world, sent=query.replace(" ", "%20")), world, unlike=sent)


@pytest.mark.parametrize("option", sorted(OF_A_SET))
async def test_an_option_that_is_given_twice_is_refused_however_it_is_written(
    world: MemoryService, option: str
) -> None:
    good = {"$filter": "pending", "$select": "id", "$orderby": "id", "$count": "true", "$format": "json"}.get(
        option, "1"
    )
    for first, second in ((option, option), (quote(option, safe=""), option), (option, f"%24{option[1:]}")):
        is_refused(await get(world, sent=f"{first}={good}&{second}={good}"), world)


@pytest.mark.parametrize("option", ["$top", "$skip"])
@pytest.mark.parametrize("number", HUGE)
async def test_a_number_that_is_none_or_too_large_is_refused(world: MemoryService, option: str, number: str) -> None:
    is_refused(await get(world, query={option: number}), world)


@pytest.mark.parametrize("number", ["9" * 400, "1e10", "0x1F", "1_0", "٣", "NaN", "INF"])
@pytest.mark.parametrize("around", ["number eq {}", "{} gt number", "number in (1,{})", "year(occurredAt) eq {}"])
async def test_a_number_of_a_filter_that_is_none_or_too_large_is_refused(
    world: MemoryService, around: str, number: str
) -> None:
    is_refused(await get(world, query={"$filter": around.format(number)}), world)


@pytest.mark.parametrize(
    "top, skip, rows", [("0", "0", 0), ("000000001", "0", 1), ("999999999", "0", 3), ("9", str(LARGEST_SKIP), 0)]
)
async def test_the_least_and_the_most_that_may_be_asked_for_are_answered(
    world: MemoryService, top: str, skip: str, rows: int
) -> None:
    enter(world, 3)
    assert len(ids([await get(world, query={"$top": top, "$skip": skip})])) == rows
    more = await get(world, query={"$skip": str(LARGEST_SKIP + 1)})
    assert (more.status, more.json["error"]["target"]) == (400, "$skip")


@pytest.mark.parametrize("asked", LARGE.values(), ids=LARGE)
async def test_what_is_too_large_or_too_deep_is_refused(world: MemoryService, asked: str) -> None:
    for path in ("AuditEntries", "AuditEntries/$count"):
        is_refused(await get(world, path, {"$filter": asked}), world, unlike=asked)


@pytest.mark.parametrize(
    "asked", [" or ".join(["pending"] * MOST_TERMS), "(" * (DEEPEST - 1) + "pending" + ")" * (DEEPEST - 1)],
    ids=["terms", "brackets"],
)  # fmt: skip
async def test_the_most_that_is_read_is_answered(world: MemoryService, asked: str) -> None:
    enter(world, 3)
    assert len(ids([await get(world, query={"$filter": asked})])) == 3


@pytest.mark.parametrize("length, status", [(LONGEST, 200), (LONGEST + 1, 400)])
async def test_a_filter_has_so_many_characters_and_no_more(world: MemoryService, length: int, status: int) -> None:
    asked = "subject eq ''"
    asked = f"{asked[:-1]}{'x' * (length - len(asked))}'"
    assert len(asked) == length
    assert (await get(world, "AuditEntries/$count", {"$filter": asked})).status == status


async def test_a_hundred_options_of_others_are_passed_over_and_one_more_is_refused(world: MemoryService) -> None:
    assert (await get(world, sent="&".join(f"x{n}=1" for n in range(100)))).status == 200
    other = await get(world, sent="&".join(f"x{n}=1" for n in range(101)))
    assert (other.status, other.json["error"]["target"]) == (400, "query")
    assert (await get(world, sent="x=" + "y" * LONGEST_QUERY)).status == 400


async def test_a_token_with_any_one_bit_changed_is_refused(world: MemoryService) -> None:
    enter(world, 3)
    token = token_in(await get(world, headers={"Prefer": "maxpagesize=1"}))
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    asked = world.faults.calls.count("feed.page")
    for at in range(0, len(raw) * 8, 3):
        forged = bytearray(raw)
        forged[at // 8] ^= 1 << at % 8
        answered = await get(world, query={"$skiptoken": base64.urlsafe_b64encode(forged).decode().rstrip("=")})
        assert (answered.status, answered.json["error"]["target"]) == (400, "$skiptoken")
    for cut in (raw[:-1], raw[1:], raw + b" ", raw[:32], raw[32:], raw * 2):
        assert (await get(world, query={"$skiptoken": base64.urlsafe_b64encode(cut).decode()})).status == 400
    assert world.faults.calls.count("feed.page") == asked


async def test_what_somebody_sent_by_mistake_is_in_no_answer(world: MemoryService) -> None:
    """A secret in the wrong option: a filter may hold anybody's words, and the answer goes through others' hands."""
    for option in sorted(OF_A_SET):
        for text in (f"'{SECRET}", f"it is '{SECRET}'", f"{SECRET}!"):
            answered = await get(world, query={option: text})
            assert answered.status in (400, 501)
            assert SECRET not in answered.raw.decode()


@given(
    option=st.sampled_from(sorted(OF_A_SET)),
    sent=st.text(st.sampled_from("'\"()$@,;=& \t/\\%#{}[]<>*-_.:acdeinorqtx019\x00\u202eé"), max_size=60),
)
@settings(steady, max_examples=200)
async def test_any_text_in_any_option_is_answered_or_refused_and_never_a_fault(option: str, sent: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = MemoryService()
        patch.setattr("shared.wiring.services", lambda: world)
        answered = await get(world, query={option: sent})
        if answered.status != 200:
            is_refused(answered, world, unlike=sent)
