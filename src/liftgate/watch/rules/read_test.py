"""A rule's test, read: facts by their kinds, or CloudTrail records."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.nearest import suggest
from liftgate.catalogue.reader import Listing, Node, Scalar
from liftgate.conditions.vocabulary import Kind, Value, Vocabulary
from liftgate.errors import LiftgateError
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope
from liftgate.watch.event import Event, check_identities
from liftgate.watch.rules.errors import RuleFault
from liftgate.watch.rules.model import Expected, On, RuleTest

_RECORDS = msgspec.json.Decoder(list[Event])
_WRITE = {
    Kind.TEXT: "write a text",
    Kind.FLAG: "write `true` or `false`, without quotes",
    Kind.WHOLE: "write a whole number, without quotes",
    Kind.MOMENT: "write a time with its offset, such as `2026-11-02T12:00:00Z`",
    Kind.TEXTS: "write a list of texts",
}


def read_test(fields: Fields, vocabulary: Vocabulary, on: On) -> RuleTest | None:
    """A test; None where it is faulty."""
    says, expect, because = fields.text("says"), fields.choice("expect"), fields.text("because")
    facts = tuple(_facts(fields, vocabulary))
    records = fields.text("records")
    if fields.has("facts") == fields.has("records"):
        sentence = "a test has either `facts` or `records`"
        fields.faults.add(RuleFault.MISPLACED_KEY, fields.place, sentence, "write one of them")
    elif fields.has("granted") and not fields.has("records"):
        sentence = "`granted` goes with `records`"
        fields.faults.add(RuleFault.MISPLACED_KEY, fields.place, sentence, "write the facts of `grant.`")
    if on is On.GRANT and fields.has("records") and not fields.has("granted"):
        sentence = "`records` of a rule on a grant need the scope that was granted"
        fields.faults.add(FaultKind.MISSING_KEY, fields.place, sentence, "add `granted`")
    granted = fields.fields("granted") if fields.has("granted") else None
    if says is None:
        return None
    return RuleTest(
        says=says.value,
        expect=Expected(expect) if expect else Expected.FINDING,
        because=because.value if because else None,
        facts=facts,
        events=_events(records, fields.faults) if records else (),
        granted=_scope(granted) if granted else None,
        place=f"{fields.place.file}:{fields.place.line}",
    )


def _facts(fields: Fields, vocabulary: Vocabulary) -> Iterator[tuple[str, Value]]:
    for name, entry in fields.by_name("facts"):
        fact = vocabulary.get(name.value)
        if fact is None:
            sentence = f"there is no fact `{name.value}`"
            advice = suggest(name.value, vocabulary, "docs/rules.md lists all facts")
            fields.faults.add(RuleFault.UNKNOWN_FACT, name.place, sentence, advice)
            continue
        value = _value(entry.value, fact.kind)
        if value is None:
            sentence = f"this is no value of `{name.value}` ({fact.kind})"
            fields.faults.add(RuleFault.BAD_FACT, entry.value.place, sentence, _WRITE[fact.kind])
        else:
            yield name.value, value


def _value(node: Node, kind: Kind) -> Value | None:
    if kind is Kind.TEXTS:
        items = node.items if isinstance(node, Listing) else ()
        texts = tuple(item.text for item in items if isinstance(item, Scalar))
        return texts if isinstance(node, Listing) and len(texts) == len(items) else None
    if not isinstance(node, Scalar):
        return None
    if kind is Kind.TEXT:
        return node.text
    if kind is Kind.FLAG:
        return {"true": True, "false": False}.get(node.text) if node.plain else None
    if kind is Kind.MOMENT:
        return _moment(node.text)
    return int(node.text) if node.plain and node.text.isdecimal() and len(node.text) < 19 else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _events(records: Marked[str], faults: FaultList) -> tuple[Event, ...]:
    try:
        text = records.value.strip()
        events = _RECORDS.decode(text if text.startswith("[") else f"[{text}]")
        check_identities([bytes(event.identity) for event in events])
        return tuple(event.by_itself() for event in events)
    except (ValueError, RecursionError) as error:  # of which msgspec's are
        sentence = f"this is no CloudTrail record: {str(error)[:160]}"
        faults.add(
            RuleFault.BAD_RECORD, records.place, sentence, "paste a record as it stands in the log file"
        )
        return ()


def _scope(fields: Fields) -> Scope | None:
    actions, locations = fields.texts("actions"), fields.texts("locations")
    try:
        return Scope(
            actions=expand_actions(one.value for one in actions or ()),
            locations=frozenset(parse_location(one.value) for one in locations or ()),
        )
    except LiftgateError as error:
        fields.faults.add_error(RuleFault.BAD_SCOPE, fields.place, error)
        return None
