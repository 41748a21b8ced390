"""Asks trackers over HTTPS: each at the address of the settings alone, once, for a bounded time, for a bounded answer."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import httpx

from liftgate import VERSION
from liftgate.access.errors import TicketUnknown, TrackerDown
from liftgate.access.ticket import TicketFound, tracker_unset
from liftgate.tickets.model import Tracker
from liftgate.tickets.wire import address_of, can_be_asked, headers_of, read_answer

LARGEST_ANSWER: Final = 256 * 1024  # bytes; one field of a ticket was asked for
Monotonic = Callable[[], float]


class HttpTrackers:
    """The trackers of the settings, by name."""

    def __init__(self, trackers: Iterable[Tracker], http: httpx.Client, monotonic: Monotonic) -> None:
        self._trackers: Mapping[str, Tracker] = {one.name: one for one in trackers}
        self._http = http
        self._monotonic = monotonic

    def look(self, tracker: str, ticket: str) -> TicketFound:
        """See ``access.ticket.Trackers``."""
        known = self._trackers.get(tracker)
        if known is None:
            raise tracker_unset(tracker)
        if not can_be_asked(ticket):
            raise TicketUnknown(
                f"`{ticket[:40]}` is no name that `{tracker}` can be asked for",
                advice="name a ticket of letters, digits and `. _ -`",
                value=ticket[:40],
                where="ticket",
            )
        status, body = self._ask(known, ticket)
        found = read_answer(known, ticket, status, _document(body))
        if found is None:
            raise _down(known, f"it answered {status}" if status != 200 else "its answer does not say")
        return found

    def _ask(self, tracker: Tracker, ticket: str) -> tuple[int, bytes]:
        limit = tracker.time_limit.total_seconds()
        until = self._monotonic() + limit
        body = bytearray()
        try:
            with self._http.stream(
                "GET",
                address_of(tracker, ticket),
                headers=headers_of(tracker),
                timeout=httpx.Timeout(limit),
            ) as answer:
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise _down(tracker, "its answer is packed, though that was not asked for")
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise _down(tracker, "its answer is too long")
                    if self._monotonic() > until:  # each byte may come in time, and the last one never
                        raise _down(tracker, "it took too long")
                return answer.status_code, bytes(body)
        except httpx.TimeoutException:
            raise _down(tracker, "it took too long") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise _down(tracker, "it cannot be reached") from None  # its text may quote the address


@contextmanager
def tracker_client() -> Iterator[httpx.Client]:
    """A client that follows nobody elsewhere and keeps nothing; no proxy and no `.netrc` comes between."""
    headers = {"User-Agent": f"liftgate/{VERSION}"}
    with httpx.Client(follow_redirects=False, trust_env=False, headers=headers) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield client


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _down(tracker: Tracker, how: str) -> TrackerDown:
    return TrackerDown(
        f"`{tracker.name}` did not say whether the ticket is open: {how}",
        advice="try again in a moment",
        value=tracker.name,
        where="ticket",
    )
