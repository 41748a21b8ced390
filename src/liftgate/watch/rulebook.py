"""What makes findings of judged calls. The plain one here needs no files: one rule a verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from liftgate.watch.finding import Answer, Finding, Severity, finding_id
from liftgate.watch.known import KnownGrant
from liftgate.watch.verdict import Judged, Verdict


class Totals(Protocol):
    """What adds up over the calls of a grant. Two halves of its calls make the same whole, however they are cut."""

    def take(self, judged: Judged) -> None:
        """Count a call; each call once."""
        ...

    def merge(self, other: Any) -> None:
        """Take in what was counted of other calls of the same grant."""
        ...


class Rulebook(Protocol):
    """Finds what should not have happened."""

    def of_call(self, judged: Judged) -> Iterable[Finding]:
        """What one call shows."""
        ...

    def totals(self) -> Totals | None:
        """Nothing counted yet; None where no rule is about a whole grant."""
        ...

    def of_grant(self, grant: KnownGrant, totals: Any) -> Iterable[Finding]:
        """What all calls of a grant show together."""
        ...


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    title: str
    done: Severity  # where AWS did it
    refused: Severity
    answer: Answer


_RULES = {
    Verdict.TAMPERING: _Rule(
        "tampering",
        "Permissions or records tampered with",
        Severity.CRITICAL,
        Severity.HIGH,
        Answer.QUARANTINE,
    ),
    Verdict.OUTSIDE_SCOPE: _Rule(
        "outside-scope", "Outside what was granted", Severity.HIGH, Severity.MEDIUM, Answer.ALERT
    ),
    Verdict.OUTSIDE_WINDOW: _Rule(
        "outside-window", "Outside the time that was granted", Severity.HIGH, Severity.LOW, Answer.ALERT
    ),
    Verdict.NO_GRANT: _Rule(
        "no-grant", "An elevated role without a grant", Severity.HIGH, Severity.MEDIUM, Answer.ALERT
    ),
    Verdict.ROLE_TAKEN: _Rule(
        "role-taken",
        "An elevated role taken by somebody else",
        Severity.CRITICAL,
        Severity.MEDIUM,
        Answer.ALERT,
    ),
    Verdict.UNCLEAR: _Rule(
        "unclear",
        "The record does not tell enough",
        Severity.INFORMATIONAL,
        Severity.INFORMATIONAL,
        Answer.NOTHING,
    ),
}
# Taking a role is everybody's daily work; only on elevated roles it matters who does.
_ROUTINE = frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetSessionToken"})
_BY_ANYONE = _Rule("tampering", "Permissions or records changed", Severity.MEDIUM, Severity.LOW, Answer.ALERT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRulebook:
    """A finding for each verdict but ``expected``."""

    tampering_by_anyone: bool = False  # also where no grant is concerned: what to look for when none is known

    def of_call(self, judged: Judged) -> Iterable[Finding]:
        """One finding, or none."""
        if judged.verdict is Verdict.UNRELATED:
            if not self.tampering_by_anyone or not judged.tampers or judged.event.event_name in _ROUTINE:
                return ()
            return (_found(_BY_ANYONE, judged, f"it changes {judged.tampers}"),)
        rule = _RULES.get(judged.verdict)
        return () if rule is None else (_found(rule, judged, judged.because),)

    def totals(self) -> None:
        """No rule here is about a whole grant."""

    def of_grant(self, grant: KnownGrant, totals: Any) -> Iterable[Finding]:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return ()


def _found(rule: _Rule, judged: Judged, because: str) -> Finding:
    event, grant = judged.event, judged.grant
    outcome = "; AWS refused it" if event.was_refused else ""
    return Finding(
        id=finding_id(rule.name, event.event_id),
        rule=rule.name,
        title=rule.title,
        because=f"{because}{outcome}",
        severity=rule.refused if event.was_refused else rule.done,
        answer=rule.answer,
        at=event.event_time,
        grant_id=grant.id if grant else None,
        person=grant.person if grant else None,
        session_name=event.session_name,
        role_arn=event.role_arn,
        event_ids=(event.event_id,),
    )
