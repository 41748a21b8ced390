"""Tells people of requests and grants, by whichever channels there are.

A telling becomes one message for each webhook, each notice and each of its people, all queued at once; each is then sent, tried again
and given up by itself, so that one which does not answer keeps no other waiting.
"""

from collections.abc import Iterator
from dataclasses import replace

from liftgate.access.ports import Effect, EffectKind
from liftgate.access.request_words import person_words
from liftgate.access.telling import next_reminder, recipients_now
from liftgate.access.told import TellKind, Told
from liftgate.notices.told_words import told_message
from liftgate.response.notify import Message, Notifier
from liftgate.server.parts import Parts
from liftgate.server.slack.reminding import REMINDING, reminded_effect
from liftgate.server.slack.showing import in_words, link_to, shown_effect

NOTICE = "notice:"
_KINDS = frozenset(kind.value for kind in TellKind)


def tell(told_id: str, parts: Parts) -> None:
    """Queue the messages of one telling, and the telling that follows from it."""
    catalogue, now = parts.catalogue.current().catalogue, parts.clock()
    with parts.store.read() as view:
        told = view.told(told_id)
        then = next_reminder(told, view, catalogue, now) if told else ()
    effects = tuple(_effects(told, due_telling(told_id, parts), parts)) if told else ()
    if effects or then:
        with parts.store.write() as transaction:
            transaction.outbox.enqueue(effects)
            transaction.tell(then)
        parts.wake_messenger.set()


def due_telling(told_id: str, parts: Parts) -> tuple[Told, frozenset[str]] | None:
    """A telling, and whom it concerns now; None where it concerns nobody any more."""
    catalogue = parts.catalogue.current().catalogue
    with parts.store.read() as view:
        told = view.told(told_id)
        recipients = recipients_now(told, view, catalogue, parts.clock()) if told else frozenset[str]()
    return (told, recipients) if told and recipients else None


def notice_sinks(kind: str, people: frozenset[str], parts: Parts) -> Iterator[str]:
    """The notices that tell of a kind, by name and person, as keys of the outbox have them."""
    for name, notice in sorted(parts.notices.items()):
        yield from (f"{NOTICE}{name}@{person}" for person in notice.recipients(kind, people))


def notifier_at(sink: str, parts: Parts) -> Notifier | None:
    """Whom a key of the outbox means; None where the settings know them no longer."""
    if not sink.startswith(NOTICE):
        return parts.notifiers.get(sink)
    name, _, person = sink.removeprefix(NOTICE).partition("@")
    notice = parts.notices.get(name)
    return notice.addressed(person) if notice else None


def is_telling(about: str) -> bool:
    """Whether a key of the outbox is about a telling."""
    return about.partition(" ")[0] in _KINDS


def message_of_telling(told_id: str, parts: Parts) -> Message | None:
    """A telling as a message, with its request as it is now; None where it concerns nobody any more."""
    due = due_telling(told_id, parts)
    if due is None:
        return None
    told, recipients = due
    with parts.store.read() as view:
        record = view.request(told.request_id) if told.request_id else None
    words, outcome = in_words(record, parts) if record else (None, None)
    by = person_words(told.by, parts.catalogue.current().catalogue) if told.by else None
    link = link_to(record.request.id, parts) if record else None
    return told_message(replace(told, recipients=recipients), words, outcome, by=by, link=link)


def _effects(told: Told, due: tuple[Told, frozenset[str]] | None, parts: Parts) -> Iterator[Effect]:
    recipients = due[1] if due else frozenset[str]()
    sinks = (*sorted(parts.notifiers), *notice_sinks(told.kind.value, recipients, parts))
    for sink in sinks if due else ():
        yield Effect(kind=EffectKind.NOTIFY, key=f"{told.id} {sink}", due_at=parts.clock())
    if parts.slack is not None and told.request_id is not None:  # it shows what is, whomever that concerns
        yield shown_effect(told.request_id, parts)
        if due and told.kind in REMINDING:
            yield reminded_effect(told, parts)
