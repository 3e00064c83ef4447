"""Records by chance: any value a record type admits, built from its type hints, always the same ones in each run."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import settings
from hypothesis import strategies as st

# A build server must not fail for being slow, nor for a case nobody can repeat.
steady = settings(deadline=None, derandomize=True, database=None, max_examples=60)

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.datetimes(timezones=st.just(UTC))
around_now = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
spans = st.timedeltas(timedelta(0), timedelta(days=4000))

PLAIN: Mapping[type, Callable[[], st.SearchStrategy[Any]]] = {
    str: lambda: texts,
    bool: st.booleans,
    int: lambda: st.integers(-SAFE, SAFE),
    bytes: lambda: st.binary(min_size=32, max_size=32),
    datetime: lambda: moments,
    date: st.dates,
}


def any_of(kind: type[Any], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any record of type `kind`; the fields in `given` are of those strategies."""
    hints = get_type_hints(kind)
    drawn = {f.name: _of(hints[f.name]) for f in fields(kind) if f.init}
    return st.builds(kind, **{**drawn, **given})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return st.one_of(*(st.none() if arg is types.NoneType else _of(arg) for arg in get_args(hint)))
    if origin is tuple:
        return st.lists(_of(get_args(hint)[0]), max_size=3).map(tuple)
    plain = getattr(hint, "__supertype__", hint)
    if plain in PLAIN:
        return PLAIN[plain]()
    return st.sampled_from(plain) if issubclass(plain, Enum) else any_of(plain)
