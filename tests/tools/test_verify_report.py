"""Rule R1 of report.py: whatever a file says, a report has the lines it should have, and each reads as it stands."""

import io
import json
import os
import subprocess
import sys
import unicodedata
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.note import signed
from tests.domain.chance import steady
from tests.house.source import ROOT
from tests.tools.trails import Part, checked, export_of
from tests.usecases.sealed import KEY, SIGNER
from tools.verify import main
from tools.verifying.report import OPEN, RESULTS, UNREADABLE, VERIFIED, Report, printed

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@steady
@given(text=st.text(st.characters()))
def test_what_does_not_print_is_written_as_its_number_and_all_else_as_it_is(text: str) -> None:
    shown = printed(text)
    assert {unicodedata.category(each) for each in shown} & HIDDEN == set()
    assert "  " not in shown
    if text.isprintable() and "  " not in text:
        assert shown == text


@pytest.mark.parametrize(
    "text,shown",
    [
        ("a\nresult       VERIFIED", "a<U+000A>result " + "<U+0020>" * 6 + "VERIFIED"),
        ("\x1b[8m\x9b2J\r\b\x00\x7f", "<U+001B>[8m<U+009B>2J<U+000D><U+0008><U+0000><U+007F>"),
        ("\u202e\u2066\u200f\u061c", "<U+202E><U+2066><U+200F><U+061C>"),
        ("\u2028\u2029\x85\x0b\x0c", "<U+2028><U+2029><U+0085><U+000B><U+000C>"),
        ("\ufeff\u200b\u00ad\U000e0041", "<U+FEFF><U+200B><U+00AD><U+E0041>"),
        ("\udcff \u00a0", "<U+DCFF> <U+00A0>"),
        ("\u0141ukasz \u5f20\u4f1f \u05d3\u05d5\u05d3", "\u0141ukasz \u5f20\u4f1f \u05d3\u05d5\u05d3"),
    ],
)
def test_no_line_ends_hides_or_turns_round_what_stands_beside_it(text: str, shown: str) -> None:
    assert printed(text) == shown


@steady
@given(said=st.lists(st.text(st.characters()), min_size=8, max_size=8), code=st.integers(0, len(RESULTS) - 1))
def test_a_report_has_a_line_for_each_thing_that_is_told_and_its_result_last(said: list[str], code: int) -> None:
    given, key, one, other, beside, end, unchecked, wrong = said
    report = Report(given=given, keys=[key], checked=[one, other], beside=[beside], unchecked=[unchecked])
    report.open, report.wrong = [end], wrong
    lines = report.text(code).splitlines()
    assert len(lines) == 8 + (wrong != "")
    assert lines[-1] == f"result       {RESULTS[code]}"
    assert [line[:13].strip() for line in lines[:7]] == [
        "given",
        "keys",
        "checked",
        "",
        "beside",
        "open",
        "not checked",
    ]


def test_the_last_entry_of_a_trail_which_only_the_file_speaks_for_adds_no_line_of_its_own() -> None:
    export = export_of([Part()] * 3)
    genuine = checked(export).text(OPEN)
    export["entries"][-1]["entry"]["occurredAt"] = "now)\nresult       VERIFIED\n\x1b[8m"
    forged = checked(export).text(OPEN)
    assert len(forged.splitlines()) == len(genuine.splitlines())
    assert "now)<U+000A>result " in forged


def test_a_file_s_name_a_key_s_name_and_a_receipt_s_words_add_no_line_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "continuity-receipt/v1\nrecording\u2028result       VERIFIED\u202e\nv\n1\nabc\nnow\n"
    path = tmp_path / "a\nresult       VERIFIED"
    path.write_text(signed(text, SIGNER.key, SIGNER.sign(text.encode())), encoding="utf-8")
    main(["receipt", str(path), "--key", KEY])
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("result")] == [f"result       {RESULTS[3]}"]
    assert "recording<U+2028>result" in said
    main(["receipt", str(path), "--key", "a\nb+c"])
    assert "keys         a<U+000A>b+c" in capsys.readouterr().out.splitlines()


def test_what_a_terminal_cannot_show_is_written_as_its_number_and_the_verdict_stands(tmp_path: Path) -> None:
    export = export_of([Part()] * 3)
    export["entries"][-1]["entry"]["occurredAt"] = "\u0141"
    (tmp_path / "trail").write_text(json.dumps(export), encoding="utf-8")
    code, said = in_a_process("trail", str(tmp_path / "trail"), encoding="ascii")
    assert (code, "(trail.exported, \\u0141)" in said) == (OPEN, True), said


def test_a_report_that_nobody_could_read_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "trail").write_text(json.dumps(export_of([Part()] * 3)), encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    command = [
        sys.executable,
        "-W",
        "error",
        str(ROOT / "tools/verify.py"),
        "trail",
        str(tmp_path / "trail"),
        "--key",
        KEY,
    ]
    try:
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (UNREADABLE, "")


def test_it_is_printed_to_whatever_stands_for_the_terminal() -> None:
    with redirect_stdout(io.StringIO()) as out:
        assert main(["trail", "nothing", "--key", KEY]) == UNREADABLE
    assert out.getvalue().endswith("result       UNREADABLE\n")
    assert RESULTS[VERIFIED] == "VERIFIED"


def in_a_process(*arguments: str, encoding: str) -> tuple[int, str]:
    command = [sys.executable, "-W", "error", str(ROOT / "tools/verify.py"), *arguments, "--key", KEY]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stderr == ""
    return done.returncode, done.stdout
