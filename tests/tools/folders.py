"""A ledger in a folder as it is given to the verifier, and what the verifier said of it."""

import pytest

from tests.tools.cosigned import FIRST_KEY, SECOND_KEY
from tests.usecases.sealed import KEY
from tools.verify import main

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART = range(4)
WITNESSES = ("--key", FIRST_KEY, "--key", SECOND_KEY)


def verified(capsys: pytest.CaptureFixture[str], place: object, *more: str) -> tuple[int, str]:
    code = main(["ledger", str(place), "--key", KEY, *WITNESSES, *more])
    return code, capsys.readouterr().out


def wrong(said: str) -> str:
    return said.partition("wrong")[2].partition("\n")[0].strip()
