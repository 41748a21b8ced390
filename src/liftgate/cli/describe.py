"""Requests and grants in plain words, and the command to go on with."""

from datetime import datetime

from liftgate.cli.answers import (
    EmergencyAnswer,
    EndingAnswer,
    GrantAnswer,
    GrantBrief,
    InPlaceAnswer,
    RequestAnswer,
    ReviewAnswer,
    ScopeAnswer,
)
from liftgate.cli.moments import shown, until
from liftgate.cli.terminal import paint, paint_state, say, say_fields
from liftgate.pasted import use_of_grant
from liftgate.span import in_words

_IN_PLACE = {
    "opening": "opening for your session `{name}`: AWS does not let it through yet",
    "open": "open for your session `{name}`: go on with the credentials that you have",
    "closed": "closed for your session `{name}`",
}
_DENY = {
    "in_place": "AWS refuses its running sessions",
    "pending": "new sessions are refused; AWS is being told to refuse running ones",
}


def say_request(request: RequestAnswer, now: datetime) -> None:
    """A request in full."""
    say(f"{paint(request.id, 'bold')}  {paint_state(request.state)}")
    fields = [
        ("what", request.scope.in_words),
        ("for", _for_how_long(request)),
        ("reason", request.justification),
    ]
    if request.ticket:
        unchecked = " (not checked: its tracker did not answer)" if request.ticket_checked is False else ""
        fields.append(("ticket", f"{request.ticket}{unchecked}"))
    if request.extends:
        fields.append(("goes on", f"from {request.extends}"))
    if request.emergency:
        fields.append(("emergency", _emergency(request.emergency)))
    if request.in_place:
        fields.append(("how", "in place, on the role that its holder has: no new credentials"))
    fields.append(
        ("by", f"{request.requester.name}, through {request.entitlement} in account {request.account}")
    )
    fields += [("review", _review(review)) for review in request.reviews]
    if request.state == "pending":
        fields.append(("waits for", waiting(request, now)))
    say_fields(fields + _granted(request, now))


def say_outcome(request: RequestAnswer, now: datetime) -> None:
    """What became of a request that was shown before."""
    say(f"{paint(request.id, 'bold')}  {paint_state(request.state)}")
    fields = [("review", _review(review)) for review in request.reviews]
    if request.state == "pending":  # one of several approvals
        fields.append(("waits for", waiting(request, now)))
    say_fields(fields + _granted(request, now))


def say_grant(grant: GrantAnswer, now: datetime) -> None:
    """A grant in full."""
    say(f"{paint(grant.id, 'bold')}  {paint_state(grant.state)}")
    fields = [("what", grant.scope.in_words)]
    if grant.ending:
        fields += _ending(grant.ending)
    else:
        fields.append(("window", window_in_words(grant, now)))
    fields.append(("by", f"{grant.requester.name}, through {grant.entitlement} in account {grant.account}"))
    fields.append(("request", grant.request_id))
    if grant.is_emergency:
        fields.append(("emergency", "taken without a review"))
    if grant.extends:
        fields.append(("goes on", f"from {grant.extends}"))
    if grant.goes_on:
        fields.append(("then", f"{grant.goes_on} goes on from it"))
    fields.append(
        ("in place", _in_place(grant.in_place)) if grant.in_place else ("sessions", _sessions(grant))
    )
    say_fields(fields)


def waiting(request: RequestAnswer, now: datetime) -> str:
    """What a pending request waits for, and for how long it will."""
    return f"{request.waiting_for or 'an answer'}; lapses in {until(request.lapses_at, now)}"


def window_in_words(grant: GrantAnswer | GrantBrief, now: datetime) -> str:
    """Where now is in a grant's window."""
    if grant.state == "scheduled":
        length = in_words(grant.ends_at - grant.starts_at)
        return f"begins in {until(grant.starts_at, now)} ({shown(grant.starts_at)}), lasts {length}"
    if grant.state == "active":
        return f"ends in {until(grant.ends_at, now)} ({shown(grant.ends_at)})"
    return f"{grant.state}; its window ended {shown(grant.ends_at)}" if grant.ends_at <= now else grant.state


def after_request(request: RequestAnswer) -> tuple[str, ...]:
    """What a requester does next."""
    if request.state == "pending":
        return (f"liftgate show {request.id} --wait",)
    if request.grant and request.grant.state == "active":
        return after_grant(request.grant, request.scope, in_place=request.in_place)
    if request.grant and request.grant.state == "scheduled":
        return (f"liftgate show {request.grant.id}",)
    return ("liftgate request …",)


def after_grant(grant: GrantAnswer | GrantBrief, scope: ScopeAnswer, *, in_place: bool) -> tuple[str, ...]:
    """What the holder of an active grant does next."""
    return use_of_grant(grant.id, actions=scope.actions, locations=scope.locations, in_place=in_place)


def time_left(grant: GrantAnswer, now: datetime) -> str:
    """A grant's time in a table's cell."""
    if grant.state == "active":
        return f"{until(grant.ends_at, now)} left"
    if grant.state == "scheduled":
        return f"starts in {until(grant.starts_at, now)}"
    return shown(grant.ending.ended_at if grant.ending else grant.ends_at)


def _granted(request: RequestAnswer, now: datetime) -> list[tuple[str, str]]:
    return [("grant", f"{request.grant.id}, {window_in_words(request.grant, now)}")] if request.grant else []


def _for_how_long(request: RequestAnswer) -> str:
    start = f"from {shown(request.starts_at)}" if request.starts_at else "from its approval"
    return f"{in_words(request.duration)}, {start}"


def _review(review: ReviewAnswer) -> str:
    answer = {"approve": "approved", "deny": "denied"}.get(review.answer, review.answer)
    comment = f": {review.comment}" if review.comment else ""
    place = f" for {review.in_place_of.name}, who is away" if review.in_place_of else ""
    stage = f" in stage {review.stage}" if review.stage not in {None, "review"} else ""
    less = [word for word in (review.less, review.less_time and f"for {in_words(review.less_time)}") if word]
    part = f" to {' '.join(less)} only" if review.less else f" {less[0]} only" if less else ""
    return f"{answer} by {review.reviewer.name}{place}{stage}{part}{comment}"


def _emergency(found: EmergencyAnswer) -> str:
    if found.conclusion:
        return found.conclusion
    overdue = "OVERDUE: " if found.is_overdue else ""
    return f"without a review; {overdue}somebody must look at it by {shown(found.look_by)}"


def _ending(ending: EndingAnswer) -> list[tuple[str, str]]:
    because = f": {ending.reason}" if ending.reason else ""
    fields = [("ended", f"{ending.kind} by {ending.by} at {shown(ending.ended_at)}{because}")]
    if ending.deny:
        fields.append(("in AWS", _DENY.get(ending.deny, ending.deny)))
    return fields


def _in_place(found: InPlaceAnswer) -> str:
    return _IN_PLACE.get(found.state, found.state).format(name=found.session_name)


def _sessions(grant: GrantAnswer) -> str:
    lent = [session for session in grant.sessions if session.lent_at]
    if not lent:
        return "none lent yet"
    newest = lent[-1]
    ended = [f"{session.number} {_session_ending(session.ending)}" for session in lent if session.ending]
    revoked = f"; revoked: {', '.join(ended)}" if ended else ""
    return f"{len(lent)} lent, newest {newest.access_key_id or newest.name}{revoked}"


def _session_ending(ending: EndingAnswer) -> str:
    how = "AWS refuses it" if ending.deny == "in_place" else "AWS is being told"
    return f"by {ending.by}, {ending.reason} ({how})"
