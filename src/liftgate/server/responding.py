"""Answers findings and tells of them, with the server's settings."""

from typing import Final

from liftgate.access.hold import placed_by_hand
from liftgate.access.ports import Effect, EffectKind
from liftgate.response import drafts
from liftgate.response.holding import go_on_shutting_out
from liftgate.response.model import Response
from liftgate.response.notify import Message, finding_message, hold_message, settlement_message
from liftgate.response.service import Answered, answer_finding
from liftgate.server.parts import Parts
from liftgate.server.settling import settle_soon
from liftgate.server.slack.reminding import REMINDED, remind
from liftgate.server.slack.showing import SLACK, show_request
from liftgate.server.telling import due_telling, is_telling, message_of_telling, notice_sinks, notifier_at

_FINDING: Final = "finding.made"
HELD: Final = "person.held"
_SETTLED: Final = "grant.settled"


def respond(finding_id: str, parts: Parts) -> None:
    """Do what a finding calls for, and bring the roles of what was taken back in line at once."""
    answered = answer_finding(
        finding_id,
        mode=parts.settings.response,
        alerts=messages_about(f"{_FINDING} {finding_id}", parts),
        store=parts.store,
        clock=parts.clock,
    )
    if answered is None:
        return
    if answered.ended:
        settle_soon(answered.ended, parts)
    for response in answered.responses:
        _log(response, answered, parts)
    parts.wake_messenger.set()


def take_back_of_shut_out(person: str, parts: Parts) -> None:
    """What whoever shut somebody out did not come to, since they or their server died."""
    ended = go_on_shutting_out(person, store=parts.store, clock=parts.clock)
    settle_soon((record.grant for record in ended), parts)


def messages_about(about: str, parts: Parts) -> tuple[Effect, ...]:
    """What to queue so that each webhook and notice is told; ``about`` says of what, and ``send_message`` reads it."""
    now = parts.clock()
    sinks = (*sorted(parts.notifiers), *notice_sinks(about.partition(" ")[0], frozenset(), parts))
    return tuple(Effect(kind=EffectKind.NOTIFY, key=f"{about} {sink}", due_at=now) for sink in sinks)


def send_message(key: str, parts: Parts) -> None:
    """Tell one webhook, notice or channel. Nothing is done where it is no longer in the settings. Raises ``NotDelivered``."""
    about, sink = _read(key)
    if sink == SLACK:
        _to_slack(about, parts)
        return
    notifier = notifier_at(sink, parts)
    message = _message(about, parts) if notifier else None
    if notifier is None or message is None:
        return
    notifier.send(message, parts.clock())
    with parts.store.write() as transaction:
        transaction.record(drafts.alert_sent(message.id, notifier.name, parts.clock()))


def _to_slack(about: str, parts: Parts) -> None:
    kind, _, subject = about.partition(" ")
    if kind != REMINDED:
        show_request(subject, parts)
    elif (due := due_telling(subject, parts)) is not None:  # somebody has answered since, otherwise
        remind(*due, parts)


def give_up(key: str, failure: str, parts: Parts) -> None:
    """Put on record that a webhook was not told, and will not be."""
    about, sink = _read(key)
    notifier = notifier_at(sink, parts)
    name = SLACK if sink == SLACK else notifier.name if notifier else "a webhook that is no longer set"
    parts.log.error("alert failed", about=about, to=name)
    with parts.store.write() as transaction:
        transaction.record(drafts.alert_failed(about, name, failure, parts.clock()))


def _read(key: str) -> tuple[str, str]:
    about, _, sink = key.rpartition(" ")
    return about, sink


def _message(about: str, parts: Parts) -> Message | None:
    if is_telling(about):
        return message_of_telling(about, parts)
    kind, subject, *rest = about.split(" ")
    with parts.store.read() as view:
        if kind == _FINDING:
            record = view.finding(subject)
            return finding_message(record) if record else None
        if kind == HELD:
            held = placed_by_hand(view.open_holds(subject))
            return hold_message(held) if held else None
        grant = view.grant(subject)
        made = next((one for one in view.all_settled(subject) if [str(one.number)] == rest), None)
    return settlement_message(made, grant) if made and grant else None


def _log(response: Response, answered: Answered, parts: Parts) -> None:
    finding = answered.finding
    parts.log.warning(
        "response",
        finding=finding.id,
        rule=finding.rule,
        severity=finding.severity.value,
        grant=finding.grant_id,
        person=finding.person,
        step=response.step.value,
        mode=response.mode.value,
        outcome=response.outcome,
    )
