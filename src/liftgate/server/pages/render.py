"""From what a page shows to HTML: one environment, which escapes whatever anybody typed, and knows no script in a page."""

import gzip
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from liftgate.access.sight import is_guard, sees_all
from liftgate.server.browser.looks import Look
from liftgate.server.pages.static_files import static_address
from liftgate.server.pages.words import FILTERS

_LARGE: Final = 1_400  # bytes: what one packet holds gains nothing


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("liftgate.server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    made.globals["static"] = static_address
    return made


ENVIRONMENT: Final = _environment()


def page(
    request: Request, template: str, look: Look | None, *, now: datetime, status: int = 200, **shown: Any
) -> Response:
    """A whole page. ``look`` is None where nobody is signed in."""
    text = ENVIRONMENT.get_template(template).render(
        look=look, me=_me(look), now=now, path=request.url.path, **shown
    )
    body = text.encode()
    if len(body) > _LARGE and "gzip" in request.headers.get("accept-encoding", ""):
        # No secret stands twice in the same spelling in what is compressed: ``browser.form.csrf_token`` masks it anew.
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return HTMLResponse(
            gzip.compress(body, compresslevel=5, mtime=0), status_code=status, headers=headers
        )
    return HTMLResponse(body, status_code=status)


def go_to(path: str) -> Response:
    """After a form: the page that shows what it led to (RFC 9110, section 15.4.4)."""
    return RedirectResponse(path, status_code=303)


def _me(look: Look | None) -> Mapping[str, Any] | None:
    if look is None:
        return None
    person, catalogue = look.call.caller.person, look.call.catalogue
    return {
        "id": person.id,
        "name": person.name,
        "csrf": look.csrf,
        "sees_all": sees_all(person.id, catalogue),
        "is_guard": is_guard(person.id, catalogue),
        "reviews": bool(catalogue.duties_of(person.id).answers),
    }
