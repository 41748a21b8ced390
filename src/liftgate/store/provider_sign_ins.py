"""What stands on an OpenID provider's word: sessions, tokens, and groups."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from liftgate.identity.provider_ports import ClaimedGroups, ProviderSignIn
from liftgate.identity.subject import identity_of_subject
from liftgate.store.provider_tables import changes, claimed_groups, provider_sign_ins
from liftgate.store.upsert import insert_into

_C: Final = provider_sign_ins.c
_ONE: Final = select(provider_sign_ins).where(_C.session_id == bindparam("which"))
_ADD: Final = insert(provider_sign_ins)
_CLAIM: Final = (
    update(provider_sign_ins)
    .where(_C.session_id == bindparam("which"), _C.check_after == bindparam("was"))
    .values(check_after=bindparam("check_after"))
)
_CHECKED: Final = (
    update(provider_sign_ins)
    .where(_C.session_id == bindparam("which"))
    .values(checked_at=bindparam("at"), check_after=bindparam("check_after"))
)
_END: Final = delete(provider_sign_ins).where(_C.session_id == bindparam("which"))
_END_OF: Final = delete(provider_sign_ins).where(_C.person_id == bindparam("who"))
_CLAIMED: Final = select(claimed_groups).where(claimed_groups.c.expires_at > bindparam("now"))
_NUMBER: Final = select(changes.c.number).where(changes.c.name == claimed_groups.name)
_FORGET: Final = tuple(
    delete(table).where(table.c.expires_at < bindparam("before"))
    for table in (provider_sign_ins, claimed_groups)
)


class ProviderSignIns:
    """What one transaction knows and changes of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, session_id: str) -> ProviderSignIn | None:
        """The word behind a browser's session."""
        row = self._connection.execute(_ONE, {"which": session_id}).mappings().one_or_none()
        return None if row is None else _sign_in_of(row)

    def of_provider(
        self, *, issuer: str, subject: str | None, provider_session: str | None
    ) -> tuple[ProviderSignIn, ...]:
        """Those of a subject, of a session, or of both where both are named; none where neither is."""
        if subject is None and provider_session is None:
            return ()
        found = select(provider_sign_ins).where(_C.issuer == issuer)
        if subject is not None:
            found = found.where(_C.subject == subject)
        if provider_session is not None:
            found = found.where(_C.provider_session == provider_session)
        return _all(self._connection.execute(found).mappings())

    def add(self, sign_in: ProviderSignIn) -> None:
        """A sign-in."""
        issuer, _, subject = sign_in.identity.name.partition("#")
        row = {
            "session_id": sign_in.session_id,
            "person_id": sign_in.person_id,
            "issuer": issuer,
            "subject": subject,
            "provider_session": sign_in.provider_session,
            "checked_at": sign_in.checked_at,
            "check_after": sign_in.check_after,
            "expires_at": sign_in.expires_at,
        }
        self._connection.execute(_ADD, row)

    def claim(self, sign_in: ProviderSignIn, *, check_after: datetime) -> bool:
        """Put the next check off; False where somebody else did."""
        values = {"which": sign_in.session_id, "was": sign_in.check_after, "check_after": check_after}
        return self._connection.execute(_CLAIM, values).rowcount == 1

    def checked(self, session_id: str, *, at: datetime, check_after: datetime) -> None:
        """The provider said so again."""
        self._connection.execute(_CHECKED, {"which": session_id, "at": at, "check_after": check_after})

    def end(self, session_id: str) -> None:
        """The provider no longer says so."""
        self._connection.execute(_END, {"which": session_id})

    def end_of(self, person_id: str) -> None:
        """Forget all that stands behind somebody's sessions."""
        self._connection.execute(_END_OF, {"who": person_id})

    def claimed(self, *, now: datetime, person_id: str | None = None) -> tuple[ClaimedGroups, ...]:
        """What providers said of everybody's groups, or of one person's, as far as it is not over."""
        of = _CLAIMED if person_id is None else _CLAIMED.where(claimed_groups.c.person_id == person_id)
        return tuple(
            ClaimedGroups(
                person_id=row["person_id"],
                groups=frozenset(json.loads(row["groups"])),
                claimed_at=row["claimed_at"],
                expires_at=row["expires_at"],
            )
            for row in self._connection.execute(of, {"now": now}).mappings()
        )

    def claimed_number(self) -> int:
        """Another number after each change."""
        return self._connection.execute(_NUMBER).scalar_one_or_none() or 0

    def keep_claimed(self, claimed: ClaimedGroups) -> None:
        """What a provider says now of somebody. Its change is counted first, so that writers wait for one another."""
        counted = insert_into(self._connection, changes).values(name=claimed_groups.name, number=1)
        self._connection.execute(
            counted.on_conflict_do_update(index_elements=["name"], set_={"number": changes.c.number + 1})
        )
        values = {
            "groups": json.dumps(sorted(claimed.groups)),
            "claimed_at": claimed.claimed_at,
            "expires_at": claimed.expires_at,
        }
        kept = insert_into(self._connection, claimed_groups).values(person_id=claimed.person_id, **values)
        self._connection.execute(kept.on_conflict_do_update(index_elements=["person_id"], set_=values))

    def forget(self, *, before: datetime) -> int:
        """Delete what expired before a moment; how many were deleted."""
        return sum(self._connection.execute(one, {"before": before}).rowcount for one in _FORGET)


def _all(rows: Iterable[RowMapping]) -> tuple[ProviderSignIn, ...]:
    return tuple(_sign_in_of(row) for row in rows)


def _sign_in_of(row: RowMapping) -> ProviderSignIn:
    return ProviderSignIn(
        session_id=row["session_id"],
        person_id=row["person_id"],
        identity=identity_of_subject(row["issuer"], row["subject"]),
        provider_session=row["provider_session"],
        checked_at=row["checked_at"],
        check_after=row["check_after"],
        expires_at=row["expires_at"],
    )
