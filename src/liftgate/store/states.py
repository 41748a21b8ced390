"""The states of ``access.state`` said in SQL, so that the database can filter by them. A property test holds the two in step."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, and_, bindparam, false, or_

from liftgate.access.model import EndingKind
from liftgate.access.state import LIVE
from liftgate.store.columns import Moment
from liftgate.store.errors import UnknownState
from liftgate.store.tables import endings, grants, requests

_Now: TypeAlias = ColumnElement[datetime]
_Clauses: TypeAlias = Mapping[str, Callable[[_Now], ColumnElement[bool]]]

_AT: Final = bindparam("now", type_=Moment())
_OPEN: Final = requests.c.outcome.is_(None)
_NOT_ENDED: Final = endings.c.grant_id.is_(None)  # of an outer join

REQUEST_STATES: Final[_Clauses] = {
    "pending": lambda now: and_(_OPEN, requests.c.lapses_at > now),
    "lapsed": lambda now: and_(_OPEN, requests.c.lapses_at <= now),
    "approved": lambda _: requests.c.outcome == "approved",
    "denied": lambda _: requests.c.outcome == "denied",
    "cancelled": lambda _: requests.c.outcome == "cancelled",
}

GRANT_STATES: Final[_Clauses] = {
    "scheduled": lambda now: and_(_NOT_ENDED, grants.c.ends_at > now, grants.c.starts_at > now),
    "active": lambda now: and_(_NOT_ENDED, grants.c.ends_at > now, grants.c.starts_at <= now),
    "ended": lambda now: and_(_NOT_ENDED, grants.c.ends_at <= now),
    "revoked": lambda _: endings.c.kind == EndingKind.REVOKED.value,
    "returned": lambda _: endings.c.kind == EndingKind.RETURNED.value,
}

_PENDING: Final = frozenset({"pending"})


def are_few_requests(states: frozenset[str] | None) -> bool:
    """Whether only what waits now is asked for: few, however many requests are past."""
    return states == _PENDING


def are_few_grants(states: frozenset[str] | None) -> bool:
    """Whether only what is live now is asked for: few, however many grants are past."""
    return states is not None and bool(states) and states <= LIVE


def requests_in(states: Iterable[str]) -> ColumnElement[bool]:
    """Requests that are in one of these states at the parameter ``now``."""
    return _any_of(REQUEST_STATES, states)


def grants_in(states: Iterable[str]) -> ColumnElement[bool]:
    """Grants, outer-joined with their endings, that are in one of these states at the parameter ``now``."""
    wanted = frozenset(states)
    matching = _any_of(GRANT_STATES, wanted)
    # Said once more outside the OR, so that the index on the end of a window leads.
    return and_(grants.c.ends_at > _AT, matching) if wanted and wanted <= LIVE else matching


def _any_of(clauses: _Clauses, states: Iterable[str]) -> ColumnElement[bool]:
    words = sorted(states)
    for word in words:
        if word not in clauses:
            raise UnknownState(
                f"`{word[:40]}` is not a state", advice="use " + ", ".join(clauses), value=word[:40]
            )
    return or_(false(), *(clauses[word](_AT) for word in words))
