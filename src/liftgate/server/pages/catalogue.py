"""Who may get what, to be searched: each entitlement in plain words, with who may ask and who agrees."""

from fastapi import APIRouter, Request, Response

from liftgate.server.api.catalogue import CatalogueQuery, catalogue_shape
from liftgate.server.browser.looks import Looking
from liftgate.server.pages.asked import asked, here
from liftgate.server.pages.render import page

router = APIRouter(include_in_schema=False)


@router.get("/catalogue")
def catalogue(request: Request, look: Looking) -> Response:
    """The catalogue, as far as it concerns me."""
    query = asked(request, CatalogueQuery)
    return page(
        request,
        "catalogue.html",
        look,
        now=look.call.parts.clock(),
        here=here(request),
        query=query,
        found=catalogue_shape(look.call, query),
    )
