"""Says what a change of policy adds and removes; every claim is checked by ``contains``.

What ``after`` allows is added where ``before`` has no statement that allows it, or where a refusal of ``before`` has
gone; what is removed, the other way round. Each allow statement of one side is put to the other, then action by
action and place by place, so that only what has changed is named.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from liftgate.iam.contain import Contained, NotContained, Undecided, contains
from liftgate.iam.explaining.grouping import grouped
from liftgate.iam.policy import Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request

_STEPS = 20_000  # for each question
_QUESTIONS = 200  # in all; when they are asked, what is left is named by whole statements


class Kind(StrEnum):
    """What a change does."""

    ADDS = "adds"
    REMOVES = "removes"
    PERHAPS_ADDS = "may add"
    PERHAPS_REMOVES = "may remove"


class Extent(StrEnum):
    """How much of what the statement says is new, or gone."""

    WHOLE = "all of it"
    PART = "a part of it, and a part of it not"
    SOME = "at least a part of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part of one policy that the other does not allow."""

    kind: Kind
    statement: Statement
    refusal: bool = False  # the statement refuses: a new one removes, and one that has gone adds
    extent: Extent = Extent.WHOLE
    witness: Request | None = None


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """What ``after`` allows and ``before`` does not, then the converse. Nothing that ``contains`` disproves is among it."""
    questions = _Questions(_QUESTIONS)
    return (
        *_beyond(after, before, Kind.ADDS, Kind.PERHAPS_ADDS, questions),
        *_beyond(before, after, Kind.REMOVES, Kind.PERHAPS_REMOVES, questions),
    )


class _Questions:
    """Puts questions to ``contains``, up to a number."""

    def __init__(self, left: int) -> None:
        self.left = left

    def ask(self, a: Policy, b: Policy) -> Contained | NotContained | Undecided:
        self.left -= 1
        if self.left < -_QUESTIONS // 2:
            return Undecided("too many statements to compare")
        return contains(a, b, steps=_STEPS)


def _beyond(
    wide: Policy, narrow: Policy, certain: Kind, perhaps: Kind, questions: _Questions
) -> Iterator[Change]:
    """What ``wide`` allows beyond ``narrow``: by no statement of its own, and by refusals of ``narrow``."""
    refusals = _of(wide, Effect.DENY)
    allowing = replace(narrow, statements=_of(narrow, Effect.ALLOW))
    for one in grouped(_of(wide, Effect.ALLOW)):
        yield from _parts(one, refusals, allowing, (certain, perhaps), questions)
    for one in grouped(_of(narrow, Effect.DENY)):
        yield from _refused(one, wide, (certain, perhaps), questions)


def _of(policy: Policy, effect: Effect) -> tuple[Statement, ...]:
    return tuple(one for one in policy.statements if one.effect is effect)


def _parts(
    one: Statement,
    refusals: Sequence[Statement],
    allowing: Policy,
    kinds: tuple[Kind, Kind],
    questions: _Questions,
) -> Iterator[Change]:
    """What an allow statement says that the allow statements of the other side do not."""
    answer = questions.ask(Policy(statements=(one, *refusals)), allowing)
    if isinstance(answer, Contained):
        return
    pieces = _pieces(one)
    if questions.left < len(pieces):
        yield _change(one, answer, kinds, Extent.SOME)
        return
    found: dict[tuple[bool, Extent], list[tuple[Statement, NotContained | Undecided]]] = {}
    for piece in pieces:
        answer = questions.ask(Policy(statements=(piece, *refusals)), allowing)
        if not isinstance(answer, Contained):
            extent = _extent(questions.ask(allowing, _without(allowing, piece)))
            found.setdefault((isinstance(answer, NotContained), extent), []).append((piece, answer))
    for (_, extent), group in found.items():
        for joined in grouped(piece for piece, _ in group):
            first = next(answer for piece, answer in group if _is_part(piece, joined))
            yield _change(joined, first, kinds, extent)


def _refused(
    one: Statement, wide: Policy, kinds: tuple[Kind, Kind], questions: _Questions
) -> Iterator[Change]:
    """A refusal that only the other side has, where it takes something away."""
    for piece in _pieces(one) if questions.left > 0 else [one]:
        answer = questions.ask(wide, _without(wide, piece))
        if not isinstance(answer, Contained):
            extent = _extent(questions.ask(Policy(statements=(replace(piece, effect=Effect.ALLOW),)), wide))
            yield _change(piece, answer, kinds, extent, refusal=True)


def _extent(none_other: Contained | NotContained | Undecided) -> Extent:
    if isinstance(none_other, Contained):
        return Extent.WHOLE
    return Extent.PART if isinstance(none_other, NotContained) else Extent.SOME


def _without(policy: Policy, piece: Statement) -> Policy:
    return replace(policy, statements=(*policy.statements, replace(piece, effect=Effect.DENY)))


def _change(
    one: Statement,
    answer: NotContained | Undecided,
    kinds: tuple[Kind, Kind],
    extent: Extent,
    *,
    refusal: bool = False,
) -> Change:
    return Change(
        kind=kinds[0] if isinstance(answer, NotContained) else kinds[1],
        statement=one,
        refusal=refusal,
        extent=extent,
        witness=answer.witness if isinstance(answer, NotContained) else None,
    )


def _pieces(one: Statement) -> list[Statement]:
    """The statement by each action and place of it."""
    return [
        replace(one, actions=actions, resources=resources)
        for actions in _singly(one.actions)
        for resources in ([None] if one.resources is None else _singly(one.resources))
    ]


def _singly(patterns: Patterns) -> Iterable[Patterns]:
    return [patterns] if patterns.negated else [Patterns((one,)) for one in patterns.values]


def _is_part(piece: Statement, whole: Statement) -> bool:
    return set(piece.actions.values) <= set(whole.actions.values) and (
        piece.resources is None
        or whole.resources is None
        or set(piece.resources.values) <= set(whole.resources.values)
    )
