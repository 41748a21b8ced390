"""What somebody did with an entitlement before: what conditions of the catalogue may ask for."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, bindparam, case, exists, func, select

from liftgate.access.model import History
from liftgate.store.columns import Moment
from liftgate.store.tables import activities, endings, findings, grants, requests, sessions

_SINCE: Final = bindparam("since", type_=Moment())
_UNTIL: Final = bindparam("until", type_=Moment())
_USED: Final = exists().where(
    sessions.c.grant_id == grants.c.id, sessions.c.lent_at.is_not(None)
) | exists().where(activities.c.grant_id == grants.c.id)
_OVER: Final = (grants.c.ends_at <= _UNTIL) | (endings.c.ended_at <= _UNTIL)
_GRANTS: Final = (
    select(func.count(), func.sum(case((and_(_OVER, ~_USED), 1), else_=0)))
    .select_from(grants.outerjoin(endings))
    .where(
        grants.c.requester == bindparam("of_person"),
        grants.c.entitlement == bindparam("of_entitlement"),
        grants.c.granted_at >= _SINCE,
        grants.c.granted_at <= _UNTIL,
    )
)
_DENIED: Final = (
    select(func.count())
    .select_from(requests)
    .where(
        requests.c.requester == bindparam("of_person"),
        requests.c.entitlement == bindparam("of_entitlement"),
        requests.c.asked_at >= _SINCE,
        requests.c.asked_at <= _UNTIL,
        requests.c.outcome == "denied",
    )
)
_FINDINGS: Final = (
    select(func.count())
    .select_from(findings)
    .where(
        findings.c.person == bindparam("of_person"),
        findings.c.entitlement == bindparam("of_entitlement"),
        findings.c.at >= _SINCE,
        findings.c.at <= _UNTIL,
    )
)


def history(
    connection: Connection, person_id: str, entitlement: str, *, since: datetime, until: datetime
) -> History:
    """What somebody did with an entitlement in a span of time. A grant was used where a session was lent or a call came."""
    which = {"of_person": person_id, "of_entitlement": entitlement, "since": since, "until": until}
    count, never_used = connection.execute(_GRANTS, which).one()
    return History(
        grants=count,
        never_used=never_used or 0,
        denied=connection.execute(_DENIED, which).scalar_one(),
        findings=connection.execute(_FINDINGS, which).scalar_one(),
    )
