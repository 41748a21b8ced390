"""All pages of a list of the server, one after another."""

from collections.abc import Iterator

from liftgate.cli.fields import JsonObject, optional, text
from liftgate.cli.ports import Api


def pages(api: Api, path: str, **asked: str | int | None) -> Iterator[JsonObject]:
    """Each page as the server answers it, until it says that there is no next one."""
    cursor: str | None = None
    while True:
        page = api.get(path, cursor=cursor, **asked)
        yield page
        cursor = optional(text, page, "next_cursor")
        if cursor is None:
            return
