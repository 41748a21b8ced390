"""Takes in what CloudTrail told: attributes, judges, and keeps it with what the rules found, all in one transaction.

What is kept is a function of the set of events. The same event twice, in any order, late, or by several processes at once comes to the
same, and what must follow a finding is queued once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

from liftgate.access.ports import Effect, EffectKind
from liftgate.clock import Clock
from liftgate.watch import drafts, settled
from liftgate.watch.activity import Activity, activity_of, storable
from liftgate.watch.finding import Answer, Finding
from liftgate.watch.judging import judged_of
from liftgate.watch.known import Known, KnownGrant
from liftgate.watch.lookup import Standing, known_of
from liftgate.watch.ports import (
    FindingRecord,
    NewFinding,
    Records,
    Rulebook,
    SetAside,
    WatchStore,
    WatchWriter,
)
from liftgate.watch.unread import A_RECORD, Told, each_once, set_aside
from liftgate.watch.verdict import Verdict

_LONGEST_TITLE: Final = 200
_LONGEST_SENTENCE: Final = 2_000  # a ledger's entry has room for it, whatever a rule quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a batch."""

    events: int  # that could be read, each counted once
    kept: int  # calls that were not kept before
    findings: frozenset[str]  # ids of new ones
    set_aside: frozenset[str]  # ids of what could not be read, and was not known before


def take(
    batch: Iterable[Records], *, store: WatchStore, rulebook: Rulebook, standing: Standing, clock: Clock
) -> Taken:
    """Keep what a batch tells, whole or, where it raises, not at all: then the same batch is to be taken again."""
    now = clock()
    events, unread = each_once(batch, now)
    with store.read() as view:
        known = known_of(view, [told.event for told in events], standing)
    judged = list(_judged(events, known, rulebook, now))
    seen = [one for one in judged if isinstance(one, _Seen)]
    unread += [one for one in judged if isinstance(one, SetAside)]
    kept, findings, aside = 0, frozenset[str](), frozenset[str]()
    if seen or unread:  # most batches of a whole organisation's trail are none of our business
        with store.write() as transaction:
            kept, findings = _keep(transaction, seen, rulebook, now)
            aside = transaction.keep_set_aside([(one, drafts.set_aside(one)) for one in unread])
    return Taken(events=len(events), kept=kept, findings=findings, set_aside=aside)


def effects_of_finding(finding: Finding, now: datetime) -> tuple[Effect, ...]:
    """What must follow a finding: its answer, unless that is to do nothing."""
    if finding.answer is Answer.NOTHING:
        return ()
    return (Effect(kind=EffectKind.RESPONSE, key=finding.id, due_at=now),)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A call that is kept, with what the rules on calls find of it."""

    activity: Activity
    grant: KnownGrant | None
    findings: Sequence[Finding]


def _judged(
    events: Iterable[Told], known: Known, rulebook: Rulebook, now: datetime
) -> Iterator[_Seen | SetAside]:
    for told in events:
        try:
            judged = judged_of(told.event, known)
            findings = rulebook.of_call(judged)
            matters = findings or judged.verdict is not Verdict.UNRELATED
            activity = activity_of(judged, told.raw if findings else None) if matters else None
        except Exception as fault:  # noqa: BLE001 - one record that nobody foresaw may not keep all others waiting
            yield set_aside(f"it could not be judged: {type(fault).__name__}", A_RECORD, told.raw, now)
            continue
        if activity is not None:
            yield _Seen(activity, judged.grant, findings)


def _keep(
    transaction: WatchWriter, seen: Sequence[_Seen], rulebook: Rulebook, now: datetime
) -> tuple[int, frozenset[str]]:
    """Keep calls, and what is found of them and of their grants; how many calls were new, and which findings."""
    grants = {one.grant.id: one.grant for one in seen if one.grant is not None}
    transaction.count_alone(grants)
    new_ids = transaction.keep_activities([one.activity for one in seen])
    new = [one for one in seen if one.activity.event_id in new_ids]
    _reopen(transaction, {one.grant.id for one in new if one.grant is not None}, now)
    of_calls = ((finding, one.grant) for one in new for finding in one.findings)
    of_grants = (
        (finding, grants[grant_id])
        for grant_id in sorted({one.grant.id for one in new if one.grant is not None})
        for finding in rulebook.of_grant(grants[grant_id], transaction.totals(grant_id))
    )
    found = [_new(finding, grant, now) for finding, grant in chain(of_calls, of_grants)]
    return len(new), transaction.keep_findings(found)


def _reopen(transaction: WatchWriter, grant_ids: set[str], now: datetime) -> None:
    """The accounts of grants of which there is more to count now."""
    for grant_id in transaction.standing(grant_ids) if grant_ids else ():
        transaction.reopen(
            grant_id, now, settled.reopened(grant_id, now), settled.effect_of_reopening(grant_id, now)
        )


def _new(found: Finding, grant: KnownGrant | None, now: datetime) -> NewFinding:
    finding = replace(
        found,
        title=storable(found.title, _LONGEST_TITLE),
        because=storable(found.because, _LONGEST_SENTENCE),
        session_name=storable(found.session_name, _LONGEST_TITLE) if found.session_name else None,
        role_arn=storable(found.role_arn, _LONGEST_SENTENCE) if found.role_arn else None,
    )
    return NewFinding(
        record=FindingRecord(finding=finding, found_at=now, entitlement=grant.entitlement if grant else None),
        draft=drafts.finding_made(finding, now, request_id=grant.request_id if grant else None),
        effects=effects_of_finding(finding, now),
    )
