"""Whether CloudTrail tells of calls on objects: the S3 calls of earlier drills came, or they did not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from liftgate.cli.check import Check, note, ok, unknown
from liftgate.cli.connection import Connection
from liftgate.cli.fields import JsonObject, as_object, items, moment, optional, text
from liftgate.span import in_words

_TITLE: Final = "data events"
_OF_A_DRILL: Final = "revocation drill"  # why its grant was revoked
_WITHIN: Final = timedelta(minutes=15)  # CloudTrail as a rule delivers within five minutes
_MOST: Final = 200  # revoked grants that are looked through
_NEXT: Final = "does the trail log data events of its buckets? docs/watch-sources.md"


def arrival_checks(here: Connection) -> Iterator[Check]:
    """Of each entitlement that was drilled, whether the drill's call came. No other event proves it: most trails log none on objects."""
    drills = _newest_drills(here)
    if not drills:
        yield unknown(
            _TITLE,
            "no earlier drill, by whose call it could be told whether calls on objects come",
            "liftgate doctor --all makes one: ask again in 15 minutes",
        )
        return
    now = moment(here.api.get("/watch/state"), "now")
    for entitlement, drill in sorted(drills.items()):
        yield _arrived(here, entitlement, drill, now)


def _newest_drills(here: Connection) -> dict[str, JsonObject]:
    """By entitlement. Lists are newest first."""
    found: dict[str, JsonObject] = {}
    for one in items(here.api.get("/grants", view="all", state="revoked", limit=_MOST), "items"):
        grant = as_object(one, "items")
        if optional(text, as_object(grant.get("ending"), "ending"), "reason") == _OF_A_DRILL:
            found.setdefault(text(grant, "entitlement"), grant)
    return found


def _arrived(here: Connection, entitlement: str, drill: JsonObject, now: datetime) -> Check:
    ago = now - moment(drill, "granted_at")
    whose = f"{entitlement}: the S3 call of the drill {in_words(ago)} ago"
    calls = items(here.api.get(f"/grants/{text(drill, 'id')}/activities"), "items")
    if any(text(as_object(one, "items"), "service") == "s3" for one in calls):
        return ok(_TITLE, f"{whose} came")
    if ago < _WITHIN:
        return unknown(_TITLE, f"{whose} has not come yet", "ask again in 15 minutes")
    return note(_TITLE, f"{whose} never came", _NEXT)
