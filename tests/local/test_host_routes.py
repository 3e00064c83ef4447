"""The host's routing: alphabetical, first match, no 405, constraints, `%2F` kept."""

import pytest

from local.hosting.routes import RouteError, decoded_path, route, route_table

GUID = "0b0f6f5e-6a53-4e0b-9d3b-3f0a6a1f2c11"


def matched(template: str, path: str) -> dict[str, str] | None:
    found = route_table("api", [route("f", template, [])]).find("GET", path)
    return None if found is None else found[1]


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("items", "/api/items", {}),
        ("items", "/API/Items/", {}),
        ("items", "/api/items//", None),
        ("items", "/api//items", None),
        ("items", "/items", None),
        ("items", "/apiitems", None),
        ("items/{id}", "/api/items/A%2Fb", {"id": "A%2Fb"}),
        ("items/{id}", "/api/items", None),
        ("items/{id}", "/api/items/1/2", None),
        ("items/{id?}", "/api/items", {}),
        ("items/{id?}", "/api/items/1", {"id": "1"}),
        ("items/{id=7}", "/api/items", {"id": "7"}),
        ("items/{id=7}", "/api/items/8", {"id": "8"}),
        ("items/{id:int}", "/api/items/-5", {"id": "-5"}),
        ("items/{id:int}", "/api/items/5x", None),
        ("items/{id:int}", "/api/items/2147483648", None),
        ("items/{id:long}", "/api/items/2147483648", {"id": "2147483648"}),
        ("items/{id:int?}", "/api/items", {}),
        ("items/{id:guid}", f"/api/items/{GUID}", {"id": GUID}),
        ("items/{id:guid}", "/api/items/5", None),
        ("items/{id:bool}", "/api/items/TRUE", {"id": "TRUE"}),
        ("items/{id:bool}", "/api/items/1", None),
        ("items/{id:alpha}", "/api/items/ab", {"id": "ab"}),
        ("items/{id:alpha}", "/api/items/a1", None),
        ("items/{id:datetime}", "/api/items/2026-11-25", {"id": "2026-11-25"}),
        ("items/{id:decimal}", "/api/items/1.5", {"id": "1.5"}),
        ("items/{id:length(2,3)}", "/api/items/abc", {"id": "abc"}),
        ("items/{id:length(2,3)}", "/api/items/abcd", None),
        ("items/{id:length(2)}", "/api/items/abc", None),
        ("items/{id:minlength(2)}", "/api/items/a", None),
        ("items/{id:maxlength(2)}", "/api/items/abc", None),
        ("items/{id:int:min(3):max(5)}", "/api/items/4", {"id": "4"}),
        ("items/{id:int:min(3):max(5)}", "/api/items/6", None),
        ("items/{id:min(3)}", "/api/items/x", None),
        ("files/{*rest}", "/api/files/a/b", {"rest": "a/b"}),
        ("files/{*rest}", "/api/files", {}),
        ("files/{**rest}", "/api/files/a/b", {"rest": "a/b"}),
        ("{name}.{kind}", "/api/a.b.mp4", {"name": "a.b", "kind": "mp4"}),
        ("clip-{id:int}/x", "/api/clip-3/x", {"id": "3"}),
    ],
)
def test_a_template_matches_what_the_host_would(template: str, path: str, expected: dict[str, str] | None) -> None:
    assert matched(template, path) == expected


def test_the_first_function_name_wins_whatever_its_case_and_however_general_its_route() -> None:
    table = route_table("api", [route("B", "items/new", []), route("a", "items/{id}", [])])
    assert table.find("GET", "/api/items/new") == ("a", {"id": "new"})


def test_a_method_that_does_not_fit_falls_through_to_the_next_function() -> None:
    table = route_table("api", [route("a", "items", ["GET"]), route("b", "{any}", ["post", "HEAD"])])
    assert table.find("POST", "/api/items") == ("b", {"any": "items"})
    assert table.find("HEAD", "/api/items") == ("b", {"any": "items"})
    assert table.find("PUT", "/api/items") is None


def test_an_empty_prefix_serves_from_the_root() -> None:
    table = route_table("", [route("a", "{*path}", [])])
    assert table.find("GET", "/") == ("a", {})
    assert table.find("GET", "/x/y") == ("a", {"path": "x/y"})


@pytest.mark.parametrize("template", ["/items", "admin/x", "Runtime", "items/{id:colour}", "items/{id", "a}b"])
def test_a_template_the_host_refuses_is_refused(template: str) -> None:
    with pytest.raises(RouteError):
        route("f", template, [])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/api/a%20b", "/api/a b"),
        ("/api/a%2Fb%2fc", "/api/a%2Fb%2fc"),
        ("/api/%C3%A9", "/api/é"),
        ("/api/a/../b", "/api/b"),
        ("/api/a/%2e%2e/b/./c", "/api/b/c"),
        ("/../../x", "/x"),
        ("/", "/"),
    ],
)
def test_a_path_is_decoded_once_and_its_dots_resolved(raw: str, expected: str) -> None:
    assert decoded_path(raw) == expected
