"""What is done about what people do in Slack: a button opens a form, the form answers the request, a code links a user.

Whatever goes wrong is said to that user alone.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from datetime import timedelta
from typing import Any, Final

from liftgate import errors
from liftgate.access.errors import NoSuchRequest, RequestClosed, SelfReview
from liftgate.access.model import Answer, Request, RequestRecord
from liftgate.access.reviewing import try_answer
from liftgate.access.sight import may_see
from liftgate.errors import LiftgateError
from liftgate.identity.linking import unlink_all
from liftgate.identity.model import Caller, IdentityKind
from liftgate.notices.slack.blocks import ONLY, REASON, SHORTER, MayBeLess, answer_form, escaped, notice_form
from liftgate.notices.slack.payload import Click, Command, Ignored, Interaction, Sent
from liftgate.notices.slack.sealed import Form, seal, unseal
from liftgate.response.notify import NotDelivered
from liftgate.server.api.requests import reviewed_request
from liftgate.server.calls import Call
from liftgate.server.parts import Parts
from liftgate.server.slack.desk import SlackDesk
from liftgate.server.slack.people import link, slack_caller
from liftgate.server.slack.showing import in_words, message_of
from liftgate.server.written_answer import written_answer
from liftgate.span import in_words as span_in_words

Json = Mapping[str, Any]

# Slack waits for three seconds, and shows an error then. What takes longer, such as a slow tracker, is finished all the same.
_PATIENCE: Final = timedelta(seconds=2)
_USAGE: Final = (
    "Say `/liftgate link CODE`, with a code of `liftgate identities link --slack`, or `/liftgate unlink`."
)


def answer_slack(what: Interaction, desk: SlackDesk, parts: Parts) -> Json | None:
    """Do it; what Slack is answered at once, or None for nothing but that it was taken."""
    match what:
        case Click():
            _click(what, desk, parts)
            return None
        case Sent():
            return _in_time(parts.background.submit(_sent, what, desk, parts), what, desk, parts)
        case Command():
            return {"response_type": "ephemeral", "text": escaped(_command(what, parts))}
        case Ignored():
            return None


def _click(click: Click, desk: SlackDesk, parts: Parts) -> None:
    try:
        caller = slack_caller(click.user, parts)
        record = _waiting(click, caller, desk, parts)
        words, _ = in_words(record, parts)
        form = Form(
            request_id=click.request_id,
            answer=click.answer,
            user=click.user,
            channel=click.channel,
            ts=click.ts,
        )
        sealed = seal(form, desk.form_key, parts.clock())
        view = answer_form(words, click.answer, sealed=sealed, less=_may_be_less(record.request))
        desk.api.open_form(click.trigger, view)
    except NotDelivered as failure:
        parts.log.warning("slack", code=failure.code, said=failure.sentence)
    except LiftgateError as refusal:
        _whisper(refusal, click.channel, click.user, desk, parts)


def _waiting(click: Click, caller: Caller, desk: SlackDesk, parts: Parts) -> RequestRecord:
    """The request, where it still waits, and for the caller's answer."""
    catalogue, now = parts.catalogue.current().catalogue, parts.clock()
    with parts.store.read() as view:
        record = view.request(click.request_id)
        stands_for = view.stands_for(caller.person.id, now=now)
    if record is None or not may_see(
        caller.person.id,
        requester=record.request.requester,
        entitlement=record.request.entitlement,
        catalogue=catalogue,
        stands_for=stands_for,
    ):
        raise NoSuchRequest("there is no such request that you may see", advice="list yours: liftgate status")
    if caller.person.id == record.request.requester:
        raise SelfReview("this is your own request", advice="one of its reviewers must answer it")
    words, outcome = in_words(record, parts)
    if not outcome.is_open:
        desk.api.update(click.channel, click.ts, message_of(click.request_id, words, outcome, parts))
        raise RequestClosed(f"`{click.request_id}` is {outcome.sentence}", advice="nothing is left to answer")
    try_answer(record, caller, click.answer, catalogue=catalogue, stands_for=stands_for, now=now)
    return record


def _sent(sent: Sent, desk: SlackDesk, parts: Parts) -> None:
    caller = slack_caller(sent.user, parts)
    form = unseal(sent.sealed, desk.form_key, user=sent.user, now=parts.clock())
    said = written_answer(
        approves=form.answer is Answer.APPROVE, comment=sent.reason, duration=sent.shorter, only=sent.only
    )
    reviewed_request(form.request_id, said, Call(parts, caller, parts.catalogue.current()))


def _may_be_less(request: Request) -> MayBeLess:
    return MayBeLess(longest=span_in_words(request.duration), narrower=request.in_place is None)


def _in_time(answering: Future[None], sent: Sent, desk: SlackDesk, parts: Parts) -> Json | None:
    try:
        answering.result(_PATIENCE.total_seconds())
    except NotInTime:
        answering.add_done_callback(lambda done: _finished(done, sent, desk, parts))
        said = "Your answer is being recorded. The message will show it, or you will be told why not."
        return {"response_action": "update", "view": notice_form(said)}
    except LiftgateError as refusal:
        return {"response_action": "errors", "errors": {_beside(refusal, sent): _in_a_line(refusal)[:300]}}
    return None


def _beside(refusal: LiftgateError, sent: Sent) -> str:
    """The input beside which a fault is shown."""
    input_of = {"duration_seconds": SHORTER, "locations": ONLY}
    where = (refusal.where or "").partition("[")[0].partition(".")[0]
    if not where and sent.only and isinstance(refusal, errors.Invalid):
        where = "locations"  # a place that cannot be read says what is wrong with it, not where it stands
    name = input_of.get(where, REASON)
    return name if name in sent.inputs else REASON


def _finished(done: Future[None], sent: Sent, desk: SlackDesk, parts: Parts) -> None:
    fault = done.exception()
    if isinstance(fault, LiftgateError):
        form = unseal(sent.sealed, desk.form_key, user=sent.user, now=parts.clock())
        _whisper(fault, form.channel, sent.user, desk, parts)
    elif fault is not None:
        parts.log.error("slack", error=type(fault).__name__)


def _command(command: Command, parts: Parts) -> str:
    word, _, rest = command.text.strip().partition(" ")
    try:
        match word.lower():
            case "link":
                person = link(command.user, rest, parts)
                return f"From now on your answers here are those of {person.name} ({person.id})."
            case "unlink":
                caller = slack_caller(command.user, parts)
                gone = unlink_all(caller.person.id, IdentityKind.SLACK, store=parts.store, clock=parts.clock)
                return (
                    "Your Slack users are no longer linked."
                    if gone
                    else "No Slack user was linked by a code."
                )
            case _:
                return _USAGE
    except LiftgateError as refusal:
        return _in_a_line(refusal)


def _whisper(refusal: LiftgateError, channel: str, user: str, desk: SlackDesk, parts: Parts) -> None:
    try:
        desk.api.whisper(channel, user.partition("/")[2], _in_a_line(refusal))
    except NotDelivered as failure:
        parts.log.warning("slack", code=failure.code, said=failure.sentence)


def _in_a_line(refusal: LiftgateError) -> str:
    return f"{refusal.sentence[:1].upper()}{refusal.sentence[1:]}. Next: {refusal.advice}."
