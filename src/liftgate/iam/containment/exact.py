"""Settles by equations between texts what automata leave open: whether all sides of a request can be as a question wants them.

Here the resource and the value of each key that a variable or a followed text condition names is a *text with holes*.
What applies to the request makes texts the same as patterns, and so fills holes; what must not apply is checked on
what is left. As long as a cover still takes the request when each hole holds something that nobody names, one of its
sides must fail, and each is tried; a pattern that must not match, and does not match whatever is in the holes, is
avoided by splitting a hole. Where all ways are closed there is no such request. Every other text key, moment, number
or address is a set of classes, as in the search by boxes.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from liftgate.iam.containment.claims import Claim, claims_of, text_keys, without_texts
from liftgate.iam.containment.dimension import ALWAYS_THERE, key_dimensions
from liftgate.iam.containment.equation import Equation, Filling, Form, Hole, Holes, filled
from liftgate.iam.containment.fit import FormPattern, fit
from liftgate.iam.containment.question import Question
from liftgate.iam.containment.template import Template, Variable
from liftgate.iam.containment.universe import Universe
from liftgate.iam.patterns.automaton import MANY, Budget, BudgetSpent, Wild

_SOON = 500  # steps


@dataclass(frozen=True, slots=True)
class World:
    """What is known so far of a request."""

    texts: Mapping[str | None, Form]  # of the resource, and of keys that are there
    absent: frozenset[str]
    sides: tuple[int, ...]  # the actions, and the classes of each dimension, that are left
    banned: tuple[Claim, ...] = ()  # what must not match, each negated
    pending: tuple[Claim, ...] = ()  # what is still to be made so


@dataclass(frozen=True, slots=True)
class Sided:
    """A rule: which classes it speaks of, and its claims."""

    sides: tuple[int, ...]
    claims: tuple[Claim, ...]


class Exact:
    """One case of a question, with the dimensions that no variable touches."""

    def __init__(self, case: Question, actions: Universe, budget: Budget) -> None:
        self._keys = text_keys(case)
        self.dimensions = tuple(key_dimensions(without_texts(case, self._keys), budget))
        self.repeats = False  # whether requests that repeat a part any number of times were not looked at
        self._case, self._budget, self._holes = case, budget, Holes()
        masks = list(zip(*(dimension.covers for dimension in self.dimensions), strict=True))
        self._covers = [
            Sided((actions.mask(rule), *(masks[n] if masks else ())), claims_of(rule, self._keys, case.known))
            for n, rule in enumerate(case.covers)
        ]

    def worlds(self) -> Iterator[World]:
        """What requests to which all facts apply and no cover does may be; none where there is no such request.

        Raises ``BudgetSpent``.
        """
        asked = (self._case.actions, *(dimension.asked for dimension in self.dimensions))
        facts = [
            claim for rule in self._case.facts for claim in claims_of(rule, self._keys, self._case.known)
        ]
        facts += [cover.claims[0].denied() for cover in self._covers if _hangs_on_one(cover, asked)]
        pending = tuple(sorted(facts, key=_order))
        start = World({None: (self._holes.new(),)}, frozenset(), asked, pending=pending)
        waiting = deque([iter([start] if all(asked) else [])])  # taken in turn: one of them may have no end
        while waiting:
            worlds = waiting.popleft()
            for world in islice(worlds, 1):
                self._budget.spend()
                waiting.append(worlds)
                following = self._following(world)
                if following is None:
                    yield world
                else:
                    waiting.append(iter(following))

    def _following(self, world: World) -> Iterable[World] | None:
        """What a world may become; None where it is one in which nothing is left to do."""
        if world.pending:
            return self._next_assumed(world)
        for claim in world.banned:
            for pattern in self._written(world, claim):
                if fit(pattern).matches(world.texts[claim.key], self._budget):
                    return self._avoided(world, claim, pattern)
        cover = next((cover for cover in self._covers if self._takes(cover, world)), None)
        return None if cover is None else self._uncovered(world, cover)

    def _next_assumed(self, world: World) -> Iterable[World]:
        """The worlds in which one more claim is so: one that leaves no repeats and soon comes to an end, if there is any."""
        for number, claim in enumerate(world.pending):
            others = world.pending[:number] + world.pending[number + 1 :]
            found = self._soon_assumed(replace(world, pending=others), claim)
            if found is not None:
                return found
        return self._assumed(replace(world, pending=world.pending[1:]), world.pending[0])

    def _soon_assumed(self, world: World, claim: Claim) -> list[World] | None:
        """All worlds in which a claim is so; None where there are repeats, or they are not found in some steps."""
        budget, repeats = self._budget, self.repeats
        self._budget = Budget(min(_SOON, budget.left))
        budget.spend(self._budget.left)
        try:
            found = list(self._assumed(world, claim))
        except BudgetSpent:
            return None
        finally:
            repeated, self.repeats = self.repeats, repeats
            budget.left += max(self._budget.left, 0)
            self._budget = budget
        return None if repeated else found

    def _takes(self, cover: Sided, world: World) -> bool:
        """Whether the cover takes the request when each hole holds a letter that nobody names, and nothing more is there."""
        firsts = zip(cover.sides, world.sides, strict=True)
        return all(mask & left & -left for mask, left in firsts) and all(
            self._is_so(claim, world) for claim in cover.claims
        )

    def _is_so(self, claim: Claim, world: World) -> bool:
        if claim.key not in world.texts:
            return claim.absent
        form = world.texts[claim.key]
        met = any(fit(one).matches(form, self._budget) for one in self._written(world, claim))
        return met is not claim.negated

    def _uncovered(self, world: World, cover: Sided) -> Iterator[World]:
        """The worlds in which one side of the cover fails."""
        for number, (mask, left) in enumerate(zip(cover.sides, world.sides, strict=True)):
            outside = left & ~mask
            if outside:
                yield replace(world, sides=(*world.sides[:number], outside, *world.sides[number + 1 :]))
        for claim in cover.claims:
            yield from self._assumed(world, claim.denied())

    def _assumed(self, world: World, claim: Claim) -> Iterator[World]:
        """The worlds in which a claim is so."""
        key = claim.key
        if key is not None and key not in world.texts:
            if claim.absent and key not in ALWAYS_THERE:
                yield replace(world, absent=world.absent | {key})
            if key in world.absent:
                return
            world = self._with_text(world, key)
        if claim.negated:
            yield replace(world, banned=(*world.banned, claim))
            return
        for template in claim.patterns:
            yield from self._matched(world, key, template)

    def _matched(self, world: World, key: str | None, template: Template) -> Iterator[World]:
        """The worlds in which a text matches a pattern."""
        for one in template:
            if isinstance(one, Variable):
                name = one.key or ""
                if name in world.absent:
                    return
                world = world if name in world.texts else self._with_text(world, name)
        wanted = tuple(piece for one in template for piece in self._filling_of(one, world))
        equation = Equation(world.texts[key], wanted, self._holes, self._budget)
        for fillings in equation:
            yield _changed(world, fillings)
        self.repeats = self.repeats or equation.repeats

    def _filling_of(self, one: str | Wild | Variable, world: World) -> Form:
        if isinstance(one, Variable):
            return world.texts[one.key]
        if isinstance(one, Wild):
            near = one in {Wild.NEAR_ONE, Wild.NEAR_MANY}
            return (self._holes.new(one=one not in MANY, near=near),)
        return (one,)

    def _avoided(self, world: World, claim: Claim, pattern: FormPattern) -> list[World]:
        """The worlds in which a pattern is a little less likely to match; none where it always does."""
        form = world.texts[claim.key]
        holes = dict.fromkeys(piece for piece in (*form, *pattern) if isinstance(piece, Hole))
        closed = set(holes)
        if fit(pattern).matches(form, self._budget, closed=closed):
            return []
        for hole in holes:  # only those matter without which it would not be in doubt
            if not fit(pattern).matches(form, self._budget, closed=closed - {hole}):
                closed.remove(hole)
        matters = next(hole for hole in holes if hole in closed)
        is_near = any(wild in {Wild.NEAR_ONE, Wild.NEAR_MANY} for wild in pattern)
        return [_changed(world, (filling,)) for filling in self._split(matters, near=is_near)]

    def _split(self, hole: Hole, *, near: bool) -> Iterator[Filling]:
        if near and not hole.near:
            narrow = self._holes.new(one=hole.one, near=True)
            yield {hole: (narrow,)}
            yield {hole: (":",) if hole.one else (narrow, ":", self._holes.new())}
        else:
            yield {hole: ()}
            yield {hole: (self._holes.new(one=True, near=hole.near), self._holes.new(near=hole.near))}

    def _with_text(self, world: World, key: str) -> World:
        return replace(world, texts={**world.texts, key: (self._holes.new(),)})

    def _written(self, world: World, claim: Claim) -> Iterator[FormPattern]:
        """The patterns of a claim with what is known of their variables; none that names a key that is not there."""
        for template in claim.patterns:
            found: list[str | Hole | Wild] = []
            for one in template:
                if not isinstance(one, Variable):
                    found.append(one)
                elif one.key in world.texts:
                    found += world.texts[one.key]
                else:
                    break
            else:
                yield tuple(found)


def _changed(world: World, fillings: Sequence[Filling]) -> World:
    texts = dict(world.texts)
    for filling in fillings:
        texts = {key: filled(form, filling) for key, form in texts.items()}
    return replace(world, texts=texts)


def _hangs_on_one(cover: Sided, asked: tuple[int, ...]) -> bool:
    """Whether the cover takes all that is asked but for one claim."""
    return len(cover.claims) == 1 and all(
        not left & ~mask for mask, left in zip(cover.sides, asked, strict=True)
    )


def _order(claim: Claim) -> tuple[bool, bool, int]:
    """What settles most comes first."""
    return claim.negated and bool(claim.patterns), claim.absent, len(claim.patterns)
