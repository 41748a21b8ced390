"""What is known of grants, read from the server page by page and put together."""

from liftgate.cli.fields import JsonObject, items
from liftgate.cli.pages import pages
from liftgate.cli.ports import Api

_TOGETHER = ("grants", "sessions", "elevated_roles", "brokers")


def all_known(api: Api, since: str, until: str) -> JsonObject:
    """All pages as one answer. What two pages say alike is there once, and in the order in which it came."""
    found: dict[str, dict[str, object]] = {name: {} for name in _TOGETHER}
    for page in pages(api, "/watch/known", **{"from": since, "until": until}):
        for name in _TOGETHER:
            found[name] |= {repr(one): one for one in items(page, name)}
    return {name: list(things.values()) for name, things in found.items()}
