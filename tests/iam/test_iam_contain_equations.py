"""Equations between texts with holes, against brute force over short fillings."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import words

from liftgate.iam.containment.equation import Equation, Filling, Form, Hole, Holes, filled
from liftgate.iam.patterns.automaton import Budget, BudgetSpent

HOLES = (Hole(0), Hole(1), Hole(2, one=True), Hole(3, near=True))
Values = dict[Hole, str]

forms = st.lists(st.sampled_from(["a", "a", ":", *HOLES]), max_size=4).map(tuple)


def fitting(hole: Hole) -> list[str]:
    texts = ["a", ":"] if hole.one else words("a:", 2)
    return [text for text in texts if not (hole.near and ":" in text)]


def written(form: Form, values: Values) -> str:
    return "".join(values[piece] if isinstance(piece, Hole) else piece for piece in form)


def solved(left: Form, right: Form) -> tuple[list[tuple[Filling, ...]], bool]:
    holes = Holes()
    for _ in HOLES:
        holes.new()
    equation = Equation(left, right, holes, Budget(20_000))
    return list(equation), equation.repeats


def made(form: Form, fillings: Sequence[Filling]) -> Form:
    for filling in fillings:
        form = filled(form, filling)
    return form


def is_one_of(values: Values, fillings: Sequence[Filling]) -> bool:
    """Whether the values are what a solution says, with something in the holes that it leaves."""
    agreed = agreements([(made((hole,), fillings), value) for hole, value in values.items()], {})
    return next(agreed, None) is not None


def agreements(pairs: Sequence[tuple[Form, str]], known: Values) -> Iterator[Values]:
    """What the holes of forms may hold for each form to be its text."""
    if not pairs:
        yield known
        return
    (form, text), *others = pairs
    if not form:
        if not text:
            yield from agreements(others, known)
        return
    first, rest = form[0], form[1:]
    if isinstance(first, Hole) and first not in known:
        for length in [1] if first.one else range(len(text) + 1):
            value = text[:length]
            if len(value) == length and not (first.near and ":" in value):
                yield from agreements([(rest, text[length:]), *others], {**known, first: value})
        return
    wanted = written((first,), known)
    if text.startswith(wanted):
        yield from agreements([(rest, text.removeprefix(wanted)), *others], known)


@given(forms, forms)
@settings(max_examples=300, deadline=None)
def test_every_short_solution_is_found_unless_it_repeats(left: Form, right: Form) -> None:
    try:
        found, repeats = solved(left, right)
    except BudgetSpent:
        return
    for texts in product(*map(fitting, HOLES)):
        values = dict(zip(HOLES, texts, strict=True))
        if written(left, values) == written(right, values):
            assert found
            assert repeats or any(is_one_of(values, one) for one in found)


@given(forms, forms)
@settings(max_examples=200, deadline=None)
def test_every_solution_makes_the_two_the_same(left: Form, right: Form) -> None:
    try:
        found, _ = solved(left, right)
    except BudgetSpent:
        return
    for fillings in found:
        assert made(left, fillings) == made(right, fillings)


@pytest.mark.parametrize(
    ("left", "right", "count", "repeats"),
    [
        (("b", HOLES[0]), (HOLES[0],), 0, False),  # no text is longer than itself
        (("b", HOLES[0]), (HOLES[0], "b"), 1, True),  # any number of b
        ((HOLES[0], HOLES[0]), ("a", "b", "a", "b"), 1, False),
        ((HOLES[0], HOLES[0]), (HOLES[2],), 0, False),  # half a character
        ((HOLES[3],), ("a", ":", HOLES[0]), 0, False),
    ],
)
def test_how_many_solutions_there_are(left: Form, right: Form, count: int, *, repeats: bool) -> None:
    found, came_back = solved(left, right)
    assert (len(found), came_back) == (count, repeats)
