"""How soon a revocation bites, on programs that enforce; what many live grants cost it; and whether any window is overrun."""

import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, Final

from tests.elevation.in_place_examples import opening
from tests.enforcement.enforcers import Enforcer, ceph, embedded
from tests.enforcement.revocation_cases import put
from tests.enforcement.stage import ALLOWED, REFUSED, Stage, furnish
from tests.servers.radosgw import is_installed, running_radosgw

from bench.effort import Effort
from bench.figure import Amount, Figure, Row, compared, limited, plain
from bench.measure import Samples, interleave, timed
from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import create_sample_account
from liftgate.elevation.in_place.statements import ROOM, packed
from liftgate.iam.scope import Window
from liftgate.store.sql import open_store

_LONGEST: Final = 0.25  # seconds, the median from the answer to the first refusal
_LIVE: Final = 1_000
_BAR: Final = 2.0
_EDGE: Final = timedelta(milliseconds=150)  # how long before and after a window's end it is called
_HANDS: Final = 4
_SEED: Final = 6


def run(effort: Effort) -> Figure:
    """On the embedded AWS, and on Ceph's gateway where it is installed."""
    rows: list[Row] = []
    amounts: list[Amount] = []
    not_run = []
    for name, started in (("embedded AWS", _embedded_aws), ("radosgw", _radosgw)):
        if name == "radosgw" and not is_installed():
            not_run.append("radosgw: install Debian's packages ceph-mon, ceph-osd and radosgw")
            continue
        with started() as enforcer, _stage(enforcer) as stage:
            rows += _bites(name, stage, effort.rounds(100))
            rows += _many_live(name, stage, effort)
            amounts.append(_overshoot(name, stage, effort.size(1_000) // 2))
    fits = len(packed((opening(n, name=f"person-{n}") for n in range(1, 200)), room=ROOM).openings)
    return Figure(
        title="Taking back",
        how=(
            "A session writes; its grant is revoked by the use case, the deny written to the role, read back and recorded, which is "
            "when the API answers. From then on the session writes again until it is refused: that is the time given, the refused "
            "call included. The longest of all rounds is the right end of min-max. Live grants are of one role and of different "
            "people. For windows, sessions are called by four threads from shortly before their window's end to shortly after "
            "it, as fast as they are answered; servers and callers share one clock."
        ),
        rows=tuple(rows),
        amounts=(
            *amounts,
            Amount(what="typical grants in place that fit on one role at once", amount=f"{fits} (bar: 20)"),
        ),
        not_run=tuple(not_run),
    )


def _bites(name: str, stage: Stage, rounds: int) -> list[Row]:
    answered: list[float] = []
    refused: list[float] = []
    for _ in range(rounds):
        given = stage.granted()
        session = stage.session(given)
        if put(session) != ALLOWED:
            raise RuntimeError("a session that was lent does not work")
        answered.append(timed(lambda: stage.ended(given))())  # noqa: B023 - called at once
        refused.append(timed(lambda: _until_refused(session))())  # noqa: B023 - the same
    return [
        plain(f"order to revoke until it is answered, {name}", Samples(tuple(answered))),
        limited(f"answer until the first refusal, {name}", Samples(tuple(refused)), longest=_LONGEST),
    ]


def _until_refused(session: Any) -> None:
    while put(session) != REFUSED:
        pass


def _many_live(name: str, stage: Stage, effort: Effort) -> list[Row]:
    """Two roles, turn by turn: on one each revoked grant is the only one, on the other a thousand are live beside it."""
    alone, crowded = (stage.on(stage.enforcer.new_role()) for _ in range(2))
    live = effort.size(_LIVE)
    for number in range(live):
        crowded.granted(person=f"person-{number}")

    def revoke(at: Stage) -> float:
        given = at.granted(person="ada")
        return timed(lambda: at.ended(given))()

    taken = interleave(
        {"alone": lambda: revoke(alone), "crowded": lambda: revoke(crowded)},
        rounds=effort.rounds(40),
        warm_up=2,
    )
    reference = plain(f"revoking the only live grant, {name}", taken["alone"])
    return [
        reference,
        compared(f"revoking one of {live:,} live grants, {name}", taken["crowded"], reference, bar=_BAR),
    ]


def _overshoot(name: str, stage: Stage, windows: int) -> Amount:
    """Windows that end at random moments of a while to come, each called over its end."""
    chance, start = random.Random(_SEED), system_clock().replace(microsecond=0)
    spread = timedelta(seconds=windows / 8 + 20)  # first all are lent, then they end
    ends = sorted(
        start + timedelta(seconds=20 + chance.randrange(int(spread.total_seconds()))) for _ in range(windows)
    )
    with ThreadPoolExecutor(_HANDS) as hands:
        lent = list(hands.map(lambda ends_at: (_lent(stage, start, ends_at), ends_at), ends))
        seen = list(hands.map(lambda one: _over_its_end(*one), lent))
    inside, outside, refused = (sum(column) for column in zip(*seen, strict=True))
    return Amount(
        what=f"calls allowed after the end of {windows} random windows, {name}",
        amount=f"{outside} (allowed before it: {inside}, refused after it: {refused}; bar: 0)",
    )


def _lent(stage: Stage, starts_at: datetime, ends_at: datetime) -> Any:
    return stage.session(stage.granted(window=Window(starts_at=starts_at, ends_at=ends_at)))


def _over_its_end(session: Any, ends_at: datetime) -> tuple[int, int, int]:
    """Calls allowed before the end, allowed that began after it, and refused that did."""
    inside = outside = refused = 0
    while system_clock() < ends_at - _EDGE:
        Event().wait(0.02)
    while (began := system_clock()) < ends_at + _EDGE:
        is_allowed = put(session) == ALLOWED
        inside += is_allowed and began < ends_at
        outside += is_allowed and began >= ends_at
        refused += not is_allowed and began >= ends_at
    return inside, outside, refused


@contextmanager
def _embedded_aws() -> Iterator[Enforcer]:
    with running_embedded_aws() as aws:
        yield embedded(create_sample_account(aws))


@contextmanager
def _radosgw() -> Iterator[Enforcer]:
    with running_radosgw() as running:
        yield ceph(running)


@contextmanager
def _stage(enforcer: Enforcer) -> Iterator[Stage]:
    furnish(enforcer)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'liftgate.db'}", clock=system_clock)
        with closing(store):
            store.migrate()
            yield Stage(enforcer=enforcer, store=store, role_arn=enforcer.new_role())
