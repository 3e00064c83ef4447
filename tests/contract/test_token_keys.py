"""The directory's keys: asked for once at a time and once a minute, never waited for by a token under a known one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_curve_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import ECAlgorithm

from shared.errors import Unauthenticated
from shared.ports import Tokens
from tests.contract.key_directory import (
    CLAIMS,
    DEADLINE_SECONDS,
    OTHER,
    ROTATED,
    Directory,
    code,
    opened,
    published,
    signed,
)

SMALL = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that it is too small is the point


@pytest.fixture
async def directory() -> AsyncIterator[Directory]:
    async with opened() as made:
        yield made


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await happened():
            await asyncio.sleep(0)


async def is_known(tokens: Tokens, token: str) -> bool:
    try:
        await tokens.claims(token)
    except Unauthenticated:
        return False
    return True


async def is_not_known(tokens: Tokens, token: str) -> bool:
    return not await is_known(tokens, token)


async def asked(directory: Directory, times: int) -> bool:
    return directory.asked == times


async def test_a_flood_of_unknown_keys_has_the_directory_asked_once_a_minute(directory: Directory) -> None:
    flood = [signed(OTHER, f"unknown-{number}") for number in range(20)]
    for second in range(120):
        directory.seconds = 1000.0 + second
        await asyncio.gather(*(code(directory.tokens, token) for token in flood[second % 20 :]))
    assert directory.asked == 2


async def test_many_first_tokens_at_once_have_the_directory_asked_once(directory: Directory) -> None:
    results = await asyncio.gather(*(directory.tokens.claims(signed()) for _ in range(50)))
    assert results == [CLAIMS] * 50
    assert directory.asked == 1


async def test_a_new_key_is_taken_within_a_minute_of_its_first_use(directory: Directory) -> None:
    await directory.tokens.claims(signed())
    directory.keys.append(published(ROTATED, "key-2"))
    assert await code(directory.tokens, signed(ROTATED, "key-2")) == "key"

    directory.seconds += 60
    assert await directory.tokens.claims(signed(ROTATED, "key-2")) == CLAIMS


async def test_a_key_that_was_withdrawn_stops_being_good_when_the_keys_were_read_again_after_half_a_day(
    directory: Directory,
) -> None:
    await directory.tokens.claims(signed())
    directory.keys[:] = [published(ROTATED, "key-2")]
    directory.seconds += 12 * 3600 - 1
    assert await is_known(directory.tokens, signed())
    assert directory.asked == 1

    directory.seconds += 1
    await until(lambda: is_not_known(directory.tokens, signed()))
    assert directory.asked == 2
    assert await code(directory.tokens, signed()) == "key"
    assert await directory.tokens.claims(signed(ROTATED, "key-2")) == CLAIMS


async def test_a_key_that_was_withdrawn_stops_being_good_when_an_unknown_one_had_the_keys_read_again(
    directory: Directory,
) -> None:
    await directory.tokens.claims(signed())
    directory.keys[:] = [published(ROTATED, "key-2")]
    directory.seconds += 60

    assert await code(directory.tokens, signed(OTHER, "unknown")) == "key"
    assert await code(directory.tokens, signed()) == "key"


async def test_outdated_keys_are_good_while_the_directory_thinks_and_it_is_asked_once(directory: Directory) -> None:
    await directory.tokens.claims(signed())
    directory.open.clear()
    directory.seconds += 12 * 3600

    for _ in range(20):
        assert await directory.tokens.claims(signed()) == CLAIMS
    await until(lambda: asked(directory, 2))
    directory.seconds += 3600  # it is still thinking
    for _ in range(20):
        assert await directory.tokens.claims(signed()) == CLAIMS
        await asyncio.sleep(0)
    assert directory.asked == 2


async def test_an_outdated_set_of_keys_is_asked_for_again_once_a_minute_after_a_failure(
    directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    await directory.tokens.claims(signed())
    directory.answers = False
    directory.seconds += 12 * 3600
    for second in range(120):
        assert await directory.tokens.claims(signed()) == CLAIMS
        await asyncio.sleep(0)
        directory.seconds += second % 2
    assert directory.asked == 2
    directory.answers, directory.keys[:] = True, [published(ROTATED, "key-2")]
    directory.seconds += 1
    await until(lambda: is_not_known(directory.tokens, signed()))
    assert directory.asked == 3
    assert caplog.records == []


async def test_known_keys_do_not_wait_while_unknown_ones_are_looked_up_and_those_wait_for_the_one_answer(
    directory: Directory,
) -> None:
    await directory.tokens.claims(signed())
    directory.open.clear()
    directory.seconds += 60
    flood = [asyncio.create_task(code(directory.tokens, signed(OTHER, f"unknown-{number}"))) for number in range(20)]
    new = asyncio.create_task(directory.tokens.claims(signed(ROTATED, "key-2")))
    await until(lambda: asked(directory, 2))

    assert await directory.tokens.claims(signed()) == CLAIMS
    assert not any(task.done() for task in (*flood, new))
    directory.keys.append(published(ROTATED, "key-2"))
    directory.open.set()
    assert await new == CLAIMS
    assert set(await asyncio.gather(*flood)) == {"key"}
    assert directory.asked == 2


async def test_whoever_gives_up_waiting_leaves_the_question_to_the_others(directory: Directory) -> None:
    directory.open.clear()
    gone, other = (asyncio.create_task(directory.tokens.claims(signed())) for _ in range(2))
    await until(lambda: asked(directory, 1))
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone

    directory.open.set()
    assert await other == CLAIMS
    assert directory.asked == 1


async def test_closing_gives_up_the_question_that_is_on_its_way(directory: Directory) -> None:
    await directory.tokens.close()
    directory.open.clear()
    waiting = asyncio.create_task(directory.tokens.claims(signed()))
    await until(lambda: asked(directory, 1))

    await directory.tokens.close()
    with pytest.raises(RuntimeError, match="directory"):
        await waiting


async def test_a_directory_that_falls_silent_leaves_its_known_keys_good(directory: Directory) -> None:
    await directory.tokens.claims(signed())
    directory.answers = False
    directory.seconds += 24 * 3600

    assert await directory.tokens.claims(signed()) == CLAIMS
    assert await code(directory.tokens, signed(OTHER, "unknown")) == "key"
    assert await directory.tokens.claims(signed()) == CLAIMS
    assert directory.asked == 2


async def test_a_directory_that_never_answered_is_a_fault_and_is_asked_again_soon(directory: Directory) -> None:
    directory.answers = False
    for _ in range(5):
        with pytest.raises(RuntimeError, match="directory"):
            await directory.tokens.claims(signed())
    assert directory.asked == 1

    directory.answers = True
    directory.seconds += 2
    assert await directory.tokens.claims(signed()) == CLAIMS


@pytest.mark.parametrize(
    "unfit",
    [
        published(OTHER, "key-2", use="enc"),
        published(OTHER, "key-2", alg="RS512"),
        published(SMALL, "key-2"),
        published(OTHER, "key-2") | {"n": "!"},
        ECAlgorithm.to_jwk(generate_curve_key(SECP256R1()).public_key(), as_dict=True) | {"kid": "key-2"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "key-2"},
        {"kty": "RSA"},
    ],
)
async def test_a_published_key_that_is_not_for_this_is_passed_over(
    directory: Directory, unfit: dict[str, object]
) -> None:
    directory.keys.append(unfit)

    assert await directory.tokens.claims(signed()) == CLAIMS
    assert await code(directory.tokens, signed(OTHER, "key-2")) == "key"


@pytest.mark.parametrize("key_id", [None, "", "k" * 201])
async def test_a_name_that_can_be_no_key_s_has_nobody_ask_the_directory(
    directory: Directory, key_id: str | None
) -> None:
    await directory.tokens.claims(signed())
    directory.seconds += 60
    assert await code(directory.tokens, signed(OTHER, key_id)) == "key"
    assert directory.asked == 1


async def test_the_directory_is_ready_when_it_answers_and_is_not_asked_more_often_than_by_tokens(
    directory: Directory,
) -> None:
    for _ in range(5):
        await directory.tokens.ready()
    assert directory.asked == 1


async def test_a_directory_that_does_not_answer_is_not_ready_though_its_known_keys_are_good(
    directory: Directory,
) -> None:
    await directory.tokens.claims(signed())
    directory.answers = False
    directory.seconds += 60
    for _ in range(3):
        with pytest.raises(RuntimeError, match="directory"):
            await directory.tokens.ready()
    assert (await directory.tokens.claims(signed()), directory.asked) == (CLAIMS, 2)

    directory.answers = True
    directory.seconds += 60
    await directory.tokens.ready()
    assert directory.asked == 3


async def test_a_directory_that_never_answered_is_not_ready(directory: Directory) -> None:
    directory.answers = False
    with pytest.raises(RuntimeError, match="directory"):
        await directory.tokens.ready()
