"""Settles one case of a question by equations: a request that is confirmed, none, or that it cannot be told."""

from collections.abc import Iterator
from itertools import islice

from liftgate.iam.containment.claims import characters
from liftgate.iam.containment.dimension import Dimension
from liftgate.iam.containment.equation import Form, Hole
from liftgate.iam.containment.exact import Exact, World
from liftgate.iam.containment.question import Question
from liftgate.iam.containment.trial import Trial
from liftgate.iam.containment.universe import Universe
from liftgate.iam.containment.witness import SOMEONE, Point, requests
from liftgate.iam.patterns.automaton import Budget, BudgetSpent, unnamed
from liftgate.iam.request import Request

_MOST_WORLDS = 16  # in which a request is looked for


class Unsettled(Exception):
    """There may be such a request or not."""


def settled(case: Question, actions: Universe, trial: Trial, budget: Budget) -> Request | None:
    """A request to which all facts apply and no cover does, confirmed; None proves that there is none.

    Half of the steps that are left may be spent. Raises ``Unsettled``.
    """
    own = Budget(budget.left // 2)
    budget.spend(own.left)
    try:
        exact, doubted = Exact(case, actions, own), False
        for world in islice(exact.worlds(), _MOST_WORLDS):
            found = trial.confirmed(_requests(world, exact, case, actions), own)
            if found is not None:
                return found
            doubted = True
    except BudgetSpent:
        raise Unsettled from None
    finally:
        budget.left += max(own.left, 0)
    if doubted or exact.repeats:
        raise Unsettled
    return None


def _requests(world: World, exact: Exact, case: Question, actions: Universe) -> Iterator[Request]:
    """Requests of a world, the one that reads best first."""
    action, *numbers = ((side & -side).bit_length() - 1 for side in world.sides)
    tests = [test for rule in (*case.facts, *case.covers) for test in rule.tests]
    for texts in _readable(world, characters(case)):
        sides = [Dimension(key, (tuple(text),), 1, ()) for key, text in texts.items()]
        point = Point((*(0 for _ in sides), *numbers), (*sides, *exact.dimensions), {}, ())
        yield from requests(actions.name(action), point, tests)


def _readable(world: World, taken: set[str]) -> Iterator[dict[str | None, str]]:
    """The texts of a world: with names for what stands in keys, and nothing or a letter elsewhere; then with letters alone."""
    holes = list(dict.fromkeys(one for form in world.texts.values() for one in form if isinstance(one, Hole)))
    letters = dict(zip(holes, unnamed(taken), strict=False))
    keyed = [
        hole
        for hole in holes
        if not hole.one and any(key and hole in form for key, form in world.texts.items())
    ]
    names = dict(zip(keyed, SOMEONE, strict=False))
    empty = {hole: "" for hole in holes if not hole.one and hole not in names}
    for filling in ({**letters, **empty, **names}, {**letters, **names}, letters):
        yield {key: _text(form, filling) for key, form in world.texts.items()}


def _text(form: Form, filling: dict[Hole, str]) -> str:
    return "".join(filling[piece] if isinstance(piece, Hole) else piece for piece in form)
