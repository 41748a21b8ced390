"""The one transaction behind all ports: it hands each call to the repository of its aggregate, and seals the ledger's entries at its end."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from liftgate.access.model import Cancellation, Ending, Grant, GrantRecord, Request, RequestRecord, Review
from liftgate.access.ports import Effect, GrantFilter, Once, Page, RequestFilter
from liftgate.clock import Clock
from liftgate.elevation.model import Session
from liftgate.identity.ports import BrowserSession, SignIn
from liftgate.ledger.model import Draft, Entry
from liftgate.store.browser_sessions import BrowserSessions
from liftgate.store.callers import Callers
from liftgate.store.catalogue_versions import CatalogueVersion, CatalogueVersions
from liftgate.store.drifts import Drifts
from liftgate.store.grants import Grants
from liftgate.store.idempotency import IdempotencyKeys
from liftgate.store.ledger import Ledger
from liftgate.store.lending import Lending
from liftgate.store.links import Links
from liftgate.store.log_reading import LogReading
from liftgate.store.logins import Logins
from liftgate.store.outbox import Outbox
from liftgate.store.provider_sign_ins import ProviderSignIns
from liftgate.store.sign_ins import SignIns
from liftgate.store.slack import SlackKept
from liftgate.store.watch import Watched
from liftgate.watch.activity import Activity
from liftgate.watch.ports import CallGroup, FindingFilter, FindingRecord, NewFinding, SetAside
from liftgate.watch.rules.totals import Totals

# What expired is forgotten a little later, since the clocks of several servers differ: a proof must not be usable again.
_CLOCK_SLACK: Final = timedelta(minutes=5)


class SqlTransaction(Lending):
    """Fulfils the readers and writers of ``access``, ``elevation``, ``identity``, ``watch`` and ``ledger``.

    Entries are sealed at the very end, because the head of the chain makes writers wait for one another.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._drafts: list[Draft] = []
        self._grants = Grants(connection)
        self._sign_ins = SignIns(connection)
        self._browsers = BrowserSessions(connection)
        self._keys = IdempotencyKeys(connection)
        self._callers = Callers(connection)
        self._watched = Watched(connection)
        self.logins = Logins(connection)
        self.links = Links(connection)
        self.provided = ProviderSignIns(connection)
        self.log_reading = LogReading(connection)
        self.drifts = Drifts(connection)
        self.slack = SlackKept(connection)
        self._catalogue_versions = CatalogueVersions(connection)
        self._ledger = Ledger(connection)
        super().__init__(connection, Outbox(connection), clock)

    # requests and grants

    def request(self, request_id: str) -> RequestRecord | None:
        """One request with its reviews, cancellation and grant."""
        return self._requests.one(request_id)

    def requests(
        self, which: RequestFilter, *, now: datetime, cursor: str | None, limit: int
    ) -> Page[RequestRecord]:
        """A page of requests, newest first."""
        return self._requests.page(which, now=now, cursor=cursor, limit=limit)

    def grant(self, grant_id: str) -> GrantRecord | None:
        """One grant with its ending."""
        return self._grants.one(grant_id)

    def grants(
        self, which: GrantFilter, *, now: datetime, cursor: str | None, limit: int
    ) -> Page[GrantRecord]:
        """A page of grants, newest first."""
        return self._grants.page(which, now=now, cursor=cursor, limit=limit)

    def lock_request(self, request_id: str) -> RequestRecord | None:
        """Like ``request``; nobody else changes it until this transaction ends."""
        return self._requests.lock(request_id)

    def lock_grant(self, grant_id: str) -> GrantRecord | None:
        """Like ``grant``; nobody else changes it until this transaction ends."""
        return self._grants.lock(grant_id)

    def add_request(self, request: Request, draft: Draft) -> None:
        """A new request."""
        self._requests.add(request)
        self.record(draft)

    def add_review(self, review: Review, draft: Draft) -> None:
        """A reviewer's answer; one for each reviewer and request."""
        self._requests.add_review(review)
        self.record(draft)

    def add_cancellation(self, cancellation: Cancellation, draft: Draft) -> None:
        """The requester's withdrawal."""
        self._requests.add_cancellation(cancellation)
        self.record(draft)

    def add_grant(self, grant: Grant, draft: Draft, effects: Sequence[Effect] = ()) -> None:
        """The grant of a request, with what must follow in AWS; one at most for each."""
        self._grants.add(grant)
        self.outbox.enqueue(effects)
        self.record(draft)

    def add_ending(self, ending: Ending, draft: Draft, effects: Sequence[Effect]) -> None:
        """The early end of a grant, with what must follow in AWS."""
        self._grants.add_ending(ending)
        self.outbox.enqueue(effects)
        self.record(draft)

    def repeated(self, once: Once | None, *, now: datetime) -> str | None:
        """The id of what the same call made before, if it did. Raises ``KeyReused`` for the same key with another body."""
        return None if once is None else self._keys.repeated(once, now=now)

    def remember(self, once: Once | None, resource_id: str, *, now: datetime) -> None:
        """Bind the key to what the call made, in the transaction that made it."""
        if once is not None:
            self._keys.remember(once, resource_id, now=now)

    # sign-ins

    def sign_in(self, token_hash: str) -> SignIn | None:
        """The sign-in of a token, expired or not."""
        return self._sign_ins.one(token_hash)

    def use_proof(self, proof_hash: str, *, expires_at: datetime) -> bool:
        """Mark a proof as used; False where it was used before."""
        return self._sign_ins.use_proof(proof_hash, expires_at=expires_at)

    def forget_proof(self, proof_hash: str) -> None:
        """Take back that a proof was used: what it was used for was not done."""
        self._sign_ins.forget_proof(proof_hash)

    def add_sign_in(self, sign_in: SignIn, draft: Draft) -> None:
        """A new token."""
        self._sign_ins.add(sign_in)
        self.record(draft)

    def end_sign_in(self, token_hash: str) -> None:
        """Forget a token."""
        self._sign_ins.end(token_hash)

    def end_sign_ins_by(self, session_id: str) -> int:
        """Forget the tokens of terminals that a browser's session signed in; how many there were."""
        return self._sign_ins.end_by(session_id)

    def browser_session(self, token_hash: str) -> BrowserSession | None:
        """The browser's session of a present or previous token, expired or not."""
        return self._browsers.one(token_hash)

    def browser_signed_in_at(self, session_id: str) -> datetime | None:
        """When a browser's session began."""
        return self._browsers.signed_in_at(session_id)

    def add_browser_session(self, session: BrowserSession, draft: Draft) -> None:
        """A browser signed in."""
        self._browsers.add(session)
        self.record(draft)

    def replace_browser_session(self, session: BrowserSession, *, was: BrowserSession) -> bool:
        """Keep what became of a session; False where its token was renewed meanwhile."""
        return self._browsers.replace(session, was=was)

    def end_browser_session(self, session_id: str) -> None:
        """Forget a browser's session."""
        self._browsers.end(session_id)

    def end_sign_ins_of(self, person_id: str) -> int:
        """Forget all sign-ins of somebody, and what would lead to one; how many browsers and terminals there were."""
        self.logins.end_of(person_id)
        self.provided.end_of(person_id)
        return self._browsers.end_of(person_id) + self._sign_ins.end_of(person_id)

    # what CloudTrail told

    def grant_records(self, grant_ids: Collection[str]) -> tuple[GrantRecord, ...]:
        """Those grants that are on record."""
        return self._callers.grants(grant_ids)

    def sessions_of_keys(self, access_key_ids: Collection[str]) -> tuple[Session, ...]:
        """The sessions to which access keys were lent."""
        return self._callers.sessions_of_keys(access_key_ids)

    def sessions_called(self, names: Collection[str]) -> tuple[Session, ...]:
        """The sessions of these names."""
        return self._callers.sessions_called(names)

    def grants_in_place_of(
        self, user_ids: Collection[str], *, since: datetime, until: datetime
    ) -> tuple[GrantRecord, ...]:
        """The grants that open these sessions of roles in place, at some moment from ``since`` to ``until``."""
        return self._callers.grants_in_place_of(user_ids, since=since, until=until)

    def lends_sessions(self, role_arn: str) -> bool:
        """Whether the newest grant on a role lends sessions of it; False where there is none."""
        return self._callers.lends_sessions(role_arn)

    def known_grants(
        self, *, since: datetime, until: datetime, cursor: str | None, limit: int
    ) -> Page[GrantRecord]:
        """A page of the grants whose window touches a span, the last to end first."""
        return self._callers.between(since=since, until=until, cursor=cursor, limit=limit)

    def known_sessions(self, grant_ids: Collection[str]) -> tuple[Session, ...]:
        """The sessions of these grants."""
        return self._callers.sessions_of(grant_ids)

    def count_alone(self, grant_ids: Collection[str]) -> None:
        """Until this transaction ends, nobody else keeps calls of these grants: totals miss none. Call it first, and once."""
        self._watched.count_alone(grant_ids)

    def keep_activities(self, activities: Sequence[Activity]) -> frozenset[str]:
        """Keep calls, and count the new ones; the answer is the ids of the events that were not kept before."""
        return self._watched.keep_activities(activities)

    def keep_findings(self, found: Sequence[NewFinding]) -> frozenset[str]:
        """Keep findings; of those that were not kept before, whose ids are the answer, also drafts and effects."""
        new = self._watched.keep_findings([one.record for one in found])
        made = {one.record.finding.id: one for one in found if one.record.finding.id in new}.values()
        self.outbox.enqueue_first([effect for one in made for effect in one.effects])
        for one in made:
            self.record(one.draft)
        return new

    def keep_set_aside(self, found: Sequence[tuple[SetAside, Draft]]) -> frozenset[str]:
        """Keep what could not be read, with its draft where it was not kept before; the answer is the ids of those."""
        new = self._watched.keep_set_aside([one for one, _ in found])
        for one, draft in found:
            if one.id in new:
                self.record(draft)
        return new

    def findings(self, which: FindingFilter, *, cursor: str | None, limit: int) -> Page[FindingRecord]:
        """A page of findings, the latest first."""
        return self._watched.findings(which, cursor=cursor, limit=limit)

    def finding(self, finding_id: str) -> FindingRecord | None:
        """One finding."""
        return self._watched.finding(finding_id)

    def activity(self, event_id: str) -> Activity | None:
        """One call."""
        return self._watched.activity(event_id)

    def activities(self, grant_id: str, *, cursor: str | None, limit: int) -> Page[Activity]:
        """A page of a grant's calls, the latest first."""
        return self._watched.activities(grant_id, cursor=cursor, limit=limit)

    def call_groups(self, grant_id: str, *, limit: int) -> tuple[CallGroup, ...]:
        """A grant's calls in groups, by the first of each."""
        return self._watched.groups(grant_id, limit=limit)

    def events_last_came(self) -> datetime | None:
        """When events were last taken in, as far as that was marked."""
        return self._watched.events_last_came()

    def mark_events(self, at: datetime) -> None:
        """Events were taken in then."""
        self._watched.mark_events(at)

    def set_aside(self, *, cursor: str | None, limit: int) -> Page[SetAside]:
        """A page of what could not be read, the latest first."""
        return self._watched.unread(cursor=cursor, limit=limit)

    def totals(self, grant_id: str) -> Totals:
        """What all of a grant's calls come to."""
        return self._watched.totals(grant_id)

    # the catalogue's versions

    def catalogue_version(self, version: str) -> CatalogueVersion | None:
        """A version of the catalogue, if it was ever seen."""
        return self._catalogue_versions.one(version)

    def keep_catalogue_version(self, seen: CatalogueVersion, draft: Draft) -> bool:
        """Keep a version that was not seen before, on record; False, and nothing recorded, where it was."""
        is_new = self._catalogue_versions.keep(seen)
        if is_new:
            self.record(draft)
        return is_new

    # the ledger

    def entries(
        self, *, after: int = 0, limit: int | None = None, about: str | None = None
    ) -> Iterator[Entry]:
        """Entries in order, from ``after`` on; ``about`` keeps those of one request or grant id."""
        return self._ledger.entries(after=after, limit=limit, about=about)

    def head(self) -> Entry | None:
        """The newest entry."""
        return self._ledger.head()

    def record(self, draft: Draft) -> None:
        """Put a draft on record when this transaction commits."""
        self._drafts.append(draft)

    def seal_drafts(self) -> None:
        """Write the entries of this transaction. ``SqlStore.write`` calls it, just before it commits."""
        if self._drafts:
            self._ledger.append(self._drafts)
            self._drafts.clear()

    # housekeeping

    def forget_expired(self, *, now: datetime) -> int:
        """Delete sign-ins, used proofs and idempotency keys that are past their time; how many were deleted."""
        before = now - _CLOCK_SLACK
        signed_in = (self._sign_ins, self._browsers, self.logins, self.provided, self.links)
        return sum(one.forget(before=before) for one in signed_in) + self._keys.forget(now=now)
