"""Reads typed fields out of JSON that a server sent; whatever is not as the contract says is one error."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from liftgate.cli.errors import AnswerUnreadable, BadValue

JsonObject: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


def as_object(value: object, where: str = "answer") -> JsonObject:
    """A JSON object. Raises ``AnswerUnreadable``, as all here do."""
    if not isinstance(value, dict):
        raise unreadable(where)
    return value


def text(source: JsonObject, name: str) -> str:
    """A text, perhaps empty."""
    value = source.get(name)
    if not isinstance(value, str):
        raise unreadable(name)
    return value


def texts(source: JsonObject, name: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(item if isinstance(item, str) else _raise(name) for item in items(source, name))


def number(source: JsonObject, name: str) -> int:
    """A whole number."""
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise unreadable(name)
    return value


def flag(source: JsonObject, name: str) -> bool:
    """True or false."""
    value = source.get(name)
    if not isinstance(value, bool):
        raise unreadable(name)
    return value


def moment(source: JsonObject, name: str) -> datetime:
    """A moment in RFC 3339."""
    try:
        value = datetime.fromisoformat(text(source, name))
    except ValueError:
        raise unreadable(name) from None
    if value.tzinfo is None:
        raise unreadable(name)
    return value.astimezone(UTC)


def seconds(source: JsonObject, name: str) -> timedelta:
    """A span that is sent as a number of seconds."""
    try:
        return timedelta(seconds=number(source, name))
    except OverflowError:
        raise unreadable(name) from None


def items(source: JsonObject, name: str) -> list[Any]:
    """A list of anything."""
    value = source.get(name)
    if not isinstance(value, list):
        raise unreadable(name)
    return value


def optional(read: Callable[[JsonObject, str], T], source: JsonObject, name: str) -> T | None:
    """What ``read`` reads, or None where the field is null or missing."""
    return None if source.get(name) is None else read(source, name)


def _raise(name: str) -> str:
    raise unreadable(name)


def own_id(source: JsonObject, check: Callable[[str], str]) -> str:
    """Its `id`, as ``check`` lets it pass. Raises ``AnswerUnreadable``."""
    try:
        return check(text(source, "id"))
    except BadValue:
        raise unreadable("id") from None


def unreadable(name: str) -> AnswerUnreadable:
    """The error for a field that is not as the contract says."""
    return AnswerUnreadable(
        f"the server's answer cannot be read: `{name}` is missing or not what it should be",
        advice="is this liftgate as new as the server? compare: liftgate doctor",
        where=name,
    )
