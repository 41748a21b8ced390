"""What the address of a page asks for, read by the very model of the API's query: one rule for both."""

from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, ValidationError

from liftgate.server.errors import BadInput
from liftgate.server.wording import field_names, in_words

Q = TypeVar("Q", bound=BaseModel)

_MOST_LISTED: Final = 20


def asked(request: Request, shape: type[Q], **read: object) -> Q:
    """The query of a page's address. Fields that were left empty were not filled in; ``read`` stands for fields that were read elsewhere.

    Raises ``BadInput``.
    """
    given: dict[str, object] = {}
    for name, value in request.query_params.multi_items()[:_MOST_LISTED]:
        if name in given:
            raise BadInput(
                f"`{name[:40]}` stands there more than once", advice="leave one of them", where=name[:40]
            )
        if value:
            given[name] = value
    given.update({name: value for name, value in read.items() if value is not None})
    return checked(shape, given, what="address")


def checked(shape: type[Q], given: Mapping[str, object], *, what: str = "form") -> Q:
    """What was given, held to the model that the API holds a call to. Raises ``BadInput``."""
    try:
        return shape.model_validate(given)
    except ValidationError as fault:
        raise in_words(fault.errors(), kind=BadInput, what=what, known=field_names(shape)) from None


def address(path: str, fields: Mapping[str, object]) -> str:
    """An address of a page, without the fields that are empty."""
    filled = {name: str(value) for name, value in fields.items() if value is not None and value != ""}
    return f"{path}?{urlencode(filled)}" if filled else path


def here(request: Request) -> str:
    """The address of the page itself, by which it keeps itself up to date."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
