"""What was found in CloudTrail: for guards and auditors all of it, for reviewers that of their entitlements.

Whom a finding is about does not see it, unless they are a guard or an auditor: a thief with their session would learn what was noticed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from liftgate.access.sight import reviewable_entitlements
from liftgate.access.state import LIVE, grant_state, state_name
from liftgate.response.damage import damage
from liftgate.server.api.doc import problems
from liftgate.server.api.lists import Cursor, Limit
from liftgate.server.api.shapes import GRANT_ID, Moment, PageShape, answer
from liftgate.server.api.watch_shape import (
    FINDING_ID,
    Detail,
    FindingShape,
    SeverityWord,
    StateWord,
    finding_shape,
)
from liftgate.server.calls import Call, SignedIn
from liftgate.server.errors import NoSuchFinding
from liftgate.store.sql import StoreReader
from liftgate.watch.finding import Finding, Severity
from liftgate.watch.finding_state import FindingState, finding_state
from liftgate.watch.ports import FindingFilter, FindingRecord

router = APIRouter(prefix="/findings", tags=["Findings"])

_BY_GRAVITY = tuple(Severity)
_MOST_DAMAGE = 200  # calls

FindingId = Annotated[str, Path(pattern=FINDING_ID, examples=["fi-3xv7m0q4c2h5k8ru"])]


class FindingQuery(BaseModel):
    """Which findings to list."""

    model_config = {"extra": "forbid"}

    severity: SeverityWord | None = Field(default=None, description="Only those as severe as this, or more.")
    state: StateWord | None = Field(
        default=None,
        description="Only those whose grant is live or whose hold stands (`open`), for which neither is so (`over`), or which no "
        "grant explains (`unexplained`).",
    )
    rule: str | None = Field(default=None, max_length=100, pattern=r"^[ -~]+$", description="Only its own.")
    grant: str | None = Field(default=None, pattern=GRANT_ID, description="Only those of one grant.")
    since: Moment | None = Field(default=None, description="Only those of calls from then on.")
    cursor: Cursor = None
    limit: Limit = 50


@router.get("", response_model=PageShape[FindingShape], responses=problems(401))
def list_findings(call: SignedIn, query: Annotated[FindingQuery, Query()]) -> Response:
    """List findings, those of the latest calls first. Their calls are left out: ask for the one finding."""
    return answer(findings_page(call, query))


@router.get("/{finding_id}", response_model=FindingShape, responses=problems(401, 404))
def get_finding(call: SignedIn, finding_id: FindingId) -> Response:
    """Look at one finding: its calls, what was done about it, and what was written or deleted that somebody must put right.

    Guards and auditors also get CloudTrail's own JSON of its calls.
    """
    return answer(whole_finding(call, finding_id))


def findings_page(call: Call, query: FindingQuery) -> PageShape[FindingShape]:
    """A page of those that the caller may see."""
    now = call.parts.clock()
    which = FindingFilter(
        severities=_at_least(query.severity),
        rule=query.rule,
        grant_id=query.grant,
        since=query.since,
        state=FindingState(query.state) if query.state else None,
        now=now,
    )
    with call.parts.store.read() as view:
        page = view.findings(seen_by(call, which), cursor=query.cursor, limit=query.limit)
        states = _states(view, page.items, now)
    items = [finding_shape(record, call.catalogue, states[record.finding.id]) for record in page.items]
    return PageShape[FindingShape](items=items, next_cursor=page.next_cursor)


def whole_finding(call: Call, finding_id: str) -> FindingShape:
    """One finding with its calls. Raises ``NoSuchFinding`` for one that the caller may not see."""
    with call.parts.store.read() as view:
        record = view.finding(finding_id)
        if record is None or not sees_findings_of(call, record.finding.person, record.entitlement):
            raise NoSuchFinding(
                f"there is no finding `{finding_id[:40]}` that you may see",
                advice="list those that you may: liftgate findings",
                value=finding_id[:40],
            )
        detail = _detail(view, record.finding, with_records=call.sees_all)
        [state] = _states(view, [record], call.parts.clock()).values()
    return finding_shape(record, call.catalogue, state, detail)


def seen_by(call: Call, which: FindingFilter) -> FindingFilter:
    """The same findings, as far as the caller may see them."""
    if call.sees_all:
        return which
    return replace(
        which,
        entitlements=reviewable_entitlements(call.person_id, call.catalogue),
        not_of=call.person_id,
    )


def sees_findings_of(call: Call, person: str | None, entitlement: str | None) -> bool:
    """What ``seen_by`` says of many, said of those of one grant."""
    return call.sees_all or (
        person != call.person_id and entitlement in reviewable_entitlements(call.person_id, call.catalogue)
    )


def _detail(view: StoreReader, finding: Finding, *, with_records: bool) -> Detail:
    calls = [one for one in map(view.activity, finding.event_ids) if one is not None]
    done = view.destructive(finding.grant_id, limit=_MOST_DAMAGE + 1) if finding.grant_id else calls
    return Detail(
        calls=calls,
        responses=view.responses([finding.id]),
        damage=damage(done[:_MOST_DAMAGE]),
        more_damage=len(done) > _MOST_DAMAGE,
        with_records=with_records,
    )


def _states(view: StoreReader, records: Sequence[FindingRecord], now: datetime) -> Mapping[str, FindingState]:
    """By id. Of a page of findings: three questions to the database, however many they are."""
    grants = view.grant_records({one.finding.grant_id for one in records if one.finding.grant_id})
    live = {one.grant.id for one in grants if state_name(grant_state(one, now)) in LIVE}
    held = {hold.finding_id for hold in view.open_holds()}
    standing = view.drifts.are_standing([one.finding.id for one in records])
    return {
        one.finding.id: finding_state(
            is_of_grant=one.finding.grant_id is not None,
            is_live=one.finding.grant_id in live,
            is_held=one.finding.id in held,
            is_standing=standing.get(one.finding.id),
        )
        for one in records
    }


def _at_least(severity: SeverityWord | None) -> frozenset[Severity] | None:
    if severity is None:
        return None
    return frozenset(_BY_GRAVITY[_BY_GRAVITY.index(Severity(severity)) :])
