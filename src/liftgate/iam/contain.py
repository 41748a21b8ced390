"""Whether one policy stays inside another: is each request that the first allows also allowed by the second?

The answer is proved, on the automata of the patterns and the finite S3 action catalogue, never sampled.

>>> from liftgate.iam.parse import parse_policy
>>> def allow(action, resource):
...     return parse_policy('{"Statement": [{"Effect": "Allow", "Action": "%s", "Resource": "%s"}]}' % (action, resource))
>>> asked, ceiling = allow("s3:PutObject", "arn:aws:s3:::b/rep*"), allow("s3:PutObj*", "arn:aws:s3:::b/reports/*")
>>> print(contains(asked, ceiling).witness)
s3:PutObject on arn:aws:s3:::b/rep
"""

from collections.abc import Iterator
from dataclasses import dataclass

from liftgate.iam.compilation.grants import scope_policy
from liftgate.iam.containment.answer import (
    TOO_INVOLVED,
    Contained,
    Containment,
    Equivalence,
    Equivalent,
    NotContained,
    NotEquivalent,
    Undecided,
)
from liftgate.iam.containment.counterexample import escape
from liftgate.iam.containment.rule import rules
from liftgate.iam.containment.trial import Trial
from liftgate.iam.intersect import intersect
from liftgate.iam.patterns.automaton import Budget, BudgetSpent
from liftgate.iam.policy import Policy
from liftgate.iam.request import Request
from liftgate.iam.scope import Location, Scope

__all__ = [
    "STEPS",
    "Contained",
    "Containment",
    "Equivalence",
    "Equivalent",
    "Excess",
    "NotContained",
    "NotEquivalent",
    "Undecided",
    "contains",
    "equivalent",
    "excess",
    "intersect",
    "is_empty",
]

STEPS = 100_000  # of automata and boxes: well under a second


def contains(a: Policy, b: Policy, *, steps: int = STEPS) -> Containment:
    """Is each request that ``a`` allows also allowed by ``b``? Never a wrong yes.

    Complete for allow and deny statements over actions and ARN patterns, and for conditions that compare a key of one
    value as a text, moment, number, address or truth value. With variables each yes is proved for all that a request
    may fill in; what is not decided then, and what of other conditions is only sound, stands in docs/iam/contain.md.
    S3's actions are those of the catalogue and those that the policies name. A policy that names callers is read as that
    of a resource in another account.

    Args:
        a: the policy that asks.
        b: the policy that must hold it.
        steps: bounds the work; when they are spent the answer is ``Undecided``.

    """
    return _decided(a, b, Budget(steps))


def _decided(a: Policy, b: Policy, budget: Budget) -> Containment:
    if a == b:
        return Contained()
    trial = Trial(a, b)
    try:
        witness = escape(rules(a), rules(b), trial, budget)
    except BudgetSpent:
        return Undecided(TOO_INVOLVED)
    if witness is not None:
        return NotContained(witness)
    if trial.doubts:
        return Undecided(
            f"it hangs on a condition or variable that is known only at the request, as in {trial.doubts[0]}"
        )
    return Contained()


def equivalent(a: Policy, b: Policy, *, steps: int = STEPS) -> Equivalence:
    """Do both allow the same requests? ``contains`` both ways; a witness says which of the two allows it."""
    there = contains(a, b, steps=steps)
    if isinstance(there, NotContained):
        return NotEquivalent(there.witness, "a")
    back = contains(b, a, steps=steps)
    if isinstance(back, NotContained):
        return NotEquivalent(back.witness, "b")
    for answer in (there, back):
        if isinstance(answer, Undecided):
            return answer
    return Equivalent()


def is_empty(a: Policy, *, steps: int = STEPS) -> Containment:
    """Does ``a`` allow nothing at all? ``Contained`` if so; else the witness is a request that it allows."""
    return contains(a, _NOTHING, steps=steps)


_NOTHING = Policy(statements=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """One part of what is asked that is not inside the ceiling."""

    action: str
    location: Location | None  # None where it is a KMS key
    kms_key: str | None = None
    because: str  # in plain words
    witness: str | None = None  # a key (or prefix) that would be reached; None where all of it is outside


def excess(asked: Scope, ceiling: Scope) -> tuple[Excess, ...]:
    """Each action at each location, and each KMS key, that is asked for and not inside the ceiling.

    Empty means inside, and is proved by ``contains``.
    """
    beyond = tuple(_kms_excess(asked, ceiling))
    allowed = scope_policy(ceiling)
    if contains(scope_policy(asked), allowed):
        return beyond
    return (*_excess_pairs(asked, ceiling, allowed), *beyond)


def _excess_pairs(asked: Scope, ceiling: Scope, allowed: Policy) -> Iterator[Excess]:
    budget = Budget(STEPS)  # for all pairs together
    for location in sorted(asked.locations):
        for action in sorted(asked.actions):
            pair = scope_policy(Scope(actions=frozenset({action}), locations=frozenset({location})))
            answer = _decided(pair, allowed, budget)
            if not isinstance(answer, Contained):
                yield _excess_of(action, location, ceiling, answer)


def _excess_of(action: str, location: Location, ceiling: Scope, answer: NotContained | Undecided) -> Excess:
    if action not in ceiling.actions:
        return Excess(action=action, location=location, because="this action is not allowed at all")
    if isinstance(answer, Undecided):
        return Excess(
            action=action, location=location, because=f"it could not be proved inside: {answer.because}"
        )
    buckets = {place.bucket_arn for place in ceiling.locations}
    if location.bucket_arn not in buckets:
        return Excess(action=action, location=location, because="nothing in this bucket is allowed")
    return Excess(
        action=action,
        location=location,
        because="this place reaches beyond what is allowed",
        witness=_reached(answer.witness, location),
    )


def _reached(witness: Request, location: Location) -> str:
    """The key, or for a list the prefix, of a witness."""
    listed = witness.keys().get("s3:prefix")
    return listed[0] if listed else witness.resource.removeprefix(location.bucket_arn).removeprefix("/")


def _kms_excess(asked: Scope, ceiling: Scope) -> Iterator[Excess]:
    for key in sorted(asked.kms_keys - ceiling.kms_keys):
        yield Excess(action="kms:Decrypt", location=None, kms_key=key, because="this KMS key is not allowed")
