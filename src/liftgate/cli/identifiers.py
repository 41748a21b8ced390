"""Ids as they are written on the command line."""

from typing import Final, Literal, TypeAlias

from liftgate.cli.errors import BadValue

Kind: TypeAlias = Literal["request", "grant", "finding"]
_ABSENCE: Final = "aw-"

_LENGTH: Final = 19
_ALPHABET: Final = frozenset("0123456789abcdefghjkmnpqrstvwxyz")
_KINDS: Final[dict[str, Kind]] = {"rq-": "request", "gr-": "grant", "fi-": "finding"}


def kind_of_id(text: str) -> Kind:
    """Whether an id names a request, a grant or a finding. Raises ``BadValue`` for what is neither; so no id leads out of its URL."""
    kind = _KINDS.get(text[:3])
    if kind is None or len(text) != _LENGTH or not _ALPHABET.issuperset(text[3:]):
        raise BadValue(
            f"`{text[:60]}` is not the id of a request or a grant",
            advice="an id looks like rq-0123456789abcdef or gr-0123456789abcdef; find yours with: liftgate status",
            value=text[:60],
        )
    return kind


def request_id(text: str) -> str:
    """An id that names a request. Raises ``BadValue``."""
    return _of_kind(text, "request")


def grant_id(text: str) -> str:
    """An id that names a grant. Raises ``BadValue``."""
    return _of_kind(text, "grant")


def absence_id(text: str) -> str:
    """An id that names an absence. Raises ``BadValue``."""
    if not text.startswith(_ABSENCE) or len(text) != _LENGTH or not _ALPHABET.issuperset(text[3:]):
        raise BadValue(
            f"`{text[:60]}` is not the id of an absence",
            advice="an id looks like aw-0123456789abcdef; find yours with: liftgate away",
            value=text[:60],
        )
    return text


def _of_kind(text: str, wanted: Kind) -> str:
    other = kind_of_id(text)
    if other != wanted:
        raise BadValue(
            f"`{text}` is a {other}, not a {wanted}",
            advice=f"its {wanted} is named by: liftgate show {text}",
            value=text,
        )
    return text
