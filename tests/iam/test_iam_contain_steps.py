"""No pair of policies holds ``contains`` up: whatever the search for the worst one tries, the steps are kept to."""

from random import Random

import pytest
from bench.iam.contain import LARGEST, realistic_pair, variations

from liftgate.iam.contain import Contained, NotContained, Undecided, contains
from liftgate.iam.containment.answer import TOO_INVOLVED
from liftgate.iam.containment.counterexample import escape
from liftgate.iam.containment.rule import rules
from liftgate.iam.containment.template import Reading, least, marked
from liftgate.iam.containment.trial import Trial
from liftgate.iam.evaluate import allows
from liftgate.iam.language.variables import fits
from liftgate.iam.patterns.automaton import Budget, BudgetSpent, Mark
from liftgate.iam.patterns.classes import word_classes
from liftgate.iam.policy import Policy, to_json

STEPS = 3_000
MOST_AT_ONCE = 4_000  # what one spending may take beyond


def spent(a: Policy, b: Policy) -> int:
    budget = Budget(STEPS)
    try:
        escape(rules(a), rules(b), Trial(a, b), budget)
    except BudgetSpent:
        assert budget.left < 0
    return STEPS - budget.left


@pytest.mark.parametrize("seed", range(4))
def test_what_the_search_for_the_worst_tries_stays_inside_the_steps(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    for a, b in variations(chance, count=12):
        assert max(len(to_json(a)), len(to_json(b))) <= LARGEST
        assert spent(a, b) < STEPS + MOST_AT_ONCE
        answer = contains(a, b, steps=STEPS)
        if isinstance(answer, NotContained):
            assert allows(a, answer.witness)
            assert not allows(b, answer.witness)
        else:
            assert isinstance(answer, Contained | Undecided)


@pytest.mark.parametrize("number", range(12))
def test_twenty_statements_as_people_write_them_are_decided_in_few_steps(number: int) -> None:
    """Every other pair has one statement that reaches beyond."""
    a, b = realistic_pair(number, Random(number))  # noqa: S311 - no secret
    assert len(a.statements) == len(b.statements) == 20
    answer = contains(a, b, steps=20_000)
    assert isinstance(answer, Contained if number < 6 else NotContained)


def test_spent_steps_are_said_as_such() -> None:
    a, b = realistic_pair(6, Random(1))  # noqa: S311 - no secret
    assert contains(a, b, steps=1) == Undecided(TOO_INVOLVED)


def test_marks_say_where_a_value_stands() -> None:
    """Of the words of one's own folder, those that another pattern takes for the same variable, and those it does not."""
    within = marked("h/${aws:username}/*", Reading.LIKE, {}, 0, {})
    inner = least("h/${aws:username}/a*", Reading.LIKE, {}, 1)
    other = least("h/${aws:userid}/a*", Reading.LIKE, {}, 1)
    found = word_classes([tuple(inner), tuple(other)], [tuple(within)], Budget(1_000))
    assert {signature for _, signature in found} == {0b00, 0b01}
    for word, signature in found:
        text = "".join(letter for letter in word if isinstance(letter, str))
        assert [letter.key for letter in word if isinstance(letter, Mark)] == ["aws:username"] * 2
        assert fits("h/*/*", text, {})
        assert signature == 0 or "/a" in text
