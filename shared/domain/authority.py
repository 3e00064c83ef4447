"""Where people sign in, worked out from whose tokens we take.

An issuer of the directory is `https://<host>/<tenant>/v2.0`, or of version 1 `https://sts.windows.net/<tenant>/`, which
stands for the same tenant at the directory's public host. Any other tells us nothing, and None is honest.
"""

import re
from collections.abc import Iterable

VERSION_2 = re.compile(r"(https://[^/]+/[^/]+)/v2\.0/?")
VERSION_1 = re.compile(r"https://sts\.windows\.net/([^/]+)/?")
DIRECTORY = "https://login.microsoftonline.com"


def authority_of(issuers: Iterable[str]) -> str | None:
    """The tenant's address at its directory, of the first issuer that tells."""
    return next((found for found in map(_authority, issuers) if found), None)


def _authority(issuer: str) -> str | None:
    if newer := VERSION_2.fullmatch(issuer):
        return newer[1]
    older = VERSION_1.fullmatch(issuer)
    return f"{DIRECTORY}/{older[1]}" if older else None
