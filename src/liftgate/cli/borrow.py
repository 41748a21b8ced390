"""Borrowing a session: from the cache while it is good, else from the server, once for all processes that ask.

Three things are never done: printing credentials that are over, printing an end that is later than the window's, and
lending twice where one session would do.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liftgate.cli.answers import GrantAnswer, read_grant
from liftgate.cli.cache import CHECK_AGAIN_AFTER, session_text
from liftgate.cli.errors import AnswerUnreadable, SessionEnded
from liftgate.cli.fields import JsonObject, moment, text
from liftgate.cli.pick import check_active, pick_grant
from liftgate.cli.ports import Api
from liftgate.cli.problem import ServerSaysConflict
from liftgate.cli.shelf import Borrowed, Kept, Shelf
from liftgate.clock import Clock, rfc3339
from liftgate.errors import Conflict, NotFound, Refused, Unauthenticated, Unavailable

_REFRESH_BEFORE: Final = 300  # seconds before a session's end, or …
_REFRESH_AT_SHARE: Final = 0.2  # … this share of its life, whichever comes first

# The connection broke after the server lent a session; asked again with the same Idempotency-Key, it has no secret left.
_LOST: Final = "secret_handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrower:
    """Borrows for one context. ``connect`` is called only where the server has to be asked."""

    shelf: Shelf
    connect: Callable[[], Api]
    clock: Clock
    warn: Callable[[str], None]

    def borrow(self, wanted: str | None) -> Borrowed:
        """A session under a grant, by its id, or under the only active one."""
        fresh = self.shelf.fresh(wanted, self._now())
        if fresh:
            return fresh
        with self.shelf.locked():
            return self.shelf.fresh(wanted, self._now()) or self._renewed(wanted)

    def _renewed(self, wanted: str | None) -> Borrowed:
        kept = self.shelf.alive(wanted, self._now())
        try:
            return self._from_server(wanted)
        except (Unavailable, Unauthenticated) as error:
            if kept is None or self._now() >= kept.ends_at:
                raise
            # AWS still honours it, and what runs under it should not stop because Liftgate cannot be asked.
            self.warn(f"going on with the session at hand: {error}")
            self._put_off(kept, was_picked=wanted is None)
            return Borrowed(grant=kept.grant, document=kept.document)
        except (Refused, NotFound, Conflict):
            self.shelf.drop(wanted)
            raise

    def _from_server(self, wanted: str | None) -> Borrowed:
        api = self.connect()
        if wanted is None:
            grant = pick_grant(api)
            self.shelf.keep_pick(grant.id, self._now())
        else:
            grant = read_grant(api.get(f"/grants/{wanted}"))
            check_active(grant, self.clock())
        kept = self.shelf.session(grant.id, self._now())
        if kept is not None and self._now() < kept.refresh_at:
            self.shelf.keep(kept.grant, _checked(kept, self._now(), kept.refresh_at), self._now())
            return Borrowed(grant=grant.id, document=kept.document)
        return Borrowed(grant=grant.id, document=self._lent(api, grant))

    def _lent(self, api: Api, grant: GrantAnswer) -> str:
        answer = _handed_over(api, f"/grants/{grant.id}/sessions")
        ends_at = min(moment(answer, "expires_at"), grant.ends_at)
        document = _document(answer, ends_at)
        now = self._now()
        ends = (ends_at - api.server_ahead).timestamp()
        if ends <= now:
            raise SessionEnded(
                f"the session under `{grant.id}` was over before it reached us",
                advice="ask for a longer time: liftgate request",
            )
        goes_on = grant.ends_at > ends_at
        kept = session_text(
            document,
            lent_at=int(now),
            refresh_at=int(_refresh_at(now, ends) if goes_on else ends),
            ends_at=int(ends),
            checked_at=int(now),
        )
        self.shelf.keep(grant.id, kept, now)
        return document

    def _put_off(self, kept: Kept, *, was_picked: bool) -> None:
        """Leave the server alone for a while: a process that waits for it at each of its AWS calls would crawl."""
        now = self._now()
        later = min(kept.ends_at, int(now) + CHECK_AGAIN_AFTER)
        self.shelf.keep(kept.grant, _checked(kept, now, max(kept.refresh_at, later)), now)
        if was_picked:
            self.shelf.keep_pick(kept.grant, now)

    def _now(self) -> float:
        return self.clock().timestamp()


def _handed_over(api: Api, path: str) -> JsonObject:
    try:
        return api.post(path)
    except ServerSaysConflict as error:
        if error.server_code != _LOST:
            raise
    return api.post(
        path
    )  # a new call with a new key: the lost session is in nobody's hands, and ends by itself


def _refresh_at(lent_at: float, ends_at: float) -> float:
    life = ends_at - lent_at
    early = min(ends_at - _REFRESH_BEFORE, ends_at - life * _REFRESH_AT_SHARE)
    return max(early, lent_at + life / 2)  # a very short session is not lent again at once


def _checked(kept: Kept, now: float, refresh_at: int) -> str:
    return session_text(
        kept.document,
        lent_at=kept.lent_at,
        refresh_at=refresh_at,
        ends_at=kept.ends_at,
        checked_at=int(now),
    )


def _document(answer: JsonObject, ends_at: datetime) -> str:
    names = {
        "AccessKeyId": "access_key_id",
        "SecretAccessKey": "secret_access_key",
        "SessionToken": "session_token",
    }
    parts = {ours: text(answer, theirs) for ours, theirs in names.items()}
    if not all(part and part.isascii() and part.isprintable() for part in parts.values()):
        raise AnswerUnreadable("the lent session cannot be read", advice="tell those who run the server")
    whole_seconds = ends_at.replace(microsecond=0)
    return json.dumps({"Version": 1, **parts, "Expiration": rfc3339(whole_seconds)})
