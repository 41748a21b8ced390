"""Finds the window of a whole policy: what all its statements share, or what refusals of all else leave open.

``compile`` writes a window in either way. A policy with a window is its other statements, inside the window.
"""

from collections.abc import Sequence
from dataclasses import replace

from liftgate.iam.explaining.moments import Span, span_of
from liftgate.iam.policy import Condition, Effect, Patterns, Statement

# A refusal of everything at such a time leaves open what the opposite operator says.
_OPPOSITE = {
    "DateLessThan": "DateGreaterThanEquals",
    "DateLessThanEquals": "DateGreaterThan",
    "DateGreaterThan": "DateLessThanEquals",
    "DateGreaterThanEquals": "DateLessThan",
}
_EVERYTHING = Patterns(("*",))


def window_of(statements: Sequence[Statement]) -> tuple[Span | None, list[Statement]]:
    """The window of a policy with these statements, and the statements without it; None where there is none."""
    gates = [(one, bound) for one in statements if (bound := _bound(one)) is not None]
    if not gates:
        return _shared(statements)
    span, left = span_of([bound for _, bound in gates])
    rest = [one for one in statements if all(one is not gate for gate, _ in gates)]
    if left or _shared(rest)[0] is not None:  # limited twice, which one span does not say
        return None, list(statements)
    return span, rest


def speaks_of_time(one: Statement) -> bool:
    """Whether what the statement says may depend on when it is asked."""
    texts = [
        *(each.key for each in one.conditions),
        *(value for each in one.conditions for value in each.values if "${" in value),
        *(value for value in (one.resources.values if one.resources else ()) if "${" in value),
    ]
    return any(key in text.lower() for text in texts for key in ("aws:currenttime", "aws:epochtime"))


def _bound(one: Statement) -> Condition | None:
    """What is left open by a statement that refuses everything before or after a moment; None for any other."""
    if one.effect is not Effect.DENY or one.principals is not None or len(one.conditions) != 1:
        return None
    if one.actions != _EVERYTHING or one.resources != _EVERYTHING:
        return None
    refused = one.conditions[0]
    if not refused.if_exists or refused.operator not in _OPPOSITE or len(refused.values) != 1:
        return None
    bound = replace(refused, operator=_OPPOSITE[refused.operator], if_exists=False)
    return bound if span_of([bound])[0] is not None else None


def _shared(statements: Sequence[Statement]) -> tuple[Span | None, list[Statement]]:
    spans = [span_of(one.conditions) for one in statements]
    first = spans[0][0] if spans else None
    if first is None or any(span != first for span, _ in spans):
        return None, list(statements)
    return first, [replace(one, conditions=rest) for one, (_, rest) in zip(statements, spans, strict=True)]
