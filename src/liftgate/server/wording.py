"""Pydantic's faults in our words: what is wrong, where, and what would be right."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from liftgate.catalogue.nearest import suggest
from liftgate.errors import Invalid

_LONGEST_VALUE: Final = 40
_SECRET: Final = frozenset(
    {
        "signature",
        "session_token",
        "authorization",
        "database_url",
        "accounts",
        "external_id",
        "token",
    }
)

# By pydantic's own names of what can be wrong; what stands in braces is in the fault's context.
_WRONG: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("is missing", "add it"),
    "string_type": ("is not a text", "write it in quotes"),
    "int_type": ("is not a whole number", "write digits, without quotes or a point"),
    "int_parsing": ("is not a whole number", "write digits only"),
    "int_from_float": ("is not a whole number", "write digits, without a point"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "bool_parsing": ("is neither true nor false", "write true or false"),
    "list_type": ("is not a list", "write it in square brackets"),
    "tuple_type": ("is not a list", "write it in square brackets"),
    "model_type": ("is not a JSON object", "write it in braces"),
    "model_attributes_type": ("is not a JSON object", "write it in braces"),
    "dict_type": ("is not a JSON object", "write it in braces"),
    "string_too_short": ("is too short", "write at least {min_length} characters"),
    "string_too_long": ("is too long", "write at most {max_length} characters"),
    "too_short": ("has too few entries", "give at least {min_length}"),
    "too_long": ("has too many entries", "give at most {max_length}"),
    "greater_than_equal": ("is too small", "give {ge} or more"),
    "less_than_equal": ("is too large", "give {le} or less"),
    "literal_error": ("is none of the words it may be", "write {expected}"),
    "enum": ("is none of the words it may be", "write {expected}"),
    "string_pattern_mismatch": ("does not have the form it should have", "write it in the form {pattern}"),
    "union_tag_invalid": ("is none of the words it may be", "write {expected_tags}"),
    "path_type": ("is not a path", "write the path of a file or folder, in quotes"),
    "none_required": ("must be left out", "leave it out"),
}


def in_words(
    faults: Iterable[ErrorDetails],
    *,
    kind: type[Invalid],
    what: str,
    known: Collection[str] = (),
    skip: int = 0,
    shows_values: bool = True,
    see: str = "docs/api.md",
) -> Invalid:
    """All faults as one error of ``kind``, the first with the others in ``also``.

    ``what`` is the thing as a whole ("body"), ``known`` the names that it may have, ``skip`` how many parts of each place
    name no field of it. ``see`` is where more is said.
    """
    first, *others = [_in_words(fault, kind, what, known, skip) for fault in faults]
    first.also = tuple(others)
    for one in (first, *others):
        one.advice = one.advice or f"see {see}"
        one.value = one.value if shows_values else None
    return first


def field_names(*models: type[BaseModel]) -> frozenset[str]:
    """Every field name in these models, for suggestions."""
    return frozenset(name for model in models for name in model.model_fields)


def _in_words(
    fault: ErrorDetails, kind: type[Invalid], what: str, known: Collection[str], skip: int
) -> Invalid:
    place = _place(fault["loc"][skip:])
    subject = f"`{place[:_LONGEST_VALUE]}`" if place else f"the {what}"
    context = fault.get("ctx", {})
    if fault["type"] == "extra_forbidden":
        name = str(fault["loc"][-1])[:_LONGEST_VALUE]
        advice = suggest(name, known, "leave it out" + (f"; there are {_listed(known)}" if known else ""))
        return kind(f"{subject} is not a field of the {what}", advice=advice, where=place[:_LONGEST_VALUE])
    if fault["type"] == "union_tag_not_found":
        subject, place = f"`{context['discriminator'].strip(chr(39))}`", what
    wrong, right = _words(fault)
    return kind(
        f"{subject} {wrong}",
        advice=right.format_map(_Readable(context)),
        value=_value(fault),
        where=place or what,
    )


def _words(fault: ErrorDetails) -> tuple[str, str]:
    if fault["type"] == "union_tag_not_found":
        return _WRONG["missing"]
    found = _WRONG.get(fault["type"])
    if found:
        return found
    wrong, _, right = fault["msg"].partition("; ")  # our own validators say what would be right after this
    return wrong, right.replace("{", "{{").replace("}", "}}")


def _place(parts: tuple[int | str, ...]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def _value(fault: ErrorDetails) -> str | None:
    if fault["type"] in {"missing", "union_tag_not_found"} or _SECRET.intersection(fault["loc"]):
        return None
    offered = fault["input"]
    return str(offered)[:_LONGEST_VALUE] if isinstance(offered, str | int) else None


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


class _Readable(dict[str, Any]):
    """A fault's context, in which a missing part does not hide the fault."""

    def __missing__(self, name: str) -> str:
        return name
