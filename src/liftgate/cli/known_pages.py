"""What is known of grants, read from the server page by page and put together."""

from liftgate.cli.fields import JsonObject, items, optional, text
from liftgate.cli.ports import Api

_TOGETHER = ("grants", "sessions", "elevated_roles", "brokers")


def all_known(api: Api, since: str, until: str) -> JsonObject:
    """All pages as one answer. What two pages say alike is there once, and in the order in which it came."""
    found: dict[str, dict[str, object]] = {name: {} for name in _TOGETHER}
    cursor: str | None = None
    while True:
        page = api.get("/watch/known", **{"from": since, "until": until, "cursor": cursor})
        for name in _TOGETHER:
            found[name] |= {repr(one): one for one in items(page, name)}
        cursor = optional(text, page, "next_cursor")
        if cursor is None:
            return {name: list(things.values()) for name, things in found.items()}
