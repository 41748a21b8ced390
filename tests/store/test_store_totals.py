"""What a grant's calls come to is kept beside them: each call counts once, whoever adds it, and the cost does not grow with their number."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.store.store_examples import MINUTE, NOON, TestClock, add_grant, draft
from tests.store.watch_stage import MANY, SCOPE, call, lend, taken

from liftgate.access.model import Grant
from liftgate.access.ports import Effect, EffectKind
from liftgate.iam.scope import Window
from liftgate.ledger.model import EventKind
from liftgate.store import migrations
from liftgate.store.engine import engines_for
from liftgate.store.migrations import migrate
from liftgate.store.sql import SqlStore, open_store
from liftgate.store.totals import read_totals, totals_text
from liftgate.watch.rules.totals import MOST_KEPT, Totals
from liftgate.watch.settlement import Settled, settle

names = st.text(max_size=5)
totals = st.builds(
    Totals,
    calls=st.integers(0, 2**62),
    bytes_out=st.integers(0, 2**62),
    first_at=st.none() | st.just(NOON),
    addresses=st.frozensets(names),
    networks=st.frozensets(st.tuples(names, names)),
    user_agents=st.frozensets(st.tuples(names, names)),
)


@given(totals)
def test_totals_come_back_as_they_were_kept(one: Totals) -> None:
    kept = totals_text(one)
    assert read_totals(kept) == one
    assert totals_text(read_totals(kept) or Totals()) == kept


def of(store: SqlStore, grant: Grant) -> Totals:
    with store.read() as view:
        return view.totals(grant.id)


@pytest.mark.slow
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_consumers_at_once_lose_no_addition_and_add_no_copy(
    store: SqlStore, open_another: Callable[[], SqlStore]
) -> None:
    given_, stores = lend(store), [open_another() for _ in range(4)]
    texts = [call(given_, n, additionalEventData={"bytesTransferredIn": 10}) for n in range(120)]
    shares = [texts[place * 20 : place * 20 + 60] for place in range(4)]  # each call is in up to three
    together(stores, [share[:: 1 - 2 * (place % 2)] for place, share in enumerate(shares)])
    found = of(store, given_)
    assert (found.calls, found.bytes_in, found.writes) == (120, 1200, 120)


def together(stores: Sequence[SqlStore], shares: Sequence[Sequence[bytes]]) -> None:
    begin, faults = Barrier(len(stores)), list[Exception]()

    def consume(store: SqlStore, share: Sequence[bytes]) -> None:
        begin.wait()
        try:
            for start in range(0, len(share), 3):
                taken(store, share[start : start + 3])
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [Thread(target=consume, args=one) for one in zip(stores, shares, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def run(url: str, *statements: str) -> None:
    engines = engines_for(url)
    with engines.writing.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engines.dispose()


def made_since(step: str) -> list[str]:
    """The tables that steps after this one make and leave, the newest first: they refer to older ones."""
    folder = Path(migrations.__file__).parent / "versions"
    later = [path for path in sorted(folder.glob("v*.py")) if path.name[1:5] > step]
    text = "".join(path.read_text(encoding="utf-8") for path in later)
    gone = set(re.findall(r'drop_table\(\s*"(\w+)"', text))
    return [name for name in re.findall(r'create_table\(\s*"(\w+)"', text) if name not in gone][::-1]


BEFORE = (
    *(f"DROP TABLE {name}" for name in made_since("0007")),
    "UPDATE alembic_version SET version_num = '0007'",
)
"""The tables as the version before these left them."""


def upgraded(url: str) -> SqlStore:
    engines = engines_for(url)
    migrate(engines.writing)
    engines.dispose()
    return open_store(url, clock=TestClock())


def test_grants_that_were_live_before_there_were_accounts_get_one_when_their_windows_end(
    store: SqlStore, url: str
) -> None:
    with store.write() as transaction:
        over = add_grant(transaction, window=Window(starts_at=NOON - 9 * MINUTE, ends_at=NOON - MINUTE))
        watched = add_grant(transaction, window=Window(starts_at=NOON - 9 * MINUTE, ends_at=NOON - MINUTE))
        live, queued, settled = (add_grant(transaction) for _ in range(3))
        transaction.outbox.enqueue([Effect(kind=EffectKind.SETTLE, key=queued.id, due_at=NOON)])
        account = Settled(number=1, settlement=settle(settled.id, SCOPE, []), events="0", settled_at=NOON)
        transaction.add_settlement(account, draft(EventKind.GRANT_SETTLED), [])
    run(
        url,
        *BEFORE,
        f"INSERT INTO activities {A_CALL.format(refused='false' if 'postgresql' in url else '0')} WHERE id = '{watched.id}'",
    )
    after = upgraded(url)
    with after.write() as transaction:
        due = transaction.outbox.claim(NOON + timedelta(days=9), lease=MINUTE, limit=99, worker="w")
    found = {(one.effect.key, one.effect.due_at) for one in due if one.effect.kind is EffectKind.SETTLE}
    assert found == {
        (live.id, live.window.ends_at),
        (watched.id, watched.window.ends_at),
        (queued.id, NOON),
    }
    assert over.id not in {key for key, _ in found}
    after.close()


A_CALL = (
    "(event_id, at, grant_id, service, operation, folder, requests, verdict, because, refused)"
    " SELECT 'e-1', starts_at, id, 's3', 'PutObject', '', '[]', 'expected', '', {refused} FROM grants"
)


def test_calls_that_were_kept_before_there_were_totals_count(store: SqlStore, url: str) -> None:
    given_ = lend(store)
    taken(store, [call(given_, n, "DeleteObject") for n in range(MANY - 1)])
    run(url, *BEFORE)
    after = upgraded(url)
    assert of(after, given_).objects_deleted == MANY - 1
    assert len(taken(after, [call(given_, MANY, "DeleteObject")]).findings) == 1
    assert of(after, given_).objects_deleted == MANY
    after.close()


def test_totals_that_meant_something_else_are_made_anew(store: SqlStore, url: str) -> None:
    given_ = lend(store)
    taken(store, [call(given_, n) for n in range(3)])
    run(url, """UPDATE grant_totals SET totals = '{"meaning": 0, "calls": 77}'""")
    assert of(store, given_).calls == 3
    taken(store, [call(given_, n) for n in range(5)])
    assert of(store, given_).calls == 5


def test_whoever_makes_up_names_makes_totals_no_longer_than_so_many(store: SqlStore) -> None:
    given_ = lend(store)
    texts = [call(given_, n % 600, eventID=f"e-{n}", userAgent=f"p{n:05}/1") for n in range(MOST_KEPT + 50)]
    taken(store, texts[500:])
    taken(store, texts[:600])
    assert sorted(name for _, name in of(store, given_).user_agents) == [f"p{n:05}" for n in range(MOST_KEPT)]
    assert of(store, given_).calls == MOST_KEPT + 50


def test_what_a_batch_reads_does_not_grow_with_the_calls(
    store: SqlStore, capture_sql: Callable[[], list[str]]
) -> None:
    given_ = lend(store)
    taken(store, [call(given_, 0)])
    so_far = len(capture_sql())
    taken(store, [call(given_, 1)])
    sent = capture_sql()[so_far:]
    assert [one for one in sent if "grant_totals" in one]
    assert [one for one in sent if "FROM activities" in one] == []
