"""What expressions, loops, modules and references come to; and that what is not known is said to be unknown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.infra.samples import deployed, output
from tools.bicep.context import NOT_PINNED, SUBSCRIPTION
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Resource, Unknown

ACCOUNT = "resource a 'X.Y/accounts@2020-01-01' = {\n  name: 'one'\n  location: 'here'\n}\n"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("true || true && false", True),
        ("(true || true) && false", False),
        ("!false && false", False),
        ("9 - 3 - 2", 4),
        ("2 + 3 * 4", 14),
        ("-1 + 2", 1),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("1 < 2 == true", True),
        ("false ? 1 : true ? 2 : 3", 2),
        ("null ?? 'x'", "x"),
        ("{ a: null }.?b ?? 'x'", "x"),
        ("1 == 1 ? 'a' : 'b'", "a"),
        ("true == 1", False),
        ("'A' =~ 'a'", True),
        ("'A' !~ 'a'", False),
        ("'${1}-${true}-${'x'}'", "1-true-x"),
        ("[1, 2, 3][1]", 2),
        ("{ a: { b: 1 } }.a.b", 1),
        ("{ 'a-b': 1 }['a-b']", 1),
        ("{ a: 1, ...{ b: 2 } }", {"a": 1, "b": 2}),
        ("[0, ...[1, 2]]", [0, 1, 2]),
        ("[for i in range(1, 3): i * i]", [1, 4, 9]),
        ("[for (x, i) in ['a', 'b']: '${x}${i}']", ["a0", "b1"]),
        ("map([1, 2], x => x + 1)", [2, 3]),
        ("filter([1, 2, 3], x => x > 1)", [2, 3]),
        ("reduce([1, 2, 3], 0, (sum, x) => sum + x)", 6),
        ("sort([3, 1, 2], (a, b) => a < b)", [1, 2, 3]),
        ("toObject(['a', 'b'], x => x, x => '${x}!')", {"a": "a!", "b": "b!"}),
        ("mapValues({ a: 1 }, v => v + 1)", {"a": 2}),
        ("groupBy(['aa', 'b', 'cc'], x => '${length(x)}')", {"2": ["aa", "cc"], "1": ["b"]}),
        ("items({ b: 1, a: 2 })", [{"key": "a", "value": 2}, {"key": "b", "value": 1}]),
        ("union({ a: { b: 1 } }, { a: { c: 2 } })", {"a": {"b": 1, "c": 2}}),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("intersection([1, 2], [2, 3])", [2]),
        ("contains({ Key: 1 }, 'key')", True),
        ("contains([1, 2], 3)", False),
        ("empty('')", True),
        ("empty([0])", False),
        ("first([])", None),
        ("last('ab')", "b"),
        ("split('a,b;c', [',', ';'])", ["a", "b", "c"]),
        ("join(['a', 'b'], '-')", "a-b"),
        ("replace('a/32', '/32', '')", "a"),
        ("take('abc', 2)", "ab"),
        ("skip([1, 2], 5)", []),
        ("substring('abcd', 1, 2)", "bc"),
        ("indexOf(['a', 'b'], 'b')", 1),
        ("startsWith('ABC', 'ab')", True),
        ("format('{0}-{1}', 'a', 1)", "a-1"),
        ("string({ a: true })", '{"a":true}'),
        ("int('12')", 12),
        ("json('[1]')", [1]),
        ("concat(['a'], ['b'])", ["a", "b"]),
        ("flatten([[1], [2]])", [1, 2]),
        ("min(3, 1, 2)", 1),
        ("max([3, 1])", 3),
        ("coalesce(null, 'a')", "a"),
        ("cidrSubnet('10.40.0.0/23', 24, 1)", "10.40.1.0/24"),
        ("cidrSubnet('10.40.0.0/23', 26, 4)", "10.40.1.0/26"),
        ("padLeft('7', 3, '0')", "007"),
        ("base64ToString(base64('a'))", "a"),
        ("az.resourceGroup().location", NOT_PINNED),
        ("deployment().location", NOT_PINNED),
        ("subscription().id", SUBSCRIPTION),
        ("environment().suffixes.storage", "core.windows.net"),
    ],
)
def test_an_expression_comes_to_its_value(expression: str, value: Any) -> None:
    assert output(expression) == value
    assert type(output(expression)) is type(value)


@given(st.recursive(st.integers(-9, 9), lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner), max_leaves=8))
def test_arithmetic_binds_as_pythons_does(expression: Any) -> None:
    """Written without parentheses, so that binding is all there is to get right; Python is the oracle."""
    text = _flat(expression)
    assert output(text) == eval(text)  # noqa: S307 - digits and three operators


def _flat(expression: Any) -> str:
    if isinstance(expression, int):
        return f"({expression})"
    left, operator, right = expression
    return f"{_flat(left)} {operator} {_flat(right)}"


PLAIN = st.booleans() | st.integers(0, 9) | st.text("ab'$\\{", max_size=4)


@given(st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3)))
def test_a_literal_is_read_back(value: Any) -> None:
    def written(of: Any) -> str:
        if isinstance(of, str):
            return "'" + of.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${") + "'"
        return "[" + ", ".join(map(written, of)) + "]" if isinstance(of, list) else json.dumps(of)

    assert output(written(value)) == value


@pytest.mark.parametrize(
    "expression",
    [
        "reference('x').location",
        "'a-${reference('x').location}'",
        "toLower(reference('x').name)",
        "reference('x').a ? 'here' : 'there'",
        "union({ a: 1 }, reference('x'))",
        "utcNow()",
        "[reference('x').a][0]",
        "reference('x').a && true",
    ],
)
def test_what_only_a_deployment_knows_is_never_guessed(expression: str) -> None:
    assert isinstance(output(expression), Unknown)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("reference('x').a && false", False),
        ("reference('x').a || true", True),
        ("reference('x').a ? 'same' : 'same'", "same"),
        ("empty(reference('x').a) ? 1 : 1", 1),
    ],
)
def test_what_comes_out_the_same_either_way_is_known(expression: str, value: Any) -> None:
    assert output(expression) == value


def test_an_unknown_names_the_resource_that_will_answer() -> None:
    found = output("'${a.properties.url}/x'", ACCOUNT)
    assert isinstance(found, Unknown)
    assert found.origin is not None
    assert found.origin.body["name"] == "one"


def test_what_a_resource_says_of_itself_is_known() -> None:
    said = output("[a.name, a.location, a.type, a.apiVersion]", ACCOUNT)
    assert said == ["one", "here", "X.Y/accounts", "2020-01-01"]


def test_what_is_safely_asked_of_a_resource_that_is_not_deployed_is_null() -> None:
    never = "resource a 'X.Y/z@1' = if (false) { name: 'a' }"
    assert output("[a.?name, a.?properties.?b]", never) == [None, None]
    assert output("[a.?name]", never.replace("false", "true")) == ["a"]


def names(text: str, **parameters: Any) -> list[str]:
    return [str(each.body.get("name")) for each in deployed(text, **parameters).resources]


def test_a_resource_whose_condition_is_false_is_not_deployed_and_neither_is_what_is_in_it() -> None:
    text = "param on bool\nresource a 'X.Y/z@1' = if (on) {\n  name: 'a'\n  resource b 'w' = { name: 'b' }\n}"
    assert names(text, on=False) == []
    assert names(text, on=True) == ["a", "b"]


def test_a_condition_that_is_not_known_counts_as_met() -> None:
    (found,) = deployed("resource a 'X.Y/z@1' = if (reference('x').on) { name: 'a' }").resources
    assert isinstance(found.condition, Unknown)


def test_loops_deploy_one_for_each() -> None:
    text = "resource a 'X.Y/z@1' = [for (n, i) in ['p', 'q', 'r']: if (n != 'q') { name: '${n}${i}' }]"
    assert names(text) == ["p0", "r2"]


def test_what_exists_is_referred_to_and_not_deployed() -> None:
    found = deployed("resource a 'X.Y/z@1' existing = { name: 'a' }")
    assert found.resources == ()
    assert [each.symbol for each in found.everything] == ["a"]


def test_ids_are_those_of_azure() -> None:
    text = f"""{ACCOUNT}
