"""HTML put together from elements: a text that is not markup already is escaped, always."""

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is markup as it stands. Besides `element`, only our own style sheet and doctype are made into it."""

    __slots__ = ()


def element(name: str, *parts: str, **attributes: str) -> Markup:
    """`class_` and `aria_label` are attributes `class` and `aria-label`."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{said}>{joined(parts)}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    return Markup(escape(between).join(part if isinstance(part, Markup) else escape(part) for part in parts))


def table(caption: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> Markup:
    """The first cell of each row is what the row is about."""
    columns = element("tr", *(element("th", name, scope="col") for name in header))
    body = [
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    ]
    return element("table", element("caption", caption), element("thead", columns), element("tbody", *body))
