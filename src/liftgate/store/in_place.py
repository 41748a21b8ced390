"""Which grants in place a role should carry, and what is known of their statements on it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, text, union

from liftgate.access.ports import DENY_SLACK, OPENING_LEAD
from liftgate.elevation.in_place.model import OnRole, Opening
from liftgate.iam.scope import Window
from liftgate.store.columns import Moment
from liftgate.store.tables import (
    endings,
    fixed_names,
    grants,
    in_place_boundaries,
    in_place_grants,
    in_place_requests,
    in_place_statements,
)

_NOT_OVER: Final = in_place_grants.c.ends_at > bindparam("ended_after", type_=Moment())
_WANTED: Final = (
    select(
        grants.c.id,
        grants.c.requester,
        grants.c.starts_at,
        grants.c.ends_at,
        grants.c.granted_at,
        in_place_requests.c.user_id,
        in_place_requests.c.policy,
        in_place_boundaries.c.boundary,
    )
    .select_from(
        in_place_grants.join(grants)
        .join(in_place_requests, in_place_requests.c.request_id == grants.c.request_id)
        .outerjoin(in_place_boundaries, in_place_boundaries.c.request_id == grants.c.request_id)
    )
    .where(
        in_place_grants.c.role_arn == bindparam("of_role"),
        _NOT_OVER,
        grants.c.starts_at <= bindparam("starts_by", type_=Moment()),
        ~exists().where(endings.c.grant_id == grants.c.id),
    )
    .order_by(grants.c.granted_at, grants.c.id)
)
_ON_ROLE: Final = (
    select(in_place_statements.c.grant_id, in_place_statements.c.state)
    .where(in_place_statements.c.role_arn == bindparam("of_role"))
    .order_by(in_place_statements.c.grant_id)
)
_ROLES: Final = union(
    select(in_place_statements.c.role_arn),
    select(in_place_grants.c.role_arn).where(_NOT_OVER),
    select(fixed_names.c.role_arn).where(fixed_names.c.seen_at > bindparam("seen_after", type_=Moment())),
)
_OF_GRANTS: Final = select(in_place_statements.c.grant_id, in_place_statements.c.state).where(
    in_place_statements.c.grant_id.in_(bindparam("grant_ids", expanding=True))
)
_FORGET: Final = delete(in_place_statements).where(in_place_statements.c.role_arn == bindparam("of_role"))
_SAW_FIXED: Final = text(
    """
    INSERT INTO fixed_names (role_arn, since, seen_at) VALUES (:role_arn, :now, :now)
    ON CONFLICT (role_arn) DO UPDATE SET seen_at = excluded.seen_at,
    since = CASE WHEN fixed_names.seen_at > :seen_after THEN fixed_names.since ELSE excluded.since END
    """
).bindparams(bindparam("now", type_=Moment()), bindparam("seen_after", type_=Moment()))
_FIXED_SINCE: Final = select(fixed_names.c.since).where(fixed_names.c.role_arn == bindparam("of_role"))
_SAW_CHOSEN: Final = delete(fixed_names).where(fixed_names.c.role_arn == bindparam("of_role"))
# A role that nobody looked at for longer begins anew: who knows what its trust policy was meanwhile.
_UNSEEN: Final = timedelta(days=1)
_NOTE: Final = insert(in_place_statements)


class InPlaceStatements:
    """The grants in place of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wanted(self, role_arn: str, *, since: datetime, until: datetime) -> tuple[Opening, ...]:
        """Grants that nobody ended, from shortly before their window to shortly after it, as clocks differ."""
        found = self._connection.execute(
            _WANTED,
            {"of_role": role_arn, "ended_after": since - DENY_SLACK, "starts_by": until + OPENING_LEAD},
        ).mappings()
        return tuple(
            Opening(
                grant_id=row["id"],
                requester=row["requester"],
                user_id=row["user_id"],
                policy=row["policy"],
                boundary=row["boundary"],
                window=Window(starts_at=row["starts_at"], ends_at=row["ends_at"]),
                granted_at=row["granted_at"],
            )
            for row in found
        )

    def on_role(self, role_arn: str) -> tuple[OnRole, ...]:
        """What is known to be, or may be, on the role; sorted."""
        rows = self._connection.execute(_ON_ROLE, {"of_role": role_arn}).mappings()
        return tuple(_on_role(row["grant_id"], row["state"]) for row in rows)

    def of_grants(self, grant_ids: Collection[str]) -> tuple[OnRole, ...]:
        """The same, for grants on whichever role."""
        if not grant_ids:
            return ()
        rows = self._connection.execute(_OF_GRANTS, {"grant_ids": sorted(grant_ids)}).mappings()
        return tuple(_on_role(row["grant_id"], row["state"]) for row in rows)

    def roles(self, *, now: datetime) -> tuple[str, ...]:
        """Roles on which a grant in place is live, or its statements may be; and those whose names are watched."""
        since = {"ended_after": now - DENY_SLACK, "seen_after": now - _UNSEEN}
        return tuple(sorted(self._connection.execute(_ROLES, since).scalars()))

    def saw_name_fixed(self, role_arn: str, *, now: datetime) -> datetime:
        """A look saw the name fixed; the answer is since when every look did."""
        seen = {"role_arn": role_arn, "now": now, "seen_after": now - _UNSEEN}
        self._connection.execute(_SAW_FIXED, seen)
        since: datetime = self._connection.execute(_FIXED_SINCE, {"of_role": role_arn}).scalar_one()
        return since

    def saw_name_chosen(self, role_arn: str) -> None:
        """A look saw that somebody may choose the name: what was seen before is worth nothing."""
        self._connection.execute(_SAW_CHOSEN, {"of_role": role_arn})

    def set_on_role(self, role_arn: str, known: Sequence[OnRole]) -> None:
        """What is known now, in place of what was known before."""
        self._connection.execute(_FORGET, {"of_role": role_arn})
        if known:
            self._connection.execute(
                _NOTE,
                [{"role_arn": role_arn, "grant_id": one.grant_id, "state": _state(one)} for one in known],
            )


def _on_role(grant_id: str, state: str) -> OnRole:
    return OnRole(grant_id=grant_id, read_back=state != "intended", is_open=state == "open")


def _state(one: OnRole) -> str:
    return ("open" if one.is_open else "read_back") if one.read_back else "intended"
