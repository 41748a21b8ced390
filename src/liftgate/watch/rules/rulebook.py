"""Rules, applied: the findings about one call, and about a grant with all its calls.

A rule that cannot be decided is a finding by itself, `rule-failed`, on which people are alerted: whoever can make a rule
stumble gets no silence for it. It never revokes: a slip in a rule must not take access from everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from liftgate.conditions.errors import ConditionFailed
from liftgate.conditions.vocabulary import Facts
from liftgate.watch.attribution import TakenOver
from liftgate.watch.finding import Answer, Finding, Severity, finding_id
from liftgate.watch.known import KnownGrant
from liftgate.watch.rules.counted import service_of, session_name_of
from liftgate.watch.rules.facts import facts_of_call, facts_of_grant
from liftgate.watch.rules.model import On, Rule
from liftgate.watch.rules.totals import Totals
from liftgate.watch.verdict import Judged, Verdict

FAILED: Final = "rule-failed"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules that are switched on, in the order in which they are told."""

    rules: tuple[Rule, ...]
    _by_verdict: dict[str, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)
    _of_grant: tuple[Rule, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        of_call = [rule for rule in self.rules if rule.on is On.CALL]
        by_verdict = {
            verdict.value: tuple(rule for rule in of_call if not rule.verdicts or verdict in rule.verdicts)
            for verdict in Verdict
        }
        object.__setattr__(self, "_by_verdict", by_verdict)
        object.__setattr__(self, "_of_grant", tuple(rule for rule in self.rules if rule.on is On.GRANT))

    def looks_at(self, judged: Judged) -> bool:
        """Whether any rule is about calls of this verdict, service and operation."""
        return bool(self._selected(judged))

    def of_call(self, judged: Judged) -> tuple[Finding, ...]:
        """What the rules find in one call. It costs next to nothing where no rule is about such a verdict."""
        selected = self._selected(judged)
        if not selected:
            return ()
        facts, event = facts_of_call(judged), judged.event
        found = (_found(rule, facts, event.event_id, event.event_time) for rule in selected)
        return tuple(_about_call(one, judged) for one in found if one is not None)

    def _selected(self, judged: Judged) -> Sequence[Rule]:
        rules = self._by_verdict[judged.verdict]
        if not rules:
            return ()
        event, tampers = judged.event, judged.tampers is not None
        service, operation = service_of(event), event.event_name
        return [rule for rule in rules if rule.selects(judged.verdict, service, operation, tampers=tampers)]

    def of_grant(self, grant: KnownGrant, totals: Totals) -> tuple[Finding, ...]:
        """What the rules find in all calls under a grant. The more calls are known the more may be found."""
        facts = facts_of_grant(grant, totals)
        found = (_found(rule, facts, grant.id, totals.last_at or _EPOCH) for rule in self._of_grant)
        return tuple(_about_grant(one, grant) for one in found if one is not None)


def _found(rule: Rule, facts: Facts, subject: str, at: datetime) -> Finding | None:
    """What a rule says of an event or a grant, without whose it is."""
    try:
        if not rule.when.holds(facts):
            return None
    except ConditionFailed as error:
        return Finding(
            id=finding_id(f"{FAILED}/{rule.name}", subject),
            rule=FAILED,
            title=f"Rule failed: {rule.title}",
            because=f"the rule `{rule.name}` could not be decided: {error.sentence}",
            severity=Severity.MEDIUM,
            answer=Answer.ALERT,
            at=at,
        )
    return Finding(
        id=finding_id(rule.name, subject),
        rule=rule.name,
        title=rule.title,
        because=rule.because.told(facts),
        severity=rule.severity,
        answer=rule.answer,
        at=at,
    )


def _about_call(found: Finding, judged: Judged) -> Finding:
    grant, attribution = judged.grant, judged.attribution
    taken = attribution.role_arn if isinstance(attribution, TakenOver) else None
    return replace(
        found,
        grant_id=grant.id if grant else None,
        person=grant.person if grant else None,
        session_name=session_name_of(judged) or None,
        role_arn=grant.role_arn if grant else taken or judged.event.role_arn,
        event_ids=(judged.event.event_id,),
    )


def _about_grant(found: Finding, grant: KnownGrant) -> Finding:
    return replace(found, grant_id=grant.id, person=grant.person, role_arn=grant.role_arn)
