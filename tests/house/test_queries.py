"""Queries of the record store are constants, portable (reference/cosmos.md section 1), and have their indexes."""

import ast
import json
import re

from shared.domain.odata.sets import SETS
from tests.house.source import ROOT, calls, dotted, modules, tree, where

ADAPTER = modules("shared/adapters/cosmos")
# What the real service, the Python client or a local server does not do, or does otherwise.
NOT_PORTABLE = (
    "OFFSET", "GROUP BY", "LIKE", "DISTINCT", "JOIN", "COUNT", "SUM", "AVG", "VALUE", "TOP", "UDF", "LOWER", "UPPER",
    "DATETIMEADD", "GETCURRENTDATETIME", "GETCURRENTTIMESTAMP", "REGEXMATCH", "EXISTS",
)  # fmt: skip
QUERY = re.compile(r"^SELECT |^ (AND|ORDER BY) ")
COUNTED = "SELECT VALUE COUNT(1) FROM c "  # the one aggregate that the client adds up across partitions
CONSTANT = re.compile(r"[A-Z][A-Z_]+")


def texts() -> list[tuple[str, str]]:
    """Every string in the adapter that is a query or a clause of one."""
    nodes = [(path, node) for path in ADAPTER for node in ast.walk(tree(path))]
    strings = [(p, n) for p, n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [(where(path, node), str(node.value)) for path, node in strings if QUERY.match(str(node.value))]


def test_there_are_queries_to_look_at() -> None:
    assert sum(text.startswith("SELECT ") for _, text in texts()) >= 4
    assert sum(" ORDER BY " in text for _, text in texts()) >= 4


def test_every_query_is_portable() -> None:
    asked = [(at, text.removeprefix(COUNTED)) for at, text in texts()]
    found = [(at, word) for at, text in asked for word in NOT_PORTABLE if re.search(rf"\b{word}\b", text.upper())]
    assert found == []


def test_every_value_in_a_query_is_a_parameter_or_a_kind_of_ours() -> None:
    literal = [(at, value) for at, text in texts() for value in re.findall(r"'([^']*)'", text)]
    assert [found for found in literal if not re.fullmatch(r"[a-z]+(-[a-z]+)?", found[1])] == []


def test_a_query_s_text_is_joined_from_constants_only() -> None:
    found = [where(path, node) for path in ADAPTER for node in ast.walk(tree(path)) if _is_formatted_query(node)]
    clauses = [(where(path, call), _clause(call)) for path in ADAPTER for call in calls(path)]
    found += [at for at, clause in clauses if clause is not None and not _constant(clause)]
    assert found == []


def _is_formatted_query(node: ast.AST) -> bool:
    """An f-string, a format or a `%` with a query's words in it."""
    match node:
        case ast.JoinedStr(values=parts):
            words = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            return bool(re.search(r"\bc\.|\bSELECT\b|\bORDER BY\b|\bAND\b", words))
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return bool(QUERY.match(text))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return bool(QUERY.match(text))
    return False


def _clause(call: ast.Call) -> ast.expr | None:
    """The argument of a call that becomes part of a query's text."""
    name, arguments = dotted(call.func) or getattr(call.func, "attr", ""), call.args
    if name == "Query" or name.endswith("where"):
        return arguments[0]
    return arguments[1] if name.endswith("after") and len(arguments) > 1 else None


def _constant(clause: ast.expr | None) -> bool:
    match clause:
        case ast.Name(id=name):
            return bool(CONSTANT.fullmatch(name)) or name == "clause"  # handed on, and looked at where it is handed in
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return dotted(left) == "self.text" and _constant(right)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=""), attr="join"), args=[ast.GeneratorExp(elt=each)]):
            return isinstance(each, ast.Subscript) and dotted(each.value) == "CLAUSES"
    return False


def composite_orders() -> set[tuple[str, ...]]:
    """Each ORDER BY of more than one property, as `uploadedAt DESC`."""
    orders = [order for _, text in texts() for order in re.findall(r"ORDER BY (.+)$", text)]
    split = [tuple(part.strip().removeprefix("c.") for part in order.split(",")) for order in orders]
    return {order for order in split if len(order) > 1} | feed_orders()


def feed_orders() -> set[tuple[str, ...]]:
    """Those of the feed, whose texts are put together from its columns: by each that can be sorted by, and the key."""
    found: set[tuple[str, ...]] = set()
    for entities in SETS:
        (key,) = [".".join(column.path) for column in entities.columns if column.name == entities.key]
        found |= {
            (f"{'.'.join(column.path)} DESC", f"{key} DESC")
            for column in entities.columns
            if column.sortable and column.name != entities.key
        }
    return found


def either_way(order: tuple[str, ...]) -> tuple[str, ...]:
    """An order as its index is written: one index serves an order and its reverse."""
    flipped = tuple(part.replace(" ASC", " >").replace(" DESC", " ASC").replace(" >", " DESC") for part in order)
    return min(order, flipped)


def test_every_order_by_more_than_one_property_has_its_composite_index_and_each_index_its_query() -> None:
    (container,) = json.loads((ROOT / "infra/cosmos.json").read_text())["containers"]
    short = {"ascending": "ASC", "descending": "DESC"}
    indexes = {
        either_way(tuple(f"{path['path'].lstrip('/').replace('/', '.')} {short[path['order']]}" for path in index))
        for index in container["compositeIndexes"]
    }
    assert {either_way(order) for order in composite_orders()} == indexes
    assert len(indexes) == len(container["compositeIndexes"])


def test_every_property_that_is_asked_for_is_one_that_documents_have() -> None:
    """A misspelt property is no error to the store: it finds nothing."""
    from dataclasses import fields

    from shared.domain.approve import Approval
    from shared.domain.document import camel
    from shared.domain.entry import Entry
    from shared.domain.footage import Clip, Dock, Grant
    from shared.domain.reconcile_report import Reconciliation
    from shared.domain.seal import Sealing
    from shared.domain.session import Session
    from shared.domain.weeding_run import WeedingRun

    kinds = (Clip, Entry, Dock, Grant, Reconciliation, Session, Approval, WeedingRun, Sealing)
    known = {camel(field.name) for kind in kinds for field in fields(kind)} | {"pk", "kind", "id"}
    asked = {name for _, text in texts() for name in re.findall(r"\bc\.([A-Za-z_]+)", text)}
    assert asked <= known
