"""What people are told, as a message: for webhooks as fields, for everybody else as a subject and a text. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from liftgate.access.request_words import Outcome, RequestWords
from liftgate.access.told import TellKind, Told
from liftgate.ledger.model import Json
from liftgate.response.notify import Message

# What a telling is called, where a request's headline follows; of people who are told at once it says what they are to do.
_SUBJECTS: Final[Mapping[TellKind, str]] = {
    TellKind.REQUEST_MADE: "Your request waits for an answer",
    TellKind.REVIEW_DUE: "Please answer",
    TellKind.REVIEW_REMINDER: "Still waiting for an answer",
    TellKind.REVIEW_ESCALATED: "Nobody answered, and now you may",
    TellKind.REQUEST_APPROVED: "Approved",
    TellKind.REQUEST_DENIED: "Denied",
    TellKind.REQUEST_LAPSED: "Lapsed without an answer",
    TellKind.REQUEST_CANCELLED: "Cancelled, no answer is needed",
    TellKind.GRANT_EXTENDED: "Extended",
    TellKind.GRANT_ENDED: "Ended early",
    TellKind.BREAK_GLASS_USED: "BREAK-GLASS was used",
    TellKind.BREAK_GLASS_REVIEW_DUE: "A break-glass use still waits for its review",
    TellKind.BREAK_GLASS_REVIEWED: "A break-glass use was reviewed",
    TellKind.DELEGATE_NAMED: "You may answer the reviews of somebody who is away",
}


def told_message(
    told: Told,
    words: RequestWords | None,
    outcome: Outcome | None,
    *,
    by: str | None,
    link: str | None,
) -> Message:
    """One telling; ``words`` are of its request, ``by`` is whose doing it is, by name."""
    headline = words.headline if words else by or told.about
    facts: list[Json] = [{"name": fact.name, "text": fact.text} for fact in words.facts] if words else []
    return Message(
        id=told.id.replace(" ", "-"),
        type=told.kind.value,
        at=told.due_at,
        data={
            "request_id": told.request_id,
            "grant_id": told.grant_id,
            "absence_id": told.absence_id,
            "stage": told.stage,
            "by": told.by,
            "recipients": sorted(told.recipients),
            "subject": f"{_SUBJECTS[told.kind]}: {headline}",
            "facts": facts,
            "unusual": list(words.unusual) if words else [],
            "outcome": outcome.sentence if outcome else None,
            "link": link,
        },
    )


def subject_of(message: Message) -> str:
    """A message in one line, whoever wrote what it is about: nothing in it begins another header or line."""
    data: Mapping[str, Any] = message.data
    text = data.get("subject") or data.get("title") or f"{message.type} {data.get('grant_id') or message.id}"
    return "".join(one if one.isprintable() else " " for one in str(text))[:200]


def text_of(message: Message) -> str:
    """A message as plain text. What people wrote is indented where it has several lines, so that no line of it passes for ours."""
    return "\n".join(_lines(message)) or subject_of(message)  # an empty text is none that anybody sends


def _lines(message: Message) -> Iterator[str]:
    data: Mapping[str, Any] = message.data
    for fact in data.get("facts") or ():
        yield f"{fact['name']}: {_indented(fact['text'])}"
    if data.get("unusual"):
        yield f"Unusual: {_indented('; '.join(data['unusual']))}"
    if data.get("outcome"):
        yield f"State: {_indented(data['outcome'])}"
    yield from _found(data)
    about = [
        str(data[name]) for name in ("request_id", "grant_id", "absence_id", "finding_id") if data.get(name)
    ]
    if about:
        yield f"Of: {', '.join(about)}"
    if data.get("link"):
        yield f"Look: {data['link']}"


def _found(data: Mapping[str, Any]) -> Iterator[str]:
    """What stands in findings and settlements, which have their own fields."""
    for name, title in (("severity", "Severity"), ("because", "Why"), ("person", "Person")):
        if data.get(name):
            yield f"{title}: {_indented(str(data[name]))}"
    sentences: Sequence[str] = data.get("sentences") or ()
    yield from (_indented(one) for one in sentences)


def _indented(text: str) -> str:
    first, *others = text.splitlines() or [""]
    return "\n".join([first, *(f"    | {line}" for line in others)])
