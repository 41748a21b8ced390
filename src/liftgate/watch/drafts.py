"""What the ledger says of what was found."""

from datetime import datetime

from liftgate.clock import rfc3339
from liftgate.ledger.model import Draft, EventKind
from liftgate.watch.finding import Finding
from liftgate.watch.ports import SetAside


def finding_made(finding: Finding, now: datetime, *, request_id: str | None) -> Draft:
    """A rule found something."""
    return Draft(
        at=now,
        kind=EventKind.FINDING_MADE,
        actor="liftgate",
        request_id=request_id,
        grant_id=finding.grant_id,
        body={
            "finding": finding.id,
            "rule": finding.rule,
            "title": finding.title,
            "because": finding.because,
            "severity": finding.severity.value,
            "answer": finding.answer.value,
            "at": rfc3339(finding.at),
            "person": finding.person,
            "session_name": finding.session_name,
            "role_arn": finding.role_arn,
            "event_ids": list(finding.event_ids),
        },
    )


def set_aside(found: SetAside) -> Draft:
    """Something could not be read. How it begins is kept beside the ledger: it may be anything."""
    return Draft(
        at=found.at,
        kind=EventKind.RECORD_SET_ASIDE,
        actor="liftgate",
        body={"set_aside": found.id, "reason": found.reason, "source": found.source},
    )
