"""Which denies an elevated role should carry, which were read back from it, and whose turn it is to write them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, insert, literal, select, text, union

from liftgate.access.ports import DENY_SLACK
from liftgate.elevation.model import Deny
from liftgate.elevation.person import source_identity
from liftgate.store.columns import Moment
from liftgate.store.tables import denies_in_place, endings, grants, in_place_grants, leases, session_endings

# A grant in place lent no session: its statements are taken away, and a deny would hit what its requester holds all day.
_LENT: Final = ~exists().where(in_place_grants.c.grant_id == endings.c.grant_id)
_ENDED_AFTER: Final = bindparam("ended_after", type_=Moment())
_GRANTS: Final = (
    select(
        endings.c.grant_id,
        literal(0).label("number"),
        endings.c.window_ends_at,
        endings.c.ended_at,
        grants.c.requester,
    )
    .join_from(endings, grants)
    .where(endings.c.role_arn == bindparam("role_arn"), endings.c.window_ends_at > _ENDED_AFTER, _LENT)
)
_SESSIONS: Final = (
    select(
        session_endings.c.grant_id,
        session_endings.c.number,
        session_endings.c.window_ends_at,
        session_endings.c.ended_at,
        grants.c.requester,
    )
    .join_from(session_endings, grants, session_endings.c.grant_id == grants.c.id)
    .where(
        session_endings.c.role_arn == bindparam("role_arn"),
        session_endings.c.window_ends_at > _ENDED_AFTER,
        # The deny of a grant is that of all its sessions.
        ~exists().where(endings.c.grant_id == session_endings.c.grant_id),
    )
)
_IN_PLACE: Final = select(denies_in_place.c.grant_id).where(
    denies_in_place.c.role_arn == bindparam("role_arn")
)
_ROLES: Final = union(
    select(denies_in_place.c.role_arn),
    select(endings.c.role_arn).where(endings.c.window_ends_at > _ENDED_AFTER, _LENT),
    select(session_endings.c.role_arn).where(session_endings.c.window_ends_at > _ENDED_AFTER),
)
_FORGET: Final = delete(denies_in_place).where(denies_in_place.c.role_arn == bindparam("role_arn"))
_NOTE: Final = insert(denies_in_place)
_LEASE: Final = (
    text(
        """
    INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE leases.holder = excluded.holder OR leases.until <= :now
    """
    )
    .bindparams(bindparam("until", type_=Moment()), bindparam("now", type_=Moment()))
    .execution_options(preserve_rowcount=True)
)
_RELEASE: Final = delete(leases).where(
    leases.c.name == bindparam("of_name"), leases.c.holder == bindparam("of_holder")
)


class Denies:
    """The denies and leases of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wanted(self, role_arn: str, *, now: datetime) -> tuple[Deny, ...]:
        """Grants and sessions that ended early and whose window, with slack for clocks that differ, is not over."""
        of_role = {"role_arn": role_arn, "ended_after": now - DENY_SLACK}
        found = (
            row
            for query in (_GRANTS, _SESSIONS)
            for row in self._connection.execute(query, of_role).mappings()
        )
        return tuple(
            sorted(
                Deny(
                    grant_id=row["grant_id"],
                    number=row["number"],
                    person=source_identity(row["requester"]),
                    until=row["window_ends_at"] + DENY_SLACK,
                    ended_at=row["ended_at"],
                )
                for row in found
            )
        )

    def in_place(self, role_arn: str) -> frozenset[str]:
        """Targets that were read back from the role."""
        return frozenset(self._connection.execute(_IN_PLACE, {"role_arn": role_arn}).scalars())

    def roles(self, *, now: datetime) -> tuple[str, ...]:
        """Roles on which a deny is wanted or in place."""
        return tuple(sorted(self._connection.execute(_ROLES, {"ended_after": now - DENY_SLACK}).scalars()))

    def set_in_place(self, role_arn: str, targets: Sequence[str]) -> None:
        """What was read back, in place of what was known before."""
        self._connection.execute(_FORGET, {"role_arn": role_arn})
        if targets:
            noted = [{"role_arn": role_arn, "grant_id": target} for target in sorted(set(targets))]
            self._connection.execute(_NOTE, noted)

    def try_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or extend a lease, unless somebody else holds it."""
        wanted = {"name": name, "holder": holder, "until": until, "now": now}
        return self._connection.execute(_LEASE, wanted).rowcount == 1

    def release_lease(self, name: str, holder: str) -> None:
        """Give a lease up."""
        self._connection.execute(_RELEASE, {"of_name": name, "of_holder": holder})