resource service 'X.Y/accounts/services@1' = {{
  parent: a
  name: 'default'
  resource box 'boxes' = {{ name: 'b' }}
}}
resource flat 'X.Y/accounts/services@1' = {{ name: 'one/other' }}
resource lock 'X.L/locks@1' = {{ scope: service::box, name: 'l' }}
output ids array = [service.id, service::box.id, flat.id, lock.id, subscriptionResourceId('X.R/roles', 'r')]
"""
    account = f"{SUBSCRIPTION}/resourceGroups/group/providers/X.Y/accounts/one"
    assert deployed(text).outputs["ids"] == [
        f"{account}/services/default",
        f"{account}/services/default/boxes/b",
        f"{account}/services/other",
        f"{account}/services/default/boxes/b/providers/X.L/locks/l",
        f"{SUBSCRIPTION}/providers/X.R/roles/r",
    ]


def test_the_same_resource_has_one_id_in_whichever_module_it_is_named() -> None:
    main = """targetScope = 'subscription'
resource group 'Microsoft.Resources/resourceGroups@1' = { name: 'rg', location: 'uksouth' }
module makes 'makes.bicep' = { scope: group }
module locks 'locks.bicep' = { scope: group, params: { name: makes.outputs.name } }
"""
    locks = "param name string\nresource a 'X.Y/z@1' existing = { name: name }\n"
    locks += "resource l 'X.L/locks@1' = { scope: a, name: 'l' }"
    makes = "resource a 'X.Y/z@1' = { name: 'one' }\noutput name string = a.name"
    found = deployed(main, others={"makes.bicep": makes, "locks.bicep": locks})
    made, lock = found.of("X.Y/z")[0], found.of("X.L/locks")[0]
    scope = lock.at("scope")
    assert isinstance(scope, Resource)
    assert scope.identity == made.identity == f"{SUBSCRIPTION}/resourceGroups/rg/providers/X.Y/z/one"
    assert lock.module == "/locks"


def test_a_module_that_is_not_deployed_has_no_outputs() -> None:
    main = "module m 'm.bicep' = if (false) {}\noutput not string = m.outputs.it\n"
    main += "output safe string = m.?outputs.?it ?? 'none'"
    found = deployed(main, others={"m.bicep": "output it string = 'x'"})
    assert found.outputs["safe"] == "none"
    assert isinstance(found.outputs["not"], Unknown)


def test_functions_and_variables_are_imported() -> None:
    other = "@export()\nvar it = 'x'\n@export()\nfunc twice(a string) string => '${a}${a}'"
    text = "import { it, twice as double } from 'o.bicep'\nimport * as o from 'o.bicep'\n"
    text += "output all array = [it, double(it), o.it, o.twice('y')]"
    assert deployed(text, others={"o.bicep": other}).outputs["all"] == ["x", "xx", "x", "yy"]


def test_content_is_loaded_from_beside_the_file() -> None:
    text = "output it array = [loadJsonContent('a.json').b, loadTextContent('a.json')]"
    assert deployed(text, others={"a.json": '{"b": 1}'}).outputs["it"] == [1, '{"b": 1}']


def test_a_parameter_with_one_allowed_value_has_it() -> None:
    assert deployed("@allowed(['uksouth'])\nparam l string\noutput it string = l").outputs["it"] == "uksouth"


MODULE = {"m.bicep": "param a string\nparam b int = 1\noutput it string = a"}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("var a = b", "infra/main.bicep:1", "'b' is not declared"),
        ("var a = 1\nvar a = 2", "infra/main.bicep:2", "'a' is declared twice"),
        ("var a = b\nvar b = a", "infra/main.bicep:2", "'a' depends on itself"),
        ("var a = tolower('A')", "infra/main.bicep:1", "there is no function 'tolower'"),
        ("var a = {}\nvar b = a.c", "infra/main.bicep:2", "there is no 'c' to take"),
        ("var a = [1][4]", "infra/main.bicep:1", "there is no 4 to take"),
        ("var a = 1 + 'b'", "infra/main.bicep:1", "'+' cannot work on these values"),
        ("var a = {\n  b: 1\n  b: 2\n}", "infra/main.bicep:3", "'b' is there twice"),
        ("param a bool\nvar b = a", "infra/main.bicep:1", "a is to be a bool and is given 'x'"),
        ("@allowed(['b'])\nparam a string\nvar c = a", "infra/main.bicep:2", "a may not be 'x'"),
        ("module m 'm.bicep' = {\n  params: { a: 'x', c: 1 }\n}", "infra/main.bicep:1", "has no parameter 'c'"),
        ("module m 'm.bicep' = {\n  params: {}\n}", "infra/main.bicep:1", "lacks parameter 'a'"),
        ("module m 'm.bicep' = {\n  params: { a: 1 }\n}", "infra/m.bicep:1", "a is to be a string and is given 1"),
        ("module m 'n.bicep' = {}", "infra/n.bicep:1", "cannot be read"),
        ("import { no } from 'm.bicep'", "infra/main.bicep:1", "declares no 'no'"),
        ("resource a 'y@1' = { name: 'b' }", "infra/main.bicep:1", "'y@1' names no provider"),
        ("resource a 'X/y@1' = if (1) { name: 'b' }", "infra/main.bicep:1", "neither true nor false"),
        (f"{ACCOUNT}output b string = a::c.id", "infra/main.bicep:5", "no resource 'c' is nested there"),
    ],
)
def test_what_does_not_fit_together_is_said_with_its_place(text: str, where: str, what: str) -> None:
    given = {"a": "x"} if text.startswith(("param a", "@allowed")) else {}
    with pytest.raises(Unreadable) as wrong:
        deployed(text, others=MODULE, **given)
    assert str(wrong.value).startswith(f"{where}: ")
    assert what in str(wrong.value)


def test_a_parameter_that_main_does_not_have_is_refused() -> None:
    with pytest.raises(Unreadable, match="there is no parameter 'nonsense'"):
        deployed("var a = 1", nonsense=1)
