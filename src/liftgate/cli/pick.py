"""Which grant to borrow under, and what to say where there is none."""

from datetime import datetime

from liftgate.cli.answers import GrantAnswer, read_grants, read_requests
from liftgate.cli.errors import GrantNotActive, NoActiveGrant, SeveralGrants
from liftgate.cli.identifiers import kind_of_id
from liftgate.cli.moments import shown, until
from liftgate.cli.ports import Api

_ASK = "ask for one: liftgate request s3://BUCKET/PREFIX/ --write --for 20m --reason …"


def pick_grant(api: Api) -> GrantAnswer:
    """The caller's only active grant that lends sessions. Raises ``NoActiveGrant`` or ``SeveralGrants``, with what to do."""
    page = read_grants(api.get("/grants", view="mine", state="active"))
    lending = [grant for grant in page.items if grant.in_place is None]
    if page.items and not lending:
        raise NoActiveGrant(
            f"`{page.items[0].id}` is in place: there is nothing to borrow, your own session has it",
            advice=f"go on with the credentials that you have; see that it is open: liftgate show {page.items[0].id}",
            value=page.items[0].id,
        )
    if not lending:
        raise NoActiveGrant("you have no active grant", advice=_what_is_coming(api) or _ASK)
    if len(lending) > 1:
        listed = "; ".join(f"--grant {grant.id} ({grant.scope.in_words})" for grant in lending[:5])
        raise SeveralGrants(
            f"you have {len(lending)}{' or more' if page.more else ''} active grants",
            advice=f"name one: {listed}",
        )
    return lending[0]


def check_active(grant: GrantAnswer, now: datetime) -> None:
    """Raise ``GrantNotActive`` with the reason, unless sessions may be lent under the grant."""
    if grant.state == "active":
        return
    if grant.state == "scheduled":
        raise GrantNotActive(
            f"grant `{grant.id}` begins at {shown(grant.starts_at)}, in {until(grant.starts_at, now)}",
            advice="try again then",
            value=grant.id,
        )
    how = f"ended at {shown(grant.ends_at)}"
    if grant.ending:
        how = f"was {grant.ending.kind} by {grant.ending.by}: {grant.ending.reason}"
    raise GrantNotActive(f"grant `{grant.id}` {how}", advice=_go_on(grant), value=grant.id)


def _go_on(grant: GrantAnswer) -> str:
    """The grant that goes on from one that is over, or the request that may."""
    if grant.goes_on is None:
        return _ASK
    if kind_of_id(grant.goes_on) == "request":
        return f"`{grant.goes_on}` goes on from it once it is approved: liftgate show {grant.goes_on} --wait"
    return f"it goes on as `{grant.goes_on}`: name that one with --grant, or none"


def _what_is_coming(api: Api) -> str | None:
    scheduled = read_grants(api.get("/grants", view="mine", state="scheduled", limit=1))
    for grant in scheduled.items:
        return f"grant `{grant.id}` begins at {shown(grant.starts_at)}"
    pending = read_requests(api.get("/requests", view="mine", state="pending", limit=1))
    for request in pending.items:
        return f"request `{request.id}` waits for {request.waiting_for or 'an answer'}"
    return None
