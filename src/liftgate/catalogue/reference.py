"""The keys of a record as a Markdown table, for the references under docs/: derived from the same keys as the parser."""

from collections.abc import Iterator
from typing import assert_never

from liftgate.catalogue.shape import (
    ByName,
    Choice,
    Flag,
    Key,
    Record,
    Records,
    Shape,
    Span,
    Text,
    Texts,
    Whole,
)
from liftgate.span import in_words


def key_table(record: Record) -> Iterator[str]:
    """A record's keys as the lines of a table: what each says and holds, and what holds where it is left out."""
    yield "| key | | what it says | value | left out |\n| --- | --- | --- | --- | --- |"
    for key in record.keys:
        need = "required" if key.required else ""
        yield f"| `{key.name}` | {need} | {cell(key.says)} | {cell(_value(key.holds))} | {_default(key)} |"
    yield ""


def _value(shape: Shape) -> str:
    match shape:
        case Text():
            text = shape.form
        case Whole():
            text = f"`{shape.least}`" if shape.least == shape.most else f"{shape.least} to {shape.most}"
        case Flag():
            text = "`true` or `false`"
        case Span():
            text = f"a duration from `{in_words(shape.least)}` to `{in_words(shape.most)}`"
        case Choice():
            text = " or ".join(f"`{word}`" for word in shape.words)
        case Texts():
            text = f"a list, each {shape.item.form}"
        case ByName():
            held = _held(shape.value)
            text = f"{held}, by {shape.name.form}"
        case Records():
            text = f"a list, each {shape.item.title}"
        case Record():
            text = f"{shape.title}: see below"
        case _:
            assert_never(shape)
    return text


def _held(value: Record | Texts | Text) -> str:
    if isinstance(value, Record):
        return value.title
    return "a list of ids" if isinstance(value, Texts) else value.form


def _default(key: Key) -> str:
    if key.default is None:
        return ""
    literal = not isinstance(key.holds, Texts | ByName | Record | Records | Text)
    return f"`{key.default}`" if literal else cell(key.default)


def cell(text: str) -> str:
    """A text that may stand in a table."""
    return text.replace("|", "\\|")
