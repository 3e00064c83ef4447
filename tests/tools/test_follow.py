"""The tool that lets the head follow: what it prints, and that it begins nothing without knowing where and for whom."""

import pytest

from shared.usecases.follow import Followed
from tests.usecases.sealed import KEY
from tools.follow import SETTINGS, main, report

UNREACHED = 2


def test_each_missing_entry_is_a_line_in_the_order_of_the_ledger_and_counts_come_last() -> None:
    followed = Followed(before=5, after=9, told=1, missing={8: "entry-b", 6: "entry-a"})
    missing = ["missing: leaf 6 entry entry-a", "missing: leaf 8 entry entry-b"]
    counts = "from=5 to=9 told=1 missing=2"
    assert report(followed, applied=True).splitlines() == [*missing, f"followed: {counts}"]
    assert report(followed, applied=False).splitlines() == [*missing, f"would follow: {counts}"]


@pytest.mark.parametrize("absent", SETTINGS)
def test_a_place_that_is_not_said_is_named(absent: str, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {name: "https://nowhere.test" for name in SETTINGS if name != absent}
    assert main(["--by", "somebody", "--key", KEY], environment) == UNREACHED
    assert capsys.readouterr().err == f"error: set {absent}\n"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--key", KEY], "required: --by"),
        (["--by", "somebody"], "required: --key"),
        (["--by", "somebody", "--key", KEY[:-1]], "argument --key: key: "),
    ],
)
def test_nobody_in_particular_cannot_run_it_nor_who_has_no_key_of_the_ledger(
    given: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(given, dict.fromkeys(SETTINGS, "https://nowhere.test"))
    assert ended.value.code == UNREACHED
    assert says in capsys.readouterr().err
