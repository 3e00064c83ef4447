"""What a page of docs/ says of the code is held against the code."""

import re

from shared.domain.fixity import MISMATCH, MISSING
from shared.domain.media import Problem
from tests.house.source import ROOT

GRANT_DIFFERENCES = {"dock", "borough", "camera", "sha256", "size", "officer"}


def test_every_reason_of_quarantine_has_its_sentence() -> None:
    page = (ROOT / "docs" / "quarantine.md").read_text()
    explained = set(re.findall(r"^\| `([a-z0-9-]+)` \| [A-Z].*\. \| .*\. \|$", page, re.MULTILINE))
    differences = {f"{name}-differs" for name in GRANT_DIFFERENCES}
    assert explained == {*Problem, *differences, "no-grant", "no-officer", MISMATCH, MISSING}
