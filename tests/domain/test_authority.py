"""Where people sign in, worked out from whose tokens are taken."""

import pytest

from shared.domain.authority import authority_of


@pytest.mark.parametrize(
    "issuers, authority",
    [
        (["https://login.microsoftonline.com/t-1/v2.0"], "https://login.microsoftonline.com/t-1"),
        (["https://sts.windows.net/t-1/"], "https://login.microsoftonline.com/t-1"),
        (["https://127.0.0.1:8443/t-1/v2.0"], "https://127.0.0.1:8443/t-1"),
        (["https://issuer.example/", "https://sts.windows.net/t-2/"], "https://login.microsoftonline.com/t-2"),
        (["https://issuer.example/", "http://login.example/t-1/v2.0", "https://login.example/a/b/v2.0"], None),
        ([], None),
    ],
)
def test_where_people_sign_in_follows_from_whose_tokens_are_taken(issuers: list[str], authority: str | None) -> None:
    assert authority_of(issuers) == authority
