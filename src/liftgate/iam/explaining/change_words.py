"""Says the changes between two policies, or two scopes, in words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from liftgate.iam.compilation.grants import scope_policy
from liftgate.iam.contain import Contained, NotContained, contains
from liftgate.iam.explaining.difference import Change, Extent, Kind, changes
from liftgate.iam.explaining.keys import subject
from liftgate.iam.explaining.listing import joined
from liftgate.iam.explaining.moments import Span
from liftgate.iam.explaining.places import scope_places
from liftgate.iam.explaining.quoting import doubts, quoted, shown
from liftgate.iam.explaining.statements import phrase
from liftgate.iam.explaining.verbs import scope_verbs
from liftgate.iam.explaining.windows import speaks_of_time, window_of
from liftgate.iam.policy import Effect, Policy
from liftgate.iam.request import Request
from liftgate.iam.scope import Location, Scope

_NONE = ("no difference",)
_SAME = ("same meaning, other words",)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def policy_difference(before: Policy, after: Policy) -> tuple[str, ...]:
    """The lines for two policies."""
    if before == after:
        return _NONE
    more, less = contains(after, before), contains(before, after)
    if more and less:
        return _SAME
    spans, before, after = _without_windows(before, after)
    lines = [
        *_span_lines(*spans, more=not more, less=not less),
        *(
            _line(one)
            for one in changes(before, after)
            if not (more if one.kind in {Kind.ADDS, Kind.PERHAPS_ADDS} else less)
        ),
    ]
    return tuple(lines) or ("it could not be told whether the two mean the same",)


def scope_difference(before: Scope, after: Scope) -> tuple[str, ...]:
    """The lines for two scopes."""
    if before == after:
        return _NONE
    return (
        *_scope_lines("adds", after, before),
        *_scope_lines("removes", before, after),
    ) or _SAME


def _scope_lines(word: str, wide: Scope, narrow: Scope) -> Iterator[str]:
    allowed = scope_policy(narrow)
    certain: dict[Location, dict[str, str]] = {}
    unsure: dict[Location, dict[str, str]] = {}
    for spot in sorted(wide.locations):
        if contains(scope_policy(Scope(actions=wide.actions, locations=frozenset({spot}))), allowed):
            continue
        for action in sorted(wide.actions):
            pair = scope_policy(Scope(actions=frozenset({action}), locations=frozenset({spot})))
            answer = contains(pair, allowed)
            if isinstance(answer, NotContained):
                in_part = action in narrow.actions and not contains(allowed, _refusing(allowed, pair))
                certain.setdefault(spot, {})[action] = _example(answer.witness) if in_part else ""
            elif not isinstance(answer, Contained):
                unsure.setdefault(spot, {})[action] = ""
    part = "part of it was allowed before" if word == "adds" else "part of it stays"
    yield from _by_verbs(f"{word}: ", part, certain)
    yield from _by_verbs(f"it could not be told whether this {word}: ", part, unsure)
    for key in sorted(wide.kms_keys - narrow.kms_keys):
        yield f"{word}: the use of the KMS key {quoted(key)}"


def _refusing(policy: Policy, other: Policy) -> Policy:
    denied = tuple(replace(one, effect=Effect.DENY) for one in other.statements)
    return replace(policy, statements=(*policy.statements, *denied))


def _by_verbs(head: str, part: str, found: dict[Location, dict[str, str]]) -> Iterator[str]:
    """One line for the places at which the same actions differ, wholly or in part."""

    def alike(item: tuple[Location, dict[str, str]]) -> list[tuple[str, bool]]:
        return sorted((action, bool(example)) for action, example in item[1].items())

    split = [
        (spot, {action: example for action, example in actions.items() if bool(example) is in_part})
        for spot, actions in found.items()
        for in_part in (False, True)
    ]
    ordered = sorted(
        (item for item in split if item[1]),
        key=lambda item: (any(item[1].values()), alike(item), item[0]),  # what is wholly new comes first
    )
    for _, group in groupby(ordered, key=alike):
        items = list(group)
        spots = [spot for spot, _ in items]
        example = next(iter(items[0][1].values()))
        such = f" ({part}), for example {example}" if example else ""
        verbs = joined(scope_verbs(frozenset(items[0][1])))
        yield f"{head}{verbs} {scope_places(spots)}{such}{doubts(spot.key for spot in spots)}"


def _without_windows(before: Policy, after: Policy) -> tuple[tuple[Span | None, Span | None], Policy, Policy]:
    """The window of each, and the policies without it.

    Only where nothing else in them speaks of time and a window opens at all: then what the rest of one allows and the
    rest of the other does not, differs at each moment of the window, and what differs in time is the windows.
    """
    old, rest_before = window_of(before.statements)
    new, rest_after = window_of(after.statements)
    timeless = not any(map(speaks_of_time, [*rest_before, *rest_after]))
    if (old is None and new is None) or not timeless or _is_never(old) or _is_never(new):
        return (None, None), before, after
    return (
        (old, new),
        replace(before, statements=tuple(rest_before)),
        replace(after, statements=tuple(rest_after)),
    )


def _is_never(span: Span | None) -> bool:
    return span is not None and "NEVER" in str(span)


def _span_lines(old: Span | None, new: Span | None, *, more: bool, less: bool) -> Iterator[str]:
    if old is None and new is None:
        return
    old, new = old or Span(), new or Span()
    was, is_ = (old.starts_at or _FIRST, not old.with_start), (new.starts_at or _FIRST, not new.with_start)
    if was < is_ and less:
        yield f"opens later: {_open(new)} instead of {_open(old)}"
    if was > is_ and more:
        yield f"opens earlier: {_open(new)} instead of {_open(old)}"
    ended, ends = (old.ends_at or _LAST, old.with_end), (new.ends_at or _LAST, new.with_end)
    if ended < ends and more:
        yield f"closes later: {_close(new)} instead of {_close(old)}"
    if ended > ends and less:
        yield f"closes earlier: {_close(new)} instead of {_close(old)}"


def _open(span: Span) -> str:
    return str(replace(span, ends_at=None)) or "open from the beginning of time"


def _close(span: Span) -> str:
    return str(replace(span, starts_at=None)) or "never closing"


def _line(one: Change) -> str:
    head = {
        Kind.ADDS: "adds: ",
        Kind.REMOVES: "removes: ",
        Kind.PERHAPS_ADDS: "it could not be told whether this adds: ",
        Kind.PERHAPS_REMOVES: "it could not be told whether this removes: ",
    }[one.kind]
    adds = one.kind in {Kind.ADDS, Kind.PERHAPS_ADDS}
    notes = [*([_refusal(adds=adds)] if one.refusal else []), *_extent(one, adds=adds)]
    why = f" ({', '.join(notes)})" if notes else ""
    such = f", for example {_example(one.witness)}" if one.witness else ""
    return f"{head}{phrase(one.statement)}{why}{such}"


def _refusal(*, adds: bool) -> str:
    return "no longer refused" if adds else "now refused"


def _extent(one: Change, *, adds: bool) -> list[str]:
    if one.extent is Extent.WHOLE:
        return []
    if one.refusal:
        return ["as far as it is allowed" if adds else "as far as it was allowed"]
    if one.extent is Extent.SOME:
        return ["at least in part"]
    return ["part of it was allowed before" if adds else "part of it stays"]


def _example(request: Request) -> str:
    carried = [_carried(key, values) for key, values in sorted(request.keys().items()) if values]
    words = "any resource" if not request.resource.strip("*") else _exactly(request.resource)
    caller = "" if request.principal is None else f" by {quoted(request.principal)}"
    return f"{shown(request.action)} on {words}{caller}{f', where {joined(carried)}' if carried else ''}"


def _carried(key: str, values: tuple[str, ...]) -> str:
    return f"{subject(key)} is {joined([quoted(value) if value else 'the empty text' for value in values])}"


def _exactly(arn: str) -> str:
    """A witness's resource: an ARN in which a star is a star."""
    head = "arn:aws:s3:::"
    return quoted(f"s3://{arn.removeprefix(head)}" if arn.startswith(head) else arn)
