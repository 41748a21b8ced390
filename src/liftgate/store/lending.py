"""The part of the transaction that knows what was lent, and what is, or is to be, on roles."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from liftgate.access.ports import Effect
from liftgate.clock import Clock
from liftgate.elevation.in_place.model import OnRole, Opening
from liftgate.elevation.model import Deny, Session, SessionEnding
from liftgate.ledger.model import Draft
from liftgate.store.denies import Denies
from liftgate.store.in_place import InPlaceStatements
from liftgate.store.looking import Looking
from liftgate.store.outbox import Outbox
from liftgate.store.sessions import Sessions


class Lending(Looking):
    """Sessions, denies, leases and grants in place, in one transaction."""

    def __init__(self, connection: Connection, outbox: Outbox, clock: Clock) -> None:
        super().__init__(connection, outbox)
        self._clock = clock
        self._sessions = Sessions(connection)
        self._denies = Denies(connection)
        self._in_place = InPlaceStatements(connection)

    # sessions, denies and leases

    def sessions(self, grant_id: str) -> tuple[Session, ...]:
        """A grant's sessions in the order of their numbers."""
        return self._sessions.of(grant_id)

    def add_session(self, session: Session, draft: Draft) -> None:
        """The intent of a session, before AWS is asked."""
        self._sessions.add(session)
        self.record(draft)

    def settle_session(self, session: Session, draft: Draft) -> None:
        """The outcome of a session: lent, or failed."""
        self._sessions.settle(session)
        self.record(draft)

    def sessions_without_outcome(self, *, intended_before: datetime) -> tuple[Session, ...]:
        """Sessions of which neither loan nor failure is on record, the oldest first; reads the whole table."""
        return self._sessions.without_outcome(intended_before)

    def session_endings(self, grant_id: str) -> tuple[SessionEnding, ...]:
        """The sessions of a grant that were taken back, in the order of their numbers."""
        return self._sessions.endings(grant_id)

    def add_session_ending(self, ending: SessionEnding, draft: Draft, effects: Sequence[Effect]) -> None:
        """One session was taken back, with what must follow in AWS."""
        self._sessions.end(ending)
        self.outbox.enqueue(effects)
        self.record(draft)

    def wanted_denies(self, role_arn: str, *, now: datetime) -> tuple[Deny, ...]:
        """Grants on this role that ended early, and sessions that did, whose window, plus slack, is not over; sorted."""
        return self._denies.wanted(role_arn, now=now)

    def denies_in_place(self, role_arn: str) -> frozenset[str]:
        """The targets of denies that were read back from the role: grant ids and session names."""
        return self._denies.in_place(role_arn)

    def roles_with_denies(self) -> tuple[str, ...]:
        """Roles on which a deny is wanted or in place."""
        return self._denies.roles(now=self._clock())

    def set_denies_in_place(self, role_arn: str, targets: Sequence[str], draft: Draft) -> None:
        """What was read back from the role, in place of what was known before."""
        self._denies.set_in_place(role_arn, targets)
        self.record(draft)

    def try_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or extend the named lease; False while somebody else holds it."""
        return self._denies.try_lease(name, holder, now=now, until=until)

    def release_lease(self, name: str, holder: str) -> None:
        """Give the lease up; nothing happens where somebody else holds it."""
        self._denies.release_lease(name, holder)

    # grants in place

    def wanted_in_place(self, role_arn: str, *, now: datetime) -> tuple[Opening, ...]:
        """Grants in place on this role that nobody ended, from shortly before their window to shortly after it."""
        return self._in_place.wanted(role_arn, since=now, until=now)

    def wanted_in_place_between(
        self, role_arn: str, *, since: datetime, until: datetime
    ) -> tuple[Opening, ...]:
        """The same, of all that are to be on the role at some moment from ``since`` to ``until``."""
        return self._in_place.wanted(role_arn, since=since, until=until)

    def on_role_in_place(self, role_arn: str) -> tuple[OnRole, ...]:
        """What is known to be, or may be, on the role; sorted."""
        return self._in_place.on_role(role_arn)

    def statements_of(self, grant_ids: Collection[str]) -> tuple[OnRole, ...]:
        """The same, for some grants."""
        return self._in_place.of_grants(grant_ids)

    def roles_in_place(self) -> tuple[str, ...]:
        """Roles on which a grant in place is live, or its statements may be; and those whose names are watched."""
        return self._in_place.roles(now=self._clock())

    def set_on_role_in_place(self, role_arn: str, known: Sequence[OnRole], draft: Draft) -> None:
        """What is known to be on the role, in place of what was known before."""
        self._in_place.set_on_role(role_arn, known)
        self.record(draft)

    def saw_name_fixed(self, role_arn: str, *, now: datetime) -> datetime:
        """A look saw that a role fixes the session's name; the answer is since when every look did."""
        return self._in_place.saw_name_fixed(role_arn, now=now)

    def saw_name_chosen(self, role_arn: str) -> None:
        """A look saw that somebody may choose the name: what was seen before is worth nothing."""
        self._in_place.saw_name_chosen(role_arn)
