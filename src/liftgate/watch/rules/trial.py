"""Rules' own tests, run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from liftgate.conditions.errors import ConditionFailed
from liftgate.conditions.vocabulary import EMPTY, Facts, Value, Vocabulary
from liftgate.iam.scope import Scope, Window
from liftgate.watch.event import Event, Issuer, SessionContext, UserIdentity
from liftgate.watch.judging import judged_of
from liftgate.watch.known import NOTHING_KNOWN, KnownGrant, KnownInMemory, KnownSession, known_in_memory
from liftgate.watch.rules.counted import counted
from liftgate.watch.rules.facts import OF_CALL, OF_GRANT, facts_of_call, facts_of_grant
from liftgate.watch.rules.model import Expected, On, Rule, RuleTest
from liftgate.watch.rules.totals import totals_of

_ROLE = "arn:aws:iam::111122223333:role/liftgate-example"
_SESSION = KnownSession(
    grant_id="gr-0123456789abcdef",
    number=1,
    name="gr-0123456789abcdef-1",
    access_key_id="ASIAEXAMPLE000000001",
)
_CALLER = msgspec.Raw(
    msgspec.json.encode(
        UserIdentity(
            type="AssumedRole",
            principal_id=f"AROAEXAMPLEEXAMPLE123:{_SESSION.name}",
            arn=f"arn:aws:sts::111122223333:assumed-role/liftgate-example/{_SESSION.name}",
            account_id="111122223333",
            access_key_id=_SESSION.access_key_id,
            session_context=SessionContext(
                session_issuer=Issuer(type="Role", arn=_ROLE), source_identity="example"
            ),
        )
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one test; ``wrong`` says why it failed, and is None where it did not."""

    rule: str
    test: RuleTest
    wrong: str | None


def try_rules(rules: Iterable[Rule]) -> Iterator[Tried]:
    """Run the tests of rules."""
    for rule in rules:
        for test in rule.tests:
            yield Tried(rule=rule.name, test=test, wrong=_wrong(rule, test))


def as_elevated(events: Iterable[Event], scope: Scope) -> tuple[tuple[Event, ...], KnownInMemory]:
    """Events as though a session lent under a grant of this scope, in its window, had made them; and that grant."""
    made = tuple(msgspec.structs.replace(event, identity=_CALLER) for event in events)
    times = [event.event_time for event in made]
    grant = KnownGrant(
        id=_SESSION.grant_id,
        request_id="rq-0123456789abcdef",
        person="example",
        entitlement="example",
        account="111122223333",
        role_arn=_ROLE,
        scope=scope,
        window=Window(starts_at=min(times) - timedelta(minutes=1), ends_at=max(times) + timedelta(minutes=1)),
    )
    return made, known_in_memory([grant], [_SESSION])


def _wrong(rule: Rule, test: RuleTest) -> str | None:
    try:
        found = list(_found(rule, test))
    except ConditionFailed as error:
        return error.sentence
    if test.expect is Expected.NOTHING:
        return f"it found: {found[0]}" if found else None
    if not found:
        return "it found nothing"
    if test.because is not None and test.because not in found:
        return f"it says: {found[0]}"
    return None


def _found(rule: Rule, test: RuleTest) -> Iterator[str]:
    """The sentences that the rule says of an example. Raises ConditionFailed."""
    for facts in _cases(rule, test):
        if (rule.on is On.GRANT or _selects(rule, facts)) and rule.when.holds(facts):
            yield rule.because.told(facts)


def _cases(rule: Rule, test: RuleTest) -> Iterator[Facts]:
    if not test.events:
        yield _given(dict(test.facts), OF_CALL if rule.on is On.CALL else OF_GRANT)
        return
    events, known = as_elevated(test.events, test.granted) if test.granted else (test.events, NOTHING_KNOWN)
    judged = [judged_of(event, known) for event in events]
    if rule.on is On.CALL:
        yield from map(facts_of_call, judged)
    for grant in known.grants.values() if rule.on is On.GRANT else ():
        yield facts_of_grant(grant, totals_of(map(counted, judged)))


def _selects(rule: Rule, facts: Facts) -> bool:
    verdict, service, operation = (str(facts(f"call.{name}")) for name in ("verdict", "service", "operation"))
    return rule.selects(verdict, service, operation, tampers=bool(facts("call.tampers")))


def _given(facts: dict[str, Value], vocabulary: Vocabulary) -> Facts:
    def fact(name: str) -> Value | None:
        if name in facts:
            return facts[name]
        return None if vocabulary[name].optional else EMPTY[vocabulary[name].kind]

    return fact
