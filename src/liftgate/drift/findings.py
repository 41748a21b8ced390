"""A report as findings: each drift opened once, and closed when a check that saw everything no longer meets it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from liftgate.clock import rfc3339
from liftgate.drift.model import Drift, Report, Risk
from liftgate.drift.ports import DriftStore
from liftgate.ledger.model import Draft, EventKind
from liftgate.watch.drafts import finding_made
from liftgate.watch.finding import Answer, Finding, Severity, finding_id
from liftgate.watch.ports import FindingRecord, NewFinding
from liftgate.watch.service import effects_of_finding

DRIFTED: Final = "deploy-drift"
UNSEEN: Final = "deploy-not-looked-at"
_SEVERITIES: Final[Mapping[Risk, Severity]] = {
    Risk.HIGH: Severity.HIGH,
    Risk.MEDIUM: Severity.MEDIUM,
    Risk.LOW: Severity.LOW,
}
_LONGEST: Final = 2_000


def findings_of(report: Report, now: datetime) -> dict[str, Finding]:
    """What there is to tell, by wall and thing: one that is down in several ways is one finding. Only what is new is kept."""
    found: dict[str, Finding] = {}
    for what, drifts in _by_what(report).items():
        first = drifts[0]
        ways = " And: ".join(f"{one.found}; it should be: {one.wanted}" for one in drifts)
        because = f"{first.thing}: {ways}"
        found[what] = _finding(
            DRIFTED, what, first.wall.title, because[:_LONGEST], _SEVERITIES[first.wall.risk], now
        )
    for unseen in report.unseen:
        what = f"{UNSEEN} {unseen.thing}"
        because = f"{unseen.thing}: {unseen.why}"
        found.setdefault(
            what,
            _finding(UNSEEN, what, "could not be looked at", because[:_LONGEST], Severity.MEDIUM, now),
        )
    return found


def keep_findings(report: Report, store: DriftStore, now: datetime) -> tuple[int, int]:
    """Open what is new and close what is mended; how many of each. What another process does just now is left to it.

    Where something could not be looked at, nothing is closed: it may be what was told before.
    """
    found, opened, closed = findings_of(report, now), 0, 0
    with store.write() as transaction:
        standing = transaction.drifts.standing()
        for what in sorted(
            found.keys() - standing.keys()
        ):  # in one order, so that no two wait for each other
            if transaction.drifts.open(what, found[what].id):
                transaction.keep_findings([_kept(found[what], now)])
                opened += 1
        for what in sorted(standing.keys() - found.keys()) if report.is_whole else ():
            if transaction.drifts.close(standing[what], now):
                transaction.record(_over(standing[what], what, now))
                closed += 1
    return opened, closed


def _by_what(report: Report) -> dict[str, list[Drift]]:
    found: dict[str, list[Drift]] = {}
    for one in report.drifts:
        found.setdefault(f"{one.wall.id} {one.thing}", []).append(one)
    return found


def _finding(rule: str, what: str, title: str, because: str, severity: Severity, now: datetime) -> Finding:  # noqa: PLR0917
    return Finding(
        id=finding_id(rule, f"{what}\0{rfc3339(now)}"),
        rule=rule,
        title=title,
        because=because,
        severity=severity,
        answer=Answer.ALERT,
        at=now,
    )


def _kept(finding: Finding, now: datetime) -> NewFinding:
    return NewFinding(
        record=FindingRecord(finding=finding, found_at=now, entitlement=None),
        draft=finding_made(finding, now, request_id=None),
        effects=effects_of_finding(finding, now),
    )


def _over(of: str, what: str, now: datetime) -> Draft:
    return Draft(at=now, kind=EventKind.FINDING_OVER, actor="liftgate", body={"finding": of, "what": what})
