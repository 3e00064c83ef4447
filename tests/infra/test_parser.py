"""The parser reads the Bicep people write today, binds as Microsoft's does, and says where it cannot read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.bicep import tree
from tools.bicep.statements import parse
from tools.bicep.unreadable import Unreadable

INFRA = sorted((Path(__file__).parents[2] / "infra").glob("*.bicep"))
FEATURES = {
    "a comment over lines": ("/* a\n b */\nvar a = 1 // c", tree.Variable),
    "a suppressed diagnostic": ("#disable-next-line no-unused-vars\nvar a = 1", tree.Variable),
    "escapes": (r"var a = 'it\'s \${x} \u{1F600} \\ \n'", tree.Variable),
    "interpolation in interpolation": ("var a = '${b}-${c ? '${d}' : 'e'}'", tree.Variable),
    "a long string": ("var a = '''\n it's ${not} one\n'''", tree.Variable),
    "a long string that interpolates": ("var a = $'''\n it's ${one}\n'''", tree.Variable),
    "a typed variable": ("var a string[] = ['b']", tree.Variable),
    "a spread in an object": ("var a = { ...b, c: 1 }", tree.Variable),
    "a spread in an array": ("var a = [...b, 1]", tree.Variable),
    "commas and no commas": ("var a = { b: 1, c: 2\n d: [1, 2\n 3] }", tree.Variable),
    "a key in quotes": ("var a = { 'b-c': 1, '${d}': 2 }", tree.Variable),
    "keys that are words of the language": ("var a = { resource: 1, module: 2, for: 3, if: 4 }", tree.Variable),
    "a ternary over lines": ("var a = b\n  ? c\n  : d", tree.Variable),
    "an operator before the line's end": ("var a = b &&\n  c", tree.Variable),
    "an operator at the line's begin": ("var a = b\n  && c\n  || d\n  ?? e", tree.Variable),
    "arithmetic over lines in parentheses": ("var a = (1\n  + 2)", tree.Variable),
    "safe access": ("var a = b.?c.?d[?0] ?? 'e'", tree.Variable),
    "an assurance": ("var a = b!.c", tree.Variable),
    "a nested resource's name": ("var a = b::c.id", tree.Variable),
    "a lambda": ("var a = map(b, c => c.d)", tree.Variable),
    "a lambda of two": ("var a = map(b, (c, i) => '${c}${i}')", tree.Variable),
    "a lambda of none": ("var a = f(() => 1)", tree.Variable),
    "arguments over lines": ("var a = union(\n  b,\n  c\n)", tree.Variable),
    "a namespace": ("var a = az.resourceGroup().id", tree.Variable),
    "a loop": ("var a = [for b in c: b]", tree.Variable),
    "a loop with a space and an index": ("var a = [ for (b, i) in c: {\n d: i\n}]", tree.Variable),
    "a loop over lines": ("var a = [\n  for b in c: {\n    d: b\n  }\n]", tree.Variable),
    "a parameter": ("param a string", tree.Parameter),
    "a parameter with a default": ("param a int = 1", tree.Parameter),
    "a nullable parameter": ("param a string?", tree.Parameter),
    "a union": ("param a 'b' | 'c' = 'b'", tree.Parameter),
    "a union over lines": ("type a = 'b'\n  | 'c'", tree.TypeDeclaration),
    "an inline object type": ("param a { b: string, c: int? }", tree.Parameter),
    "an array of an inline type": ("param a { b: string }[]", tree.Parameter),
    "any other member": ("param a { *: string }", tree.Parameter),
    "a member that is an array": ("type a = {\n  paths: string[]\n}", tree.TypeDeclaration),
    "a decorated member": ("type a = {\n  @description('b')\n  @minLength(1)\n  c: string\n}", tree.TypeDeclaration),
    "a tuple": ("type a = [string, int]", tree.TypeDeclaration),
    "a discriminated union": ("@discriminator('kind')\ntype a = b | c", tree.TypeDeclaration),
    "a union that begins with a bar": ("type a =\n  | 'b'\n  | 'c'", tree.TypeDeclaration),
    "a type of a resource": ("type a = resourceInput<'x/y@2020-01-01'>.properties", tree.TypeDeclaration),
    "a part of a type": ("type a = b.c[*]", tree.TypeDeclaration),
    "a negative literal type": ("param a -1 | 1", tree.Parameter),
    "decorators": ("@description('a')\n@sys.secure()\n@minLength(1)\nparam a string", tree.Parameter),
    "metadata in a decorator": ("@metadata({ azd: { type: 'location' } })\nparam a string", tree.Parameter),
    "an output": ("output a string = b.id", tree.Output),
    "a secret output": ("@secure()\noutput a string = b", tree.Output),
    "a function": ("func a(b string, c int[]) string => '${b}${c[0]}'", tree.Function),
    "a function over lines": ("@export()\nfunc a(\n  b string\n) object => {\n  c: b\n}", tree.Function),
    "a resource": ("resource a 'X/y@2020-01-01' = {\n  name: 'b'\n}", tree.Resource),
    "an existing resource": ("resource a 'X/y@2020-01-01' existing = { name: 'b' }", tree.Resource),
    "a conditional resource": ("resource a 'X/y@2020-01-01' = if (b) {\n  name: 'c'\n}", tree.Resource),
    "a resource in a loop": ("resource a 'X/y@2020-01-01' = [for b in c: {\n  name: b\n}]", tree.Resource),
    "a conditional loop": ("resource a 'X/y@2020-01-01' = [for b in c: if (b.d) {\n  name: b.e\n}]", tree.Resource),
    "a nested resource": ("resource a 'X/y@2020-01-01' = {\n  resource b 'z' = { name: 'c' }\n}", tree.Resource),
    "a decorated nested resource": ("resource a 'X/y@1' = {\n  @batchSize(1)\n  resource b 'z' = {}\n}", tree.Resource),
    "a module": ("module a 'b.bicep' = {\n  params: {}\n}", tree.Module),
    "a conditional module": ("module a 'b.bicep' = if (c) {\n  params: {}\n}", tree.Module),
    "an import": ("import { a, b as c } from 'd.bicep'", tree.Import),
    "an import of everything": ("import * as a from 'b.bicep'", tree.Import),
    "a target scope": ("targetScope = 'subscription'", tree.Scope),
    "metadata": ("metadata a = { b: 'c' }", tree.Aside),
    "an assertion": ("assert a = b == 1", tree.Aside),
    "an extension": ("extension 'br:c/d:1' with { e: 1 } as f", tree.Aside),
    "a parameter file": ("using 'main.bicep'", tree.Aside),
    "a parameter file of none": ("using none", tree.Aside),
}  # fmt: skip
ALPHABET = "{}[]()':,.?!|&=<>+-*/%@#$\\\n abc1"


@pytest.mark.parametrize("name", FEATURES)
def test_each_feature_is_read_as_what_it_is(name: str) -> None:
    text, kind = FEATURES[name]
    statements = parse(text, "sample.bicep")
    assert [type(each) for each in statements] == [kind]


def test_names_and_texts_are_not_the_same() -> None:
    first, second = parse("var a = location\nvar b = 'location'", "sample.bicep")
    assert isinstance(first, tree.Variable)
    assert isinstance(second, tree.Variable)
    assert isinstance(first.value, tree.Name)
    assert isinstance(second.value, tree.Literal)


def test_no_sibling_of_a_nested_resource_is_lost() -> None:
    text = "resource a 'X/y@1' = {\n resource b 'z' = {}\n name: 'n'\n resource c 'z' = {}\n}"
    (resource,) = parse(text, "sample.bicep")
    assert isinstance(resource, tree.Resource)
    assert isinstance(resource.body, tree.ObjectLiteral)
    assert [each.name for each in resource.body.resources] == ["b", "c"]


def test_a_statement_knows_its_lines() -> None:
    text = "/* first\n second */\nvar a = '''\nx\n'''\n\n@secure()\nparam b string = '${\n'c'}'\nvar d = {\n}"
    lines = [(each.line, each.last_line) for each in parse(text, "sample.bicep")]
    assert lines == [(3, 3), (8, 8), (10, 11)]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("var a = 'b", "x.bicep:1", "the string is not closed"),
        ("var a = 1\nvar b = '''c", "x.bicep:2", "the string is not closed"),
        ("/* a", "x.bicep:1", "the comment is not closed"),
        ("var a = '${b", "x.bicep:1", "the interpolation is not closed"),
        (r"var a = '\q'", "x.bicep:1", r"\q is no escape"),
        ("var a = ~", "x.bicep:1", "'~' begins nothing"),
        ("var a =\n\n}", "x.bicep:3", "expected a value"),
        ("var a = 1 2", "x.bicep:1", "goes on with '2'"),
        ("variable a = 1", "x.bicep:1", "'variable' begins no statement"),
        ("var a = {\n  b: 1 c: 2\n}", "x.bicep:2", "expected '}' or a new line, found 'c'"),
        ("resource a 'X/y@1' = {\n  @secure()\n  param b string\n}", "x.bicep:3", "only a resource may be nested"),
        ("resource a '${b}' = {}", "x.bicep:1", "expected a string without interpolation"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, where: str, what: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        parse(text, "x.bicep")
    assert str(wrong.value).startswith(f"{where}: ")
    assert what in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_what_is_nested_too_deep_is_said_and_not_a_crash() -> None:
    with pytest.raises(Unreadable, match="nested too deep"):
        parse("var a = " + "(" * 5000, "x.bicep")


def readable_or_said(text: str) -> None:
    try:
        parse(text, "x.bicep")
    except Unreadable as wrong:
        assert str(wrong).startswith("x.bicep:")  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("path", INFRA, ids=lambda path: path.name)
@given(st.data())
def test_a_file_cut_off_anywhere_is_read_or_said(path: Path, data: st.DataObject) -> None:
    text = path.read_text()
    readable_or_said(text[: data.draw(st.integers(min_value=0, max_value=len(text)))])


@given(st.sampled_from(sorted(FEATURES)), st.data())
def test_a_feature_cut_off_or_disturbed_is_read_or_said(name: str, data: st.DataObject) -> None:
    text = FEATURES[name][0]
    at = data.draw(st.integers(min_value=0, max_value=len(text)))
    readable_or_said(text[:at])
    readable_or_said(text[:at] + data.draw(st.text(ALPHABET, max_size=6)) + text[at:])


@given(st.text(ALPHABET, max_size=60))
def test_no_text_is_more_than_read_or_said(text: str) -> None:
    readable_or_said(text)
