"""How each kind of tracker is asked for a ticket, and how its answer is read. Pure: nothing is sent here.

Jira Cloud: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get
ServiceNow: https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html (GET /api/now/table/{tableName})
"""

import base64
import re
from typing import Any, Final
from urllib.parse import quote, urlencode

from liftgate.access.ticket import TicketFound
from liftgate.tickets.model import Tracker, TrackerKind

# Narrower than any pattern of a catalogue need be: nothing that means something in a path, a query, or ServiceNow's `^`.
_TICKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_LONGEST_STATE: Final = 60
_NO_TICKET: Final = TicketFound(exists=False)


def can_be_asked(ticket: str) -> bool:
    """Whether a ticket's name is nothing but a name, wherever in an address it stands."""
    return _TICKET.fullmatch(ticket) is not None


def address_of(tracker: Tracker, ticket: str) -> str:
    """Where a ticket is read. The ticket ``can_be_asked``."""
    name = quote(ticket, safe="")
    match tracker.kind:
        case TrackerKind.JIRA:
            return f"{tracker.url}/rest/api/3/issue/{name}?fields=status"
        case TrackerKind.SERVICENOW:
            query = {
                "sysparm_query": f"number={ticket}",
                "sysparm_fields": ",".join(dict.fromkeys(("number", tracker.state.rpartition("/")[2]))),
                "sysparm_limit": "2",
                "sysparm_exclude_reference_link": "true",
            }
            return f"{tracker.url}/api/now/table/{quote(tracker.table, safe='')}?{urlencode(query)}"
        case TrackerKind.HTTP:
            return tracker.url.replace("{ticket}", name)


def headers_of(tracker: Tracker) -> dict[str, str]:
    """By which a tracker knows who asks."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if tracker.token is not None and tracker.user is not None:
        pair = base64.b64encode(f"{tracker.user}:{tracker.token}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    elif tracker.token is not None:
        headers["Authorization"] = f"Bearer {tracker.token}"
    return headers


def read_answer(tracker: Tracker, ticket: str, status: int, document: Any) -> TicketFound | None:
    """What an answer says of a ticket; None where it does not say, which is as if there were none.

    A tracker may answer with another ticket: Jira one that was moved, ServiceNow any, where it ignores a part of a query that
    it does not understand. Such an answer is of no such ticket.
    """
    if status == 404:
        return _NO_TICKET
    named = _named(tracker, ticket, document) if status == 200 else None
    if named is None:
        return None
    if named.lower() != ticket.lower():
        return _NO_TICKET
    return _state(tracker, at_pointer(document, tracker.state))


def _named(tracker: Tracker, ticket: str, document: Any) -> str | None:
    """Of which ticket an answer is; empty where it is of none, None where it does not say."""
    found: Any
    match tracker.kind:
        case TrackerKind.JIRA:
            found = at_pointer(document, "/key")
        case TrackerKind.SERVICENOW:
            result = at_pointer(document, "/result")
            if result == []:
                return ""
            # Two tickets of one number: which is meant?
            is_one = isinstance(result, list) and len(result) == 1
            found = at_pointer(document, "/result/0/number") if is_one else None
        case TrackerKind.HTTP:
            found = ticket
    return found if isinstance(found, str) else None


def at_pointer(document: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) points to; None where that is nothing."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and re.fullmatch("0|[1-9][0-9]{0,3}", name, re.ASCII):
            document = document[int(name)] if int(name) < len(document) else None
        else:
            return None
    return document


def _state(tracker: Tracker, found: Any) -> TicketFound | None:
    if isinstance(found, bool):
        found = "true" if found else "false"
    elif isinstance(found, int):
        found = str(found)
    if not isinstance(found, str):
        return None
    shown = "".join(one if one.isprintable() else "?" for one in found[:_LONGEST_STATE])
    return TicketFound(exists=True, is_open=found in tracker.open, state=shown)
