"""No hot statement reads a table from end to end, so 100,000 past grants cost a new request nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, event
from tests.store.store_examples import (
    MINUTE,
    NOON,
    ROLE,
    add_ending,
    add_grant,
    add_request,
    deny,
    draft,
    session,
    sign_in,
)

from liftgate.access.hold import Hold, Release
from liftgate.access.ports import Effect, EffectKind, GrantFilter, Once, RequestFilter
from liftgate.ledger.model import EventKind
from liftgate.ledger.ports import LedgerFilter
from liftgate.response.model import Mode, Response, Step
from liftgate.store.sql import SqlStore
from liftgate.store.transaction import SqlTransaction
from liftgate.watch.finding import Answer, Finding, Severity
from liftgate.watch.finding_state import FindingState
from liftgate.watch.ports import FindingFilter, FindingRecord, NewFinding
from liftgate.watch.sources.ports import Delivered

ONCE = Once(person_id="ada", key="7d3e", fingerprint="f" * 64)


@dataclass(frozen=True)
class Sent:
    statement: str
    parameters: Any


@contextmanager
def listening(engine: Engine) -> Iterator[list[Sent]]:
    sent: list[Sent] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        is_many = rest[-1]
        sent.append(Sent(statement, parameters[0] if is_many else parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def ask(transaction: SqlTransaction) -> None:
    transaction.repeated(ONCE, now=NOON)
    add_grant(transaction)
    transaction.remember(ONCE, "rq-1", now=NOON)


def end_early(transaction: SqlTransaction) -> None:
    add_ending(transaction, add_grant(transaction))
    transaction.outbox.enqueue([deny()])
    transaction.set_denies_in_place(ROLE, ["gr-1"], draft())


def sign_in_and_out(transaction: SqlTransaction) -> None:
    transaction.add_sign_in(sign_in(), draft())
    transaction.sign_in("a" * 64)
    transaction.end_sign_in("a" * 64)


def lend(transaction: SqlTransaction) -> None:
    given = add_grant(transaction)
    transaction.lock_grant(given.id)
    number = len(transaction.sessions(given.id)) + 1
    transaction.add_session(session(given, number), draft(EventKind.SESSION_INTENDED))
    transaction.settle_session(session(given, number, lent_at=NOON), draft(EventKind.SESSION_LENT))


def who_called(transaction: SqlTransaction) -> None:
    transaction.grant_records(["gr-1", "gr-2"])
    transaction.sessions_of_keys(["ASIA1", "ASIA2"])
    transaction.sessions_called(["gr-1-1"])
    transaction.grants_in_place_of(["AROA:ada"], since=NOON, until=NOON)
    transaction.lends_sessions(ROLE)


def keep_what_was_seen(transaction: SqlTransaction) -> None:
    transaction.count_alone(["gr-1"])
    made = Finding(
        id="fi-1",
        rule="r",
        title="t",
        because="b",
        severity=Severity.LOW,
        answer=Answer.ALERT,
        at=NOON,
        grant_id="gr-1",
    )
    new = NewFinding(
        record=FindingRecord(finding=made, found_at=NOON, entitlement=None),
        draft=draft(EventKind.FINDING_MADE),
        effects=(),
    )
    transaction.keep_findings([new])
    transaction.keep_findings([new])
    transaction.totals("gr-1")
    transaction.mark_events(NOON)
    transaction.events_last_came()


def look_at_what_was_seen(transaction: SqlTransaction) -> None:
    transaction.activity("e-1")
    transaction.activities("gr-1", cursor=None, limit=50)
    transaction.call_groups("gr-1", limit=50)
    transaction.finding("fi-1")


def found(transaction: SqlTransaction, **which: Any) -> object:
    return transaction.findings(FindingFilter(**which), cursor=None, limit=50)


def known_between(transaction: SqlTransaction) -> None:
    transaction.known_grants(since=NOON, until=NOON + MINUTE, cursor=None, limit=50)
    transaction.known_sessions(["gr-1", "gr-2"])


def answer(transaction: SqlTransaction) -> None:
    hold = Hold(person="ada", finding_id="fi-1", because="x", placed_at=NOON)
    response = Response(finding_id="fi-1", step=Step.ALERT, mode=Mode.ACT, outcome="x", done_at=NOON)
    transaction.responses(["fi-1"])
    transaction.add_response(response, draft(EventKind.RESPONSE_MADE))
    transaction.place_hold(hold, draft(EventKind.HOLD_PLACED))
    transaction.lock_holds("ada")
    transaction.hold_of("ada", "fi-1")
    release = Release(by="sec", reason="x", released_at=NOON)
    transaction.add_release(hold, release, draft(EventKind.HOLD_RELEASED), is_over=True)


def account_for(transaction: SqlTransaction) -> None:
    transaction.settled("gr-1")
    list(transaction.calls("gr-1"))
    transaction.finding_ids("gr-1")
    transaction.counts("gr-1")
    transaction.standing(["gr-1", "gr-2"])
    transaction.reopen(
        "gr-1", NOON, draft(EventKind.GRANT_REOPENED), Effect(kind=EffectKind.SETTLE, key="gr-1", due_at=NOON)
    )


def read_log_files(transaction: SqlTransaction) -> None:
    file = Delivered(key="AWSLogs/a", at=NOON)
    transaction.log_reading.until("s3://trail")
    transaction.log_reading.new("s3://trail", [file])
    transaction.log_reading.note("s3://trail", [file], taken=True)
    transaction.log_reading.left("s3://trail", limit=9)
    transaction.log_reading.read_until("s3://trail", NOON, forget_before=NOON)


def who_is_away(transaction: SqlTransaction) -> None:
    transaction.stands_for("eve", now=NOON)
    transaction.delegates(frozenset({"grace", "linus"}), now=NOON)
    transaction.absences("eve", now=NOON)
    transaction.absence("aw-1")
    transaction.told("review.due rq-1 0")


def page(which: RequestFilter | GrantFilter) -> Callable[[SqlTransaction], object]:
    if isinstance(which, RequestFilter):
        return lambda t: t.requests(which, now=NOON, cursor=None, limit=50)
    return lambda t: t.grants(which, now=NOON, cursor=None, limit=50)


HOT: dict[str, Callable[[SqlTransaction], object]] = {
    "request and grant": ask,
    "session": lend,
    "one request": lambda t: t.lock_request(add_request(t).id),
    "early end": end_early,
    "wanted denies": lambda t: t.wanted_denies(ROLE, now=NOON),
    "denies in place": lambda t: t.denies_in_place(ROLE),
    "lease": lambda t: t.try_lease("deny", "w", now=NOON, until=NOON + MINUTE),
    "sign-in": sign_in_and_out,
    "proof": lambda t: t.use_proof("p" * 64, expires_at=NOON),
    "my active grants": page(GrantFilter(requester="ada", states=frozenset({"active"}))),
    "my live grants": page(GrantFilter(requester="ada", states=frozenset({"active", "scheduled"}))),
    "my live grants of before": page(
        GrantFilter(requester="ada", states=frozenset({"active", "scheduled"}), until=NOON)
    ),
    "all active grants": page(GrantFilter(states=frozenset({"active"}))),
    "my grants": page(GrantFilter(requester="ada")),
    "requests to review": page(
        RequestFilter(entitlements=frozenset({"a", "b"}), states=frozenset({"pending"}))
    ),
    "all pending requests": page(RequestFilter(states=frozenset({"pending"}))),
    "all live grants of some entitlements": page(
        GrantFilter(entitlements=frozenset({"a", "b"}), states=frozenset({"active", "scheduled"}))
    ),
    "my pending requests": page(RequestFilter(requester="ada", states=frozenset({"pending"}))),
    "my requests": page(RequestFilter(requester="ada")),
    "work due": lambda t: t.outbox.claim(NOON, lease=MINUTE, limit=5, worker="w"),
    "the story of a request": lambda t: list(t.entries(about="rq-1")),
    "the ledger of a kind": lambda t: t.ledger_pages.newest_first(
        LedgerFilter(kind=EventKind.GRANTED, since=NOON, until=NOON), before=9, limit=5
    ),
    "the ledger of a person": lambda t: t.ledger_pages.oldest_first(
        LedgerFilter(actor="ada"), after=0, limit=5
    ),
    "the ledger of a request": lambda t: t.ledger_pages.newest_first(
        LedgerFilter(about="rq-1"), before=None, limit=5
    ),
    "the ledger from a place": lambda t: list(t.entries(after=5, limit=5)),
    "who called": who_called,
    "sessions in place": lambda t: t.grants_in_place_of(["AROA:ada"], since=NOON, until=NOON),
    "what is seen is kept": keep_what_was_seen,
    "what was seen of a grant": look_at_what_was_seen,
    "findings of high severity": lambda t: found(t, severities=frozenset({"high", "critical"})),
    "findings of a rule": lambda t: found(t, rule="outside_scope"),
    "findings of a grant": lambda t: found(t, grant_id="gr-1"),
    "findings of some entitlements": lambda t: found(t, entitlements=frozenset({"a", "b"})),
    "open findings": lambda t: found(t, state=FindingState.OPEN, now=NOON),
    "unexplained findings": lambda t: found(t, state=FindingState.UNEXPLAINED, now=NOON),
    "findings since": lambda t: found(t, since=NOON),
    "grants and sessions of a span": known_between,
    "what is done about a finding": answer,
    "whether somebody is on hold": lambda t: t.hold_on("ada"),
    "whether somebody may sign in": lambda t: t.is_shut_out("ada"),
    "when somebody was last shut out": lambda t: t.last_shut_out("ada"),
    "what became of a grant": account_for,
    "what was written under a grant": lambda t: t.destructive("gr-1", limit=9),
    "how far log files were read": read_log_files,
    "what somebody did before": lambda t: t.history("ada", "reports-write", since=NOON, until=NOON),
    "overdue emergencies": lambda t: t.unlooked("ada", now=NOON),
    "emergencies to look at": lambda t: t.unconcluded(limit=9),
    "what goes on from a grant": lambda t: t.follow_ups("gr-1"),
    "who is away": who_is_away,
    "housekeeping": lambda t: t.forget_expired(now=NOON),
}


LEADING = {
    "sessions in place": "ix_in_place_requests_user_id (user_id=?)",
    "findings of a rule": "ix_findings_rule_at_id (rule=?)",
    "findings of a grant": "ix_findings_grant_id_at_id (grant_id=?)",
    "findings of some entitlements": "ix_findings_entitlement_at_id (entitlement=?)",
    "findings since": "ix_findings_at_id (at>?)",
    "my active grants": "ix_grants_requester_ends_at (requester=? AND ends_at>?)",
    "my live grants": "ix_grants_requester_ends_at (requester=? AND ends_at>?)",
    "all active grants": "ix_grants_ends_at (ends_at>?)",
    "all live grants of some entitlements": "ix_grants_entitlement_ends_at (entitlement=? AND ends_at>?)",
    "requests to review": "ix_requests_open_entitlement (entitlement=? AND lapses_at>?)",
    "all pending requests": "ix_requests_open (lapses_at>?)",
    "my pending requests": "ix_requests_open_requester (requester=? AND lapses_at>?)",
    "overdue emergencies": "ix_emergencies_open (person=? AND look_by<?)",
    "wanted denies": "ix_endings_role_arn_window_ends_at (role_arn=? AND window_ends_at>?)",
}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_finds_what_is_live_without_looking_at_what_is_past(store: SqlStore) -> None:
    engine = store._engines.writing
    for name, leading in LEADING.items():
        with listening(engine) as sent, store.write() as transaction:
            HOT[name](transaction)
        with engine.begin() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[0].statement}", sent[0].parameters)
            assert leading in plan.all()[0].detail, name


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_searches_and_never_scans(store: SqlStore) -> None:
    engine = store._engines.writing
    for name, use in HOT.items():
        with listening(engine) as sent, store.write() as transaction:
            use(transaction)
        with engine.begin() as connection:
            for one in sent:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.statement}", one.parameters)
                steps = [row.detail for row in plan]
                assert [step for step in steps if _scans(step, one.statement)] == [], (
                    name,
                    one.statement,
                    steps,
                )


def _scans(step: str, statement: str) -> bool:
    is_head = step == "SCAN ledger" and "ORDER BY ledger.seq DESC" in statement  # LIMIT 1, from its end
    is_few = (
        step
        in {  # those that stand, and those at which nobody has looked: no others are in these indexes
            "SCAN holds USING INDEX ix_holds_open",
            "SCAN emergencies USING INDEX ix_emergencies_open",
            "SCAN drifts USING INDEX ix_drifts_what_standing",
        }
    )
    return step.startswith("SCAN ") and not is_head and not is_few


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_postgresql_has_an_index_for_each(store: SqlStore) -> None:
    engine = store._engines.writing
    for name, use in HOT.items():
        with listening(engine) as sent, store.write() as transaction:
            use(transaction)
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            for one in sent:
                plan = connection.exec_driver_sql(f"EXPLAIN {one.statement}", one.parameters)
                steps = [row[0] for row in plan]
                assert [step for step in steps if "Seq Scan" in step] == [], (name, one.statement, steps)
