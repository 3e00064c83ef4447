"""The order of rows for a query, and where the page after a row begins. The constants are as compiling.py says."""

from types import MappingProxyType

from shared.domain.odata.compiling import Parameters, path
from shared.domain.odata.options import Order


def ordered(order: Order) -> str:
    """The ORDER BY; where the key alone decides it is named once, which needs no composite index."""
    way = " DESC" if order.descending else " ASC"
    by_key = path(order.key) + way
    return f" ORDER BY {by_key if order.column == order.key else f'{path(order.column)}{way}, {by_key}'}"


def after(order: Order, value: str, key: str) -> tuple[str, Parameters]:
    """The rows after the one whose column and key have these values: a clause that AND may join, and its parameters."""
    beyond = " < @after_key" if order.descending else " > @after_key"
    if order.column == order.key:
        return path(order.key) + beyond, MappingProxyType({"after_key": key})
    column = path(order.column)
    past = f"{column} < @after_value" if order.descending else f"{column} > @after_value"
    text = f"({past} OR {column} = @after_value AND {path(order.key)}{beyond})"
    return text, MappingProxyType({"after_value": value, "after_key": key})
