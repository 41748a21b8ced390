"""Random histories, and their figures counted in Python from what was put in: nothing of the statements is used."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from random import Random
from typing import Any

from tests.store.store_examples import NOON, SCOPE, add_grant, add_request, draft, ending, review

from liftgate.access.hold import Hold
from liftgate.access.model import Answer as Said
from liftgate.access.model import EndingKind, Grant, Request
from liftgate.iam.scope import Scope, Window
from liftgate.ledger.model import EventKind
from liftgate.overview.figures import SEVERITIES, STATES
from liftgate.overview.rows import WAITS, Span
from liftgate.store.transaction import SqlTransaction
from liftgate.watch.finding import Answer, Finding, Severity
from liftgate.watch.ports import FindingRecord, NewFinding
from liftgate.watch.settlement import Settled, Settlement

NARROW = Scope(actions=frozenset({"s3:PutObject"}), locations=SCOPE.locations, kms_keys=SCOPE.kms_keys)


@dataclass
class Fact:
    """One grant as it was put in."""

    request: Request
    grant: Grant
    is_reviewed: bool
    ended_at: datetime | None
    outcome: str
    use: str | None
    actions: tuple[int, int] | None


@dataclass
class History:
    """What was put in."""

    facts: list[Fact] = field(default_factory=list)
    answers: list[tuple[datetime, str, str]] = field(default_factory=list)  # asked at, reviewer, answer
    findings: list[tuple[datetime, str, str]] = field(default_factory=list)  # at, severity, state


def put_in(transaction: SqlTransaction, random: Random, *, grants: int = 25) -> History:
    """A history of about forty days, up to noon."""
    made = History()
    for number in range(grants):
        _one(transaction, random, made, number)
    return made


def _one(transaction: SqlTransaction, random: Random, made: History, number: int) -> None:
    granted_at = NOON - timedelta(
        seconds=random.randrange(40 * 86_400), microseconds=random.randrange(1_000_000)
    )
    waited = timedelta(
        seconds=random.choice([0, 59, 60, 61, 299, 301, 5_000, 90_000]), microseconds=random.choice([0, 7])
    )
    entitlement = random.choice(["reports-write", "payroll-write", "gone"])
    asked = add_request(transaction, asked_at=granted_at - waited, entitlement=entitlement)
    is_reviewed = random.random() < 0.7
    for reviewer in ("grace", "linus"):
        if is_reviewed and (reviewer == "grace" or random.random() < 0.3):
            transaction.add_review(review(asked, reviewer, reviewed_at=granted_at), draft())
            made.answers.append((asked.asked_at, reviewer, "approve"))
    starts_at = granted_at.replace(microsecond=0) + timedelta(hours=random.choice([0, 0, 30]))
    window = Window(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=random.choice([2, 60, 600])))
    grant = add_grant(transaction, asked, granted_at=granted_at, window=window)
    ended_at, outcome = None, "ended" if window.ends_at <= NOON else "live"
    if random.random() < 0.4:
        kind = random.choice([EndingKind.REVOKED, EndingKind.RETURNED])
        ended_at = granted_at + (min(window.ends_at, NOON) - granted_at) * random.random()
        transaction.add_ending(ending(grant, kind, ended_at=ended_at), draft(EventKind.REVOKED), [])
        outcome = kind.value
    use, actions = None, None
    if outcome != "live" and random.random() < 0.8:
        use, actions = _account(transaction, random, grant)
    made.facts.append(Fact(asked, grant, is_reviewed, ended_at, outcome, use, actions))
    if random.random() < 0.3:
        denied = add_request(transaction, asked_at=granted_at)
        transaction.add_review(review(denied, "linus", Said.DENY), draft())
        made.answers.append((granted_at, "linus", "deny"))
    if random.random() < 0.5:
        _find(transaction, random, made, grant, is_live=outcome == "live", number=number)


def _account(
    transaction: SqlTransaction, random: Random, grant: Grant
) -> tuple[str | None, tuple[int, int] | None]:
    use = random.choice(["never", "less", "whole", "untold", "reopened"])
    calls = 0 if use == "never" else 3
    sufficed = {"less": NARROW, "whole": SCOPE, "reopened": NARROW}.get(use)
    nothing: dict[str, Any] = {"bytes_in": None, "bytes_out": None, "first_at": None, "last_at": None}
    account = Settlement(
        grant_id=grant.id, granted=SCOPE, lines=(), calls=calls, refused=0, sufficed=sufficed, **nothing
    )
    transaction.add_settlement(
        Settled(number=1, settlement=account, events="0", settled_at=NOON), draft(EventKind.GRANT_SETTLED), []
    )
    if use == "reopened":
        transaction._settlements.reopen(grant.id, NOON)
        return None, None
    return use, (len(SCOPE.actions), len(sufficed.actions)) if sufficed else None


def _find(
    transaction: SqlTransaction, random: Random, made: History, grant: Grant, *, is_live: bool, number: int
) -> None:
    severity, of_grant, held = random.choice(list(Severity)), random.random() < 0.7, random.random() < 0.2
    at = grant.granted_at
    found = Finding(
        id=f"fi-{number:016}",
        rule="r",
        title="t",
        because="b",
        severity=severity,
        answer=Answer.ALERT,
        at=at,
        grant_id=grant.id if of_grant else None,
    )
    record = FindingRecord(finding=found, found_at=at, entitlement=None)
    transaction.keep_findings([NewFinding(record=record, draft=draft(EventKind.FINDING_MADE), effects=())])
    if held:
        hold = Hold(person="ada", finding_id=found.id, because="b", placed_at=at)
        transaction.place_hold(hold, draft(EventKind.HOLD_PLACED))
    is_open = held or (of_grant and is_live)
    made.findings.append((at, severity.value, "open" if is_open else "over" if of_grant else "unexplained"))


def counted(made: History, span: Span) -> dict[str, Any]:
    """The figures, each counted on its own."""
    within = [one for one in made.facts if span.since <= one.grant.granted_at <= span.until]
    waits = [(one.grant.granted_at, _waited(one)) for one in within if one.is_reviewed]
    weeks = defaultdict(list)
    for at, waited in waits:
        weeks[(at - span.first_week).days // 7].append(waited)
    uses = [one for one in within if one.outcome != "live"]
    known = [one.actions for one in uses if one.use in {"less", "whole"} and one.actions]
    lent, grants = Counter[str](), Counter[str]()
    for one in made.facts:
        seconds = _open_seconds(one, span)
        if seconds > 0:
            lent[one.grant.entitlement] += seconds
            grants[one.grant.entitlement] += 1
    return {
        "outcomes": Counter(((one.grant.granted_at - span.since).days, one.outcome) for one in within),
        "weeks": {week: (len(of), _rank(of, 0.5), _rank(of, 0.9)) for week, of in weeks.items()},
        "all": (len(waits), _rank([w for _, w in waits], 0.5), _rank([w for _, w in waits], 0.9))
        if waits
        else None,
        "spread": [
            sum(low < waited <= high for _, waited in waits)
            for low, high in zip((-1, *WAITS), (*WAITS, 10**9), strict=True)
        ],
        "uses": Counter(one.use for one in uses),
        "actions": (sum(granted for granted, _ in known), sum(used for _, used in known)),
        "lent": dict(lent),
        "lent_grants": dict(grants),
        "findings": {
            (severity, state): sum(
                (one, other) == (severity, state) and span.since <= at <= span.until
                for at, one, other in made.findings
            )
            for severity in SEVERITIES
            for state in STATES
        },
        "answers": Counter((who, said) for at, who, said in made.answers if span.since <= at <= span.until),
    }


def _waited(one: Fact) -> int:
    return int(one.grant.granted_at.timestamp()) - int(one.request.asked_at.timestamp())


def _rank(values: list[int], part: float) -> int:
    return sorted(values)[ceil(len(values) * part) - 1]


def _open_seconds(one: Fact, span: Span) -> int:
    ends = [one.grant.window.ends_at, span.until, *([one.ended_at] if one.ended_at else [])]
    return int(min(ends).timestamp()) - int(max(one.grant.window.starts_at, span.since).timestamp())
