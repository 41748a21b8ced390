"""From what was raised to what is answered: the one place that knows HTTP statuses, in problem documents of RFC 9457."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from liftgate.errors import (
    Conflict,
    Corrupt,
    Invalid,
    LiftgateError,
    NotFound,
    Refused,
    Unauthenticated,
    Unavailable,
)
from liftgate.server.errors import BodyTooLarge, Internal, MethodNotAllowed, WrongMediaType

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 2

# From the particular to the family: the first that fits counts.
_STATUS: Final[Mapping[type[LiftgateError], HTTPStatus]] = {
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    BodyTooLarge: HTTPStatus.CONTENT_TOO_LARGE
    if hasattr(HTTPStatus, "CONTENT_TOO_LARGE")
    else HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    WrongMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Invalid: HTTPStatus(422),
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Refused: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Corrupt: HTTPStatus.INTERNAL_SERVER_ERROR,
}
_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="liftgate"'},  # RFC 6750, section 3
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}


def status_of(error: LiftgateError) -> HTTPStatus:
    """The HTTP status that says what family an error is of."""
    return next(
        (status for kind, status in _STATUS.items() if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def problem(error: LiftgateError, request_id: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """The answer for an error."""
    status = status_of(error)
    document = {**_fault(error), "status": status.value, "request_id": request_id}
    if error.also:
        document["also"] = [_fault(other) for other in error.also]
    return Response(
        json.dumps(document),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**_HEADERS.get(status, {}), **(headers or {})},
    )


def internal_fault() -> Internal:
    """What is said of an error that nobody foresaw: nothing, since its text may quote anything."""
    return Internal(
        "something went wrong that Liftgate did not foresee",
        advice="tell those who run the server the request id; their log says more",
    )


def title_of(kind: type[LiftgateError]) -> str:
    """What all problems of one code have in common: the first sentence of what the class says of itself."""
    return (kind.__doc__ or kind.code).strip().split(". ")[0].split("\n")[0].rstrip(".")


def _fault(error: LiftgateError) -> dict[str, Any]:
    optional = {"value": error.value, "where": error.where}
    return {
        "type": f"https://liftgate.dev/problems/{error.code}",
        "title": title_of(type(error)),
        "detail": error.sentence,
        "code": error.code,
        "advice": error.advice,
    } | {name: text for name, text in optional.items() if text is not None}
