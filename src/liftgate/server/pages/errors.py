"""What a page says when something is wrong."""

from typing import Final

from fastapi import Request, Response

from liftgate.errors import LiftgateError, NotFound, Refused, Unauthenticated, Unavailable
from liftgate.server.body import REQUEST_ID
from liftgate.server.browser.looks import looking
from liftgate.server.calls import parts_of
from liftgate.server.pages.render import page
from liftgate.server.pages.sign_in import to_sign_in
from liftgate.server.problems import status_of

_HEADINGS: Final = (
    (NotFound, "There is nothing here"),
    (Refused, "This is not for you to do"),
    (Unavailable, "Not just now"),
)


def error_page(request: Request, error: LiftgateError) -> Response:
    """A page in the words of the error; for whoever is not signed in, the way to sign in."""
    if isinstance(error, Unauthenticated):
        return to_sign_in(request, error)
    try:
        look = looking(request)
    except LiftgateError:
        look = None
    heading = next((words for kind, words in _HEADINGS if isinstance(error, kind)), "That did not work")
    return page(
        request,
        "error.html",
        look,
        now=parts_of(request).clock(),
        status=status_of(error),
        heading=heading,
        error=error,
        request_id=request.scope[REQUEST_ID],
    )
