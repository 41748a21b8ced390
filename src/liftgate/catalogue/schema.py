"""The JSON Schema (draft 2020-12) of a catalogue file, for editors: derived from the same keys as the parser.

It is no wider than the parser, and in two ways narrower, for the sake of other readers of YAML: texts that look like
numbers must be quoted, and nothing may stand for nothing.
"""

from typing import Any, TypeAlias, assert_never

from liftgate.catalogue.keys import FILE
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
from liftgate.span import SPAN_FORM, in_words

Schema: TypeAlias = dict[str, Any]


def catalogue_schema() -> Schema:
    """The schema of one catalogue file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://liftgate.dev/catalogue.schema.json",
        "title": "Liftgate catalogue",
        "description": "What may be asked for, by whom, for how long, and who agrees.",
        **_record(FILE),
    }


def _record(record: Record) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in record.keys if key.required],
        "properties": {key.name: _key(key) for key in record.keys},
    }


def _key(key: Key) -> Schema:
    default = f" Left out: {key.default}." if key.default else ""
    return {"description": f"{key.says[0].upper()}{key.says[1:]}.{default}", **_shape(key.holds)}


def _shape(shape: Shape) -> Schema:
    match shape:
        case Texts():
            items = {
                "type": "array",
                "items": _value(shape.item),
                "uniqueItems": True,
                "maxItems": shape.most,
            }
            return {**items, "minItems": shape.least} if shape.least else items
        case ByName():
            names = {"pattern": f"^{shape.name.pattern}$"}
            return {"type": "object", "propertyNames": names, "additionalProperties": _shape(shape.value)}
        case Records():
            return {"type": "array", "items": _record(shape.item)}
        case Record():
            return _record(shape)
        case _:
            return _value(shape)


def _value(shape: Text | Whole | Flag | Span | Choice) -> Schema:
    match shape:
        case Text():
            return _text(shape)
        case Whole():
            return {"type": "integer", "minimum": shape.least, "maximum": shape.most}
        case Flag():
            return {"type": "boolean"}
        case Span():
            bounds = f"from {in_words(shape.least)} to {in_words(shape.most)}"
            return {"type": "string", "pattern": f"^{SPAN_FORM}$", "$comment": bounds}
        case Choice():
            return {"enum": [str(word) for word in shape.words]}
        case _:
            assert_never(shape)


def _text(text: Text) -> Schema:
    pattern = {"pattern": f"^{text.pattern}$"} if text.pattern else {}
    return {"type": "string", "minLength": 1, "maxLength": text.most, **pattern}
