"""The grant that an approved request becomes, with its record, what must follow in AWS, and who is told."""

from datetime import datetime

from liftgate.access import drafts
from liftgate.access.effects import effects_of_grant
from liftgate.access.ids import RandomBytes, new_grant_id
from liftgate.access.model import Grant, Request
from liftgate.access.ports import AccessWriter
from liftgate.access.review import grant_for


def grant_now(
    transaction: AccessWriter, request: Request, *, by: str, now: datetime, random: RandomBytes
) -> Grant:
    """Make it. ``by`` is the last reviewer, or ``liftgate`` where there was no review."""
    grant = grant_for(request, grant_id=new_grant_id(now, random), now=now)
    transaction.add_grant(grant, drafts.granted(grant, request, by=by), effects_of_grant(grant, now))
    return grant
