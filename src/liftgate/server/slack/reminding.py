"""Reminds reviewers in Slack, by a reply to the message that shows their request: it mentions those whose Slack users are known.

A message that is changed in place calls nobody, so this is said by a message of its own: each at most once. That it is about to be
said is committed first, and taken back where Slack said no. Whoever dies between, or never hears an answer, does not say it again.
"""

import hashlib
from datetime import timedelta
from typing import Any, Final

from liftgate.access.model import RequestRecord
from liftgate.access.ports import Effect, EffectKind
from liftgate.access.request_words import person_words
from liftgate.access.told import TellKind, Told
from liftgate.identity.model import IdentityKind
from liftgate.notices.slack.api import NotKnownWhether
from liftgate.notices.slack.blocks import reminder_message
from liftgate.response import drafts
from liftgate.response.notify import NotDelivered
from liftgate.server.linking import LinksHere
from liftgate.server.parts import Parts
from liftgate.server.slack.showing import SLACK, in_words, show_request

REMINDED: Final = "slack.reminded"
REMINDING: Final = frozenset({TellKind.REVIEW_REMINDER, TellKind.REVIEW_ESCALATED})
_MOST_MENTIONED: Final = 20
_REMEMBERED: Final = timedelta(days=7)  # longer than anything is tried


def reminded_effect(told: Told, parts: Parts) -> Effect:
    """The queued work that says a reminder in Slack."""
    return Effect(kind=EffectKind.NOTIFY, key=f"{REMINDED} {told.id} {SLACK}", due_at=parts.clock())


def remind(told: Told, people: frozenset[str], parts: Parts) -> None:
    """Say a reminder, unless it was said before. Raises ``NotDelivered`` where Slack did not take it, so that it is tried again."""
    if parts.slack is None or told.request_id is None:
        return
    show_request(told.request_id, parts)
    with parts.store.read() as view:
        record, shown = view.request(told.request_id), view.slack.message(told.request_id)
    if record is None or shown is None:
        return
    message = _message(told, record, people, parts)
    if not _claimed(told, parts):
        return
    try:
        parts.slack.api.reply(shown.channel, shown.ts, message)
    except NotKnownWhether as failure:
        parts.log.warning("slack", code=failure.code, said=failure.sentence)
        with parts.store.write() as transaction:
            about = f"{REMINDED} {told.id}"
            transaction.record(drafts.alert_failed(about, SLACK, failure.sentence, parts.clock()))
    except NotDelivered:
        with parts.store.write() as transaction:
            transaction.forget_proof(_claim_of(told))
        raise


def _message(told: Told, record: RequestRecord, people: frozenset[str], parts: Parts) -> dict[str, Any]:
    catalogue = parts.catalogue.current().catalogue
    words, outcome = in_words(record, parts)
    some = sorted(people)[:_MOST_MENTIONED]
    return reminder_message(
        words,
        outcome,
        users=_users(frozenset(some), parts),
        people=[person_words(one, catalogue) for one in some],
        others=len(people) - len(some),
        is_new_to_them=told.kind is TellKind.REVIEW_ESCALATED,
    )


def _users(people: frozenset[str], parts: Parts) -> list[str]:
    """The Slack users of some people, by the catalogue or by proof; what the catalogue says goes before."""
    declared = parts.catalogue.current().catalogue.identities
    kind = f"{IdentityKind.SLACK.value}:"
    found = {
        name.removeprefix(kind)
        for name, person in declared.items()
        if person in people and name.startswith(kind)
    }
    rules = LinksHere(parts.catalogue.current().catalogue, parts)
    with parts.store.read() as view:
        links = [one for person in sorted(people) for one in view.links.of(person)]
    linked = {
        one.identity.name
        for one in links
        if one.identity.kind is IdentityKind.SLACK and rules.holder(one, one.identity) is not None
    }
    return sorted(found | linked)


def _claimed(told: Told, parts: Parts) -> bool:
    with parts.store.write() as transaction:
        return transaction.use_proof(_claim_of(told), expires_at=parts.clock() + _REMEMBERED)


def _claim_of(told: Told) -> str:
    return hashlib.sha256(f"{REMINDED} {told.id}".encode()).hexdigest()
