"""The child that prints: `python -m shared.adapters.printing.child <cpu seconds> <bytes of memory>`.

A page of domain/transcript_print.py comes in as JSON, a PDF goes out. It is Typst that sets it: tagged for readers that
speak (PDF/UA-1), which also means that it refuses a text of which it cannot show every character. What the fonts do not
have was written as numbers before (fonts.py); should Typst see that otherwise, all that is not ASCII is.
"""

import io
import json
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst

from shared.adapters.printing.fonts import folders, in_order, numbered, printable

TEMPLATE = Path(__file__).parent / "trail.typ"


def main(cpu_seconds: int, memory: int) -> None:
    limit(cpu_seconds, memory)
    page = json.load(sys.stdin.buffer)
    try:
        raw = pdf(_each_text(page, printable))
    except typst.TypstError:
        raw = pdf(_each_text(page, numbered))
    sys.stdout.buffer.write(raw)


def limit(cpu_seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    if sys.platform != "darwin":  # which knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pdf(page: Mapping[str, Any]) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=folders())
    given = {"page": json.dumps(page), "fonts": json.dumps(in_order(fonts.families())), "code": _drawn(page["code"])}
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=fonts,
        sys_inputs=given,
        format="pdf",
        pdf_standards="ua-1",
        timestamp=datetime.fromisoformat(page["at"]).replace(microsecond=0),
    )


def _drawn(code: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(code, error="m").save(drawn, kind="svg", xmldecl=False, scale=4)
    return drawn.getvalue().decode()


def _each_text(value: Any, shown: Callable[[str], str]) -> Any:
    match value:
        case str():
            return shown(value)
        case list():
            return [_each_text(each, shown) for each in value]
        case dict():
            return {name: _each_text(each, shown) for name, each in value.items()}
    return value


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
