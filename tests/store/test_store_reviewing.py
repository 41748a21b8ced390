"""What is wanted of requests, absences, emergencies, extensions and history come back as they were kept, on both databases."""

from datetime import timedelta

import pytest
from tests.store.store_examples import (
    MINUTE,
    NOON,
    add_grant,
    add_request,
    draft,
    request,
    review,
    session,
)

from liftgate.access.model import Absence, Answer, Conclusion, Demand, Extends, History
from liftgate.iam.scope import Location, Scope
from liftgate.store.errors import TakenAlready
from liftgate.store.sql import SqlStore

LESS = Scope(actions=frozenset({"s3:PutObject"}), locations=frozenset({Location("reports", "2026/q3/*")}))


def test_what_was_wanted_comes_back(store: SqlStore) -> None:
    made = request(
        stages=(Demand(name="owners", approvals=2, other_team=True), Demand(name="boss", approvals=1)),
        spared=frozenset({"time.hour < 6"}),
        own_team=frozenset({"alan"}),
    )
    plain, free = request(), request(stages=())
    with store.write() as transaction:
        for one in (made, plain, free):
            transaction.add_request(one, draft())
    with store.read() as view:
        for one in (made, plain, free):
            record = view.request(one.id)
            assert record is not None
            assert record.request == one


def test_what_a_review_says_comes_back(store: SqlStore) -> None:
    with store.write() as transaction:
        made = add_request(transaction)
        whole = review(made, "linus")
        less = review(made, "eve", stage="boss", in_place_of="grace", scope=LESS, duration=5 * MINUTE)
        for one in (whole, less):
            transaction.add_review(one, draft())
    with store.read() as view:
        record = view.request(made.id)
    assert record is not None
    assert set(record.reviews) == {whole, less}


def test_an_emergency_is_open_until_it_is_concluded_once(store: SqlStore) -> None:
    with store.write() as transaction:
        early = add_request(transaction, look_by=NOON + MINUTE)
        late = add_request(transaction, look_by=NOON + 9 * MINUTE)
        add_request(transaction)
    with store.read() as view:
        assert [one.request for one in view.unlooked("ada", now=NOON + MINUTE)] == [early]
        assert view.unlooked("grace", now=NOON + MINUTE) == ()
        assert [one.request for one in view.unconcluded(limit=9)] == [early, late]
    said = Conclusion(
        request_id=early.id,
        by="grace",
        identity="local:grace",
        justified=True,
        comment="looked",
        concluded_at=NOON,
    )
    with store.write() as transaction:
        transaction.add_conclusion(said, draft())
    with store.read() as view:
        record = view.request(early.id)
        assert record is not None
        assert record.conclusion == said
        assert view.unlooked("ada", now=NOON + MINUTE) == ()
    with pytest.raises(TakenAlready), store.write() as transaction:
        transaction.add_conclusion(said, draft())


def test_what_goes_on_from_a_grant_is_found(store: SqlStore) -> None:
    with store.write() as transaction:
        given = add_grant(transaction)
        going_on = add_request(transaction, extends=Extends(grant_id=given.id, in_all=20 * MINUTE))
    with store.read() as view:
        assert [one.request for one in view.follow_ups(given.id)] == [going_on]


def test_who_is_away_and_who_stands_in(store: SqlStore) -> None:
    away = Absence(
        id="aw-1", person="grace", delegate="eve", starts_at=NOON, until=NOON + 9 * MINUTE, said_at=NOON
    )
    later = Absence(
        id="aw-2",
        person="linus",
        delegate="eve",
        starts_at=NOON + 5 * MINUTE,
        until=NOON + 6 * MINUTE,
        said_at=NOON,
    )
    with store.write() as transaction:
        for one in (away, later):
            transaction.add_absence(one, draft())
    with store.read() as view:
        assert view.stands_for("eve", now=NOON) == {"grace"}
        assert view.stands_for("eve", now=NOON + 5 * MINUTE) == {"grace", "linus"}
        assert view.stands_for("eve", now=NOON + 9 * MINUTE) == frozenset()
        assert view.delegates(frozenset({"grace", "linus"}), now=NOON) == {"eve"}
        assert view.absences("eve", now=NOON) == (later, away)
        assert view.absences("grace", now=NOON) == (away,)
    with store.write() as transaction:
        transaction.end_absence(away.id, NOON + MINUTE, draft())
    with store.read() as view:
        assert view.stands_for("eve", now=NOON) == {"grace"}
        assert view.stands_for("eve", now=NOON + MINUTE) == frozenset()


def test_history_counts_one_person_and_one_entitlement_in_its_span(store: SqlStore) -> None:
    with store.write() as transaction:
        used, _unused = add_grant(transaction), add_grant(transaction)
        transaction.add_session(session(used, 1, lent_at=NOON), draft())
        add_grant(transaction, entitlement="another")
        denied = add_request(transaction)
        transaction.add_review(review(denied, "grace", Answer.DENY), draft())
    over = NOON + timedelta(days=1)

    def of(person: str, since: timedelta, until: timedelta) -> History:
        with store.read() as view:
            return view.history(person, "reports-write", since=NOON + since, until=NOON + until)

    assert of("ada", -MINUTE, over - NOON) == History(grants=2, never_used=1, denied=1)
    assert of("ada", -MINUTE, timedelta(0)) == History(grants=2, never_used=0, denied=1)
    assert of("ada", MINUTE, over - NOON) == History()
    assert of("grace", -MINUTE, over - NOON) == History()
