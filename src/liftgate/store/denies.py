"""Which denies an elevated role should carry, which were read back from it, and whose turn it is to write them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, text, union

from liftgate.access.ports import DENY_SLACK
from liftgate.elevation.model import Deny
from liftgate.store.columns import Moment
from liftgate.store.tables import denies_in_place, endings, in_place_grants, leases

# A grant in place lent no session: its statements are taken away, and a deny would hit what its requester holds all day.
_LENT: Final = ~exists().where(in_place_grants.c.grant_id == endings.c.grant_id)
_WANTED: Final = select(endings.c.grant_id, endings.c.window_ends_at, endings.c.ended_at).where(
    endings.c.role_arn == bindparam("role_arn"),
    endings.c.window_ends_at > bindparam("ended_after", type_=Moment()),
    _LENT,
)
_IN_PLACE: Final = select(denies_in_place.c.grant_id).where(
    denies_in_place.c.role_arn == bindparam("role_arn")
)
_ROLES: Final = union(
    select(denies_in_place.c.role_arn),
    select(endings.c.role_arn).where(
        endings.c.window_ends_at > bindparam("ended_after", type_=Moment()), _LENT
    ),
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
        """Grants that ended early and whose window, with slack for clocks that differ, is not over."""
        found = self._connection.execute(
            _WANTED, {"role_arn": role_arn, "ended_after": now - DENY_SLACK}
        ).mappings()
        return tuple(
            sorted(
                Deny(
                    grant_id=row["grant_id"],
                    until=row["window_ends_at"] + DENY_SLACK,
                    ended_at=row["ended_at"],
                )
                for row in found
            )
        )

    def in_place(self, role_arn: str) -> frozenset[str]:
        """Grant ids that were read back from the role."""
        return frozenset(self._connection.execute(_IN_PLACE, {"role_arn": role_arn}).scalars())

    def roles(self, *, now: datetime) -> tuple[str, ...]:
        """Roles on which a deny is wanted or in place."""
        return tuple(sorted(self._connection.execute(_ROLES, {"ended_after": now - DENY_SLACK}).scalars()))

    def set_in_place(self, role_arn: str, grant_ids: Sequence[str]) -> None:
        """What was read back, in place of what was known before."""
        self._connection.execute(_FORGET, {"role_arn": role_arn})
        if grant_ids:
            noted = [{"role_arn": role_arn, "grant_id": grant_id} for grant_id in sorted(set(grant_ids))]
            self._connection.execute(_NOTE, noted)

    def try_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or extend a lease, unless somebody else holds it."""
        wanted = {"name": name, "holder": holder, "until": until, "now": now}
        return self._connection.execute(_LEASE, wanted).rowcount == 1

    def release_lease(self, name: str, holder: str) -> None:
        """Give a lease up."""
        self._connection.execute(_RELEASE, {"of_name": name, "of_holder": holder})
