"""What a check found is a finding: opened once, closed when mended, and never closed by a check that could not see."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from tests.store.store_examples import NOON

from liftgate.access.ports import EffectKind
from liftgate.drift.findings import findings_of, keep_findings
from liftgate.drift.model import Drift, Mend, Report, Unseen
from liftgate.drift.walls import WALLS
from liftgate.ledger.model import EventKind
from liftgate.store.drifts import Drifts
from liftgate.store.sql import SqlStore
from liftgate.watch.finding_state import FindingState
from liftgate.watch.ports import FindingFilter

ROLE = "arn:aws:iam::111122223333:role/liftgate/reports-write"
HOUR = timedelta(hours=1)


def _drift(wall: str = "boundary-missing", found: str = "none") -> Drift:
    mend = Mend(command=("aws",))
    return Drift(wall=WALLS[wall], thing=ROLE, found=found, wanted="a boundary", mend=mend)


def _report(*drifts: Drift, unseen: tuple[Unseen, ...] = ()) -> Report:
    return Report(drifts=drifts, unseen=unseen, looked_at=1)


def _listed(store: SqlStore, state: FindingState | None) -> list[tuple[str, str]]:
    with store.read() as view:
        page = view.findings(FindingFilter(state=state, now=NOON + 9 * HOUR), cursor=None, limit=10)
    return [(one.finding.rule, one.finding.severity.value) for one in page.items]


def _kinds(store: SqlStore) -> list[EventKind]:
    with store.read() as view:
        return [one.draft.kind for one in view.entries()]


def test_a_drift_is_opened_once_and_closed_when_mended_and_opened_anew(store: SqlStore) -> None:
    assert keep_findings(_report(_drift()), store, NOON) == (1, 0)
    assert keep_findings(_report(_drift()), store, NOON + HOUR) == (0, 0)
    assert _listed(store, FindingState.OPEN) == [("deploy-drift", "high")]
    assert _listed(store, FindingState.OVER) == _listed(store, FindingState.UNEXPLAINED) == []

    assert keep_findings(_report(), store, NOON + 2 * HOUR) == (0, 1)
    assert keep_findings(_report(), store, NOON + 3 * HOUR) == (0, 0)
    assert _listed(store, FindingState.OVER) == [("deploy-drift", "high")]
    assert _listed(store, FindingState.OPEN) == _listed(store, FindingState.UNEXPLAINED) == []

    assert keep_findings(_report(_drift()), store, NOON + 4 * HOUR) == (1, 0)
    assert len(_listed(store, None)) == 2
    found = [one for one in _kinds(store) if one in {EventKind.FINDING_MADE, EventKind.FINDING_OVER}]
    assert found == [EventKind.FINDING_MADE, EventKind.FINDING_OVER, EventKind.FINDING_MADE]


def test_two_walls_of_one_thing_are_two_findings(store: SqlStore) -> None:
    assert keep_findings(_report(_drift(), _drift("session-too-long")), store, NOON) == (2, 0)
    assert keep_findings(_report(_drift("session-too-long")), store, NOON + HOUR) == (0, 1)
    assert _listed(store, FindingState.OPEN) == [("deploy-drift", "medium")]


def test_one_wall_of_one_thing_that_is_down_in_two_ways_is_one_finding_that_says_both() -> None:
    report = _report(
        _drift("second-principal", "it lets in Eve"), _drift("second-principal", "it lets in Mallory")
    )
    (finding,) = findings_of(report, NOON).values()
    assert "it lets in Eve" in finding.because
    assert "it lets in Mallory" in finding.because


def test_a_check_that_could_not_see_closes_nothing_and_says_so(store: SqlStore) -> None:
    keep_findings(_report(_drift()), store, NOON)
    blind = (Unseen(thing=ROLE, why="refused"),)
    assert keep_findings(_report(unseen=blind), store, NOON + HOUR) == (1, 0)
    assert sorted(_listed(store, FindingState.OPEN)) == [
        ("deploy-drift", "high"),
        ("deploy-not-looked-at", "medium"),
    ]
    assert keep_findings(_report(), store, NOON + 2 * HOUR) == (0, 2)


def test_people_are_told_of_a_drift(store: SqlStore) -> None:
    keep_findings(_report(_drift()), store, NOON)
    with store.write() as transaction:
        claimed = transaction.outbox.claim(
            NOON, lease=HOUR, limit=5, worker="w", kinds=(EffectKind.RESPONSE,)
        )
    assert len(claimed) == 1


@pytest.fixture
def two(url: str, open_another: Callable[[], SqlStore], monkeypatch: pytest.MonkeyPatch) -> list[SqlStore]:
    """Two servers, of which each has seen what stands before the other writes; SQLite lets one in after the other."""
    met, seen = Barrier(2 if url.startswith("postgresql") else 1), Drifts.standing

    def standing(self: Drifts) -> Mapping[str, str]:
        found = seen(self)
        met.wait()
        return found

    monkeypatch.setattr(Drifts, "standing", standing)
    return [open_another(), open_another()]


def _by_both(two: list[SqlStore], report: Report, hours: int) -> list[tuple[int, int]]:
    """What each of them kept; a moment apart, as clocks are."""
    with ThreadPoolExecutor(2) as pool:
        kept = [
            pool.submit(keep_findings, report, store, NOON + hours * HOUR + number * timedelta(seconds=1))
            for number, store in enumerate(two)
        ]
        return sorted(one.result() for one in kept)


def test_two_workers_at_once_open_one_finding_and_close_it_once(two: list[SqlStore]) -> None:
    drifted = _report(_drift(), _drift("session-too-long"))
    assert [sum(opened) for opened in zip(*_by_both(two, drifted, 0), strict=True)] == [2, 0]
    assert len(_listed(two[0], None)) == 2
    assert [sum(over) for over in zip(*_by_both(two, _report(), 1), strict=True)] == [0, 2]
    found = [one for one in _kinds(two[0]) if one in {EventKind.FINDING_MADE, EventKind.FINDING_OVER}]
    assert found == [EventKind.FINDING_MADE] * 2 + [EventKind.FINDING_OVER] * 2
