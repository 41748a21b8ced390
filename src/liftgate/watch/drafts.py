"""What the ledger says of what was found."""

from datetime import datetime

from liftgate.ledger.model import Draft, EventKind
from liftgate.watch.finding import Finding
from liftgate.watch.finding_words import finding_told
from liftgate.watch.ports import SetAside


def finding_made(finding: Finding, now: datetime, *, request_id: str | None) -> Draft:
    """A rule found something."""
    return Draft(
        at=now,
        kind=EventKind.FINDING_MADE,
        actor="liftgate",
        request_id=request_id,
        grant_id=finding.grant_id,
        body={"finding": finding.id, **finding_told(finding)},
    )


def set_aside(found: SetAside) -> Draft:
    """Something could not be read. How it begins is kept beside the ledger: it may be anything."""
    return Draft(
        at=found.at,
        kind=EventKind.RECORD_SET_ASIDE,
        actor="liftgate",
        body={"set_aside": found.id, "reason": found.reason, "source": found.source},
    )
