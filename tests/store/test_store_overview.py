"""The overview's figures, counted by each database and counted again in Python; and how long it takes over many grants."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.servers.new_database import new_database
from tests.store.overview_histories import counted, put_in
from tests.store.store_examples import NOON, TestClock
from tests.store.test_store_plans import listening
from tests.store.test_store_totals import made_since

from liftgate.overview.figures import OUTCOMES, Overview, overview, span_of
from liftgate.store.engine import engines_for
from liftgate.store.migrations import migrate
from liftgate.store.sql import SqlStore, open_store

PEOPLE = {"reports-write": 3, "payroll-write": 1, "never-asked": 2}


def figures(store: SqlStore, days: int) -> Overview:
    with store.read() as view:
        return overview(view.overview, span_of(days, NOON), PEOPLE)


def check(store: SqlStore, random: Random) -> None:
    with store.write() as transaction:
        made = put_in(transaction, random)
    for days in (1, 7, 30):
        span = span_of(days, NOON)
        found, expected = figures(store, days), counted(made, span)
        outcomes = {
            (place, outcome): getattr(day, outcome)
            for place, day in enumerate(found.days)
            for outcome in OUTCOMES
            if getattr(day, outcome)
        }
        assert outcomes == expected["outcomes"]
        weeks = {
            place: (week.grants, week.median, week.ninetieth)
            for place, week in enumerate(found.weeks)
            if week.grants
        }
        assert weeks == expected["weeks"]
        one = found.wait
        assert (one and (one.grants, one.median, one.ninetieth)) == expected["all"]
        assert list(found.wait_counts) == expected["spread"]
        use = found.use
        by_use = {
            "never": use.never,
            "less": use.less,
            "whole": use.whole,
            "untold": use.untold,
            None: use.unsettled,
        }
        assert {name: count for name, count in by_use.items() if count} == expected["uses"]
        assert (use.actions_granted, use.actions_used) == expected["actions"]
        assert {one.entitlement: one.lent_seconds for one in found.lent if one.grants} == expected["lent"]
        assert {one.entitlement: one.grants for one in found.lent if one.grants} == expected["lent_grants"]
        seconds = int((span.until - span.since).total_seconds())
        assert {one.entitlement: one.standing_seconds for one in found.lent if one.people is not None} == {
            name: people * seconds for name, people in PEOPLE.items()
        }
        states = {
            (one.severity, state): getattr(one, state)
            for one in found.findings
            for state in ("open", "unexplained", "over")
        }
        assert states == expected["findings"]
        answers = {
            (one.person, said): count
            for one in found.reviewers
            for said, count in (("approve", one.approved), ("deny", one.denied))
            if count
        }
        assert answers == expected["answers"]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_figure_is_what_was_put_in(sqlite_template: Path, seed: int) -> None:
    del sqlite_template
    with TemporaryDirectory() as folder:
        store = open_store(new_database(Path(folder)), clock=TestClock())
        check(store, Random(seed))  # noqa: S311 - a seed
        store.close()


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_postgresql_counts_the_same(store: SqlStore) -> None:
    check(store, Random(7))  # noqa: S311 - a seed


def test_nothing_is_counted_where_nothing_was(store: SqlStore) -> None:
    found = figures(store, 30)
    assert len(found.days) == 30
    assert found.days[-1].day == NOON.date()
    assert found.wait is None
    assert sum(found.wait_counts) == 0
    assert [one.grants for one in found.weeks] == [0] * len(found.weeks)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_count_reads_what_was_before_the_span(store: SqlStore) -> None:
    engine = store._engines.writing
    with listening(engine) as sent, store.write() as transaction:
        overview(transaction.overview, span_of(30, NOON), {})
    with engine.begin() as connection:
        for one in sent:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.statement}", one.parameters)
            steps = [row.detail for row in plan]
            tables = ("grants", "requests", "reviews", "findings", "endings", "grant_uses")
            scanned = [step for step in steps if step.startswith("SCAN ") and step.split()[1] in tables]
            assert scanned == [], (one.statement, steps)


def test_accounts_of_before_are_counted_as_they_would_be_now(store: SqlStore, url: str) -> None:
    with store.write() as transaction:
        put_in(transaction, Random(11), grants=40)  # noqa: S311 - a seed
    now = figures(store, 366).use
    assert min(now.never, now.less, now.whole, now.untold) > 0
    engines = engines_for(url)
    with engines.writing.begin() as connection:
        for statement in (
            *(f"DROP TABLE {name}" for name in made_since("0013")),
            # What a later step puts into another table.
            "CREATE TABLE slack_links (slack_user TEXT, person_id TEXT, linked_at TIMESTAMP)",
            "CREATE TABLE slack_codes (code_hash TEXT)",
            "DROP INDEX ix_ledger_kind_seq",
            "DROP INDEX ix_ledger_actor_seq",
            "UPDATE alembic_version SET version_num = '0013'",
        ):
            connection.exec_driver_sql(statement)
    migrate(engines.writing)
    engines.dispose()
    assert figures(store, 366).use == now
