"""What the server says when it says no: a problem document (RFC 9457) as one error of the right family."""

from collections.abc import Mapping
from typing import Any, Final

from liftgate.errors import Conflict, Invalid, LiftgateError, NotFound, Refused, Unauthenticated, Unavailable


class FromServer(LiftgateError):
    """What every error that the server answered has: its stable code there, and the id under which it is logged."""

    server_code: str | None = None
    request_id: str | None = None


class ServerSaysInvalid(FromServer, Invalid):
    """What we sent cannot be read."""

    code = "server_says_invalid"


class ServerSaysUnauthenticated(FromServer, Unauthenticated):
    """The server does not know who is asking."""

    code = "server_says_unauthenticated"


class ServerSaysRefused(FromServer, Refused):
    """The rules say no."""

    code = "server_says_refused"


class ServerSaysNotFound(FromServer, NotFound):
    """No such thing, or none that we may know of."""

    code = "server_says_not_found"


class ServerSaysConflict(FromServer, Conflict):
    """The thing is in another state."""

    code = "server_says_conflict"


class ServerSaysUnavailable(FromServer, Unavailable):
    """The server cannot do it now."""

    code = "server_says_unavailable"


_MOST_FAULTS: Final = 50  # more than that nobody reads
_BY_STATUS: Final[Mapping[int, type[FromServer]]] = {
    401: ServerSaysUnauthenticated,
    403: ServerSaysRefused,
    404: ServerSaysNotFound,
    409: ServerSaysConflict,
    429: ServerSaysUnavailable,
}
_ADVICE: Final[Mapping[type[FromServer], str]] = {
    ServerSaysInvalid: "change what was asked for and try again",
    ServerSaysUnauthenticated: "try: liftgate doctor",
    ServerSaysRefused: "ask somebody who may",
    ServerSaysNotFound: "try: liftgate status",
    ServerSaysConflict: "look at it first: liftgate show ID",
    ServerSaysUnavailable: "try again in a moment",
}


def problem_error(status: int, document: Mapping[str, Any]) -> FromServer:
    """The error for an HTTP status of 400 or more and the document that came with it.

    Whatever is missing in it, or is not a text, is made up for.
    """
    family = _BY_STATUS.get(status, ServerSaysInvalid if status < 500 else ServerSaysUnavailable)
    more = document.get("also")
    others = [one for one in more if isinstance(one, dict)] if isinstance(more, list) else []
    also = tuple(_fault(family, status, one) for one in others[:_MOST_FAULTS])
    error = _fault(family, status, document, also)
    error.request_id = _text(document, "request_id")
    return error


def _fault(
    family: type[FromServer], status: int, document: Mapping[str, Any], also: tuple[FromServer, ...] = ()
) -> FromServer:
    error = family(
        _text(document, "detail") or _text(document, "title") or f"the server answered {status}",
        advice=_text(document, "advice") or _ADVICE[family],
        value=_text(document, "value"),
        where=_text(document, "where"),
        also=also,
    )
    error.server_code = _text(document, "code")
    return error


def _text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value[:2000] if isinstance(value, str) and value else None
