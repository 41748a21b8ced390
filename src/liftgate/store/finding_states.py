"""The states of ``watch.finding_state`` said in SQL, so that the database can filter and count by them."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal, not_, or_, select

from liftgate.store.answer_tables import holds
from liftgate.store.columns import Moment
from liftgate.store.drift_tables import drifts
from liftgate.store.tables import endings, findings, grants
from liftgate.watch.finding_state import FindingState


def findings_in(state: FindingState, now: datetime) -> ColumnElement[bool]:
    """Findings that are in a state at ``now``. What is live, and what stands, is few, however much is past."""
    ended = exists().where(endings.c.grant_id == grants.c.id)
    live = select(grants.c.id).where(grants.c.ends_at > literal(now, Moment()), not_(ended))
    held = select(holds.c.finding_id).where(holds.c.over_at.is_(None))
    standing = select(drifts.c.finding_id).where(drifts.c.over_at.is_(None))
    of_checks = select(drifts.c.finding_id)
    if state is FindingState.OPEN:
        return or_(findings.c.grant_id.in_(live), findings.c.id.in_(held), findings.c.id.in_(standing))
    if state is FindingState.UNEXPLAINED:
        return and_(
            findings.c.grant_id.is_(None), findings.c.id.not_in(held), findings.c.id.not_in(of_checks)
        )
    return or_(
        and_(
            findings.c.grant_id.is_not(None),
            findings.c.grant_id.not_in(live),
            findings.c.id.not_in(held),
        ),
        and_(findings.c.id.in_(of_checks), findings.c.id.not_in(standing)),
    )
