"""What docs/runbook.md says of sealing that refuses is what sealing says."""

import inspect
import re

from shared.domain.tiles import lines_in_both
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
WHERE_IT_IS_SAID = ("usecases/seal.py", "usecases/seal_publish.py", "domain/seal.py", "adapters/blob_ledger.py")
OF_ANY_TILE = "domain/tiles.py"  # which others than sealing read as well


def texts() -> list[str]:
    """What the exception of a run says, as the page has it."""
    table = PAGE.partition("#### When sealing refuses\n")[2].partition("\n#### ")[0]
    return re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)


def said(*more: str) -> str:
    files = ((ROOT / "shared" / name).read_text(encoding="utf-8") for name in (*WHERE_IT_IS_SAID, *more))
    return "\n".join([*files, inspect.getsource(lines_in_both)])


def test_every_text_that_is_explained_is_one_that_is_said() -> None:
    assert len(texts()) >= 9
    assert [text for text in texts() if text not in said(OF_ANY_TILE)] == []


def test_every_text_that_sealing_refuses_with_is_explained() -> None:
    raised = re.findall(r"raise (?:Unproven|Differs)\(f?\"(.+?)\"\)", said())
    raised += re.findall(r"Gone\(f?\"(.+?)\"\)", said())
    assert len(raised) >= 9
    assert [text for text in raised if not any(told in text for told in texts())] == []
