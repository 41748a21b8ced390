"""What a store's past costs: the same request on an empty store and on one that holds years of grants."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from tests.servers.postgresql import postgresql_server

from bench.client import Client
from bench.effort import Effort
from bench.figure import Amount, Figure, Row, compared, plain
from bench.history import Setting, write_history
from bench.in_process import ENTITLEMENT, PERSON, QuickLender, sit_down
from bench.measure import Action, interleave, timed
from bench.server import running_server
from bench.stub_aws import ACCOUNT, stub_aws, stub_environment
from liftgate.clock import system_clock
from liftgate.store.engine import engines_for
from liftgate.store.sql import open_store

_BAR: Final = 1.2
_PAST: Final = 100_000
_LIVE: Final = 10_000
# What a server does by itself in the minutes after so many rows: here it would fall into the measuring.
_SETTLE: Final = ("ANALYZE", "CHECKPOINT")
_SETTING: Final = Setting(
    requester=PERSON,
    entitlement=ENTITLEMENT,
    account=ACCOUNT,
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/LiftgateReportsWriter",
    bucket="lakeside-reports",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two databases of one kind."""

    kind: str
    empty_url: str
    full_url: str


def run(effort: Effort) -> Figure:
    """Both databases, one after the other; on each the two stores turn by turn."""
    past, live = effort.size(_PAST), effort.size(_LIVE)
    rows: list[Row] = []
    amounts: list[Amount] = []
    not_run: list[str] = []
    for open_pair in (_sqlite_pair, _postgresql_pair):
        try:
            with open_pair() as pair:
                seconds = _fill(pair.full_url, past=past, live=live)
                amounts.append(Amount(what=f"filling {pair.kind}", amount=f"{seconds:.0f} s"))
                rows += _in_process(pair, effort)
                rows += _over_http(pair, effort)
        except pytest.skip.Exception as reason:
            not_run.append(str(reason))
    return Figure(
        title="A store with a past",
        how=(
            f"An auto-approved request and its session, on a store with {past:,} past and {live:,} live grants (each with its "
            "request, session and four ledger entries; every tenth grant is the caller's own) and on one that held nothing "
            "when it began. In process, AWS answers at once; through the API it is the stand-in without "
            "delay. Both databases commit durably; PostgreSQL was told to ANALYZE and CHECKPOINT after it was filled."
        ),
        rows=tuple(rows),
        amounts=tuple(amounts),
        not_run=tuple(not_run),
    )


@contextmanager
def _sqlite_pair() -> Iterator[Pair]:
    with tempfile.TemporaryDirectory() as folder:
        empty, full = (f"sqlite:///{Path(folder, name)}.db" for name in ("empty", "full"))
        yield Pair(kind="SQLite", empty_url=empty, full_url=full)


@contextmanager
def _postgresql_pair() -> Iterator[Pair]:
    with postgresql_server(durable=True) as server:
        yield Pair(kind="PostgreSQL", empty_url=server.new_database(), full_url=server.new_database())


def _fill(url: str, *, past: int, live: int) -> float:
    with closing(open_store(url, clock=system_clock)) as store:
        store.migrate()
    engines = engines_for(url)

    def write() -> None:
        with engines.writing.begin() as connection:
            write_history(connection, _SETTING, past=past, live=live, now=system_clock())
            is_postgresql = connection.dialect.name == "postgresql"
        with engines.writing.begin() as connection:
            for statement in _SETTLE if is_postgresql else ():
                connection.execute(text(statement))

    try:
        return timed(write)()
    finally:
        engines.dispose()


def _in_process(pair: Pair, effort: Effort) -> list[Row]:
    with ExitStack() as stack:
        actions: dict[str, Action] = {}
        for name, url in (("empty", pair.empty_url), ("full", pair.full_url)):
            store = stack.enter_context(closing(open_store(url, clock=system_clock)))
            store.migrate()
            actions[name] = timed(sit_down(store, QuickLender()).lend)
        return _rows(f"{pair.kind}, in process", actions, effort)


def _over_http(pair: Pair, effort: Effort) -> list[Row]:
    with ExitStack() as stack:
        sts = stack.enter_context(stub_aws(delay=timedelta(0)))
        servers = {
            name: stack.enter_context(running_server(sts, stub_environment(), database_url=url))
            for name, url in (("empty", pair.empty_url), ("full", pair.full_url))
        }
        actions: dict[str, Action] = {}
        for name, server in servers.items():
            client = stack.enter_context(closing(Client(server.address, PERSON)))
            actions[name] = timed(client.lend)
        return _rows(f"{pair.kind}, through the API", actions, effort)


def _rows(where: str, actions: dict[str, Action], effort: Effort) -> list[Row]:
    samples = interleave(actions, rounds=effort.rounds(400), warm_up=20)
    empty = plain(f"{where}, empty store", samples["empty"])
    return [empty, compared(f"{where}, full store", samples["full"], empty, bar=_BAR)]
