"""One rule, read: its condition compiled, its sentence and tests checked against the facts that there are."""

from liftgate.catalogue.fault import FaultList
from liftgate.catalogue.fields import Fields, Marked
from liftgate.catalogue.nearest import suggest
from liftgate.catalogue.written_condition import read_condition
from liftgate.conditions.condition import compile_condition
from liftgate.conditions.vocabulary import Vocabulary
from liftgate.watch.finding import Answer, Severity
from liftgate.watch.rules.errors import RuleFault
from liftgate.watch.rules.facts import OF_CALL, OF_GRANT
from liftgate.watch.rules.model import Expected, On, Rule, RuleTest
from liftgate.watch.rules.read_test import read_test
from liftgate.watch.rules.sentence import read_sentence, unknown_places
from liftgate.watch.verdict import Verdict

_SELECTORS = ("verdicts", "services", "operations", "tampers")


def read_rule(fields: Fields, lines: list[str]) -> Rule | None:
    """A rule; None where it is faulty. ``lines`` are those of its file."""
    name, title, because = fields.text("name"), fields.text("title"), fields.text("because")
    severity, answer, on = fields.choice("severity"), fields.choice("answer"), fields.choice("on")
    if not (name and title and because and severity and answer and on):
        return None
    vocabulary = OF_CALL if on == On.CALL else OF_GRANT
    _check_selectors(fields, On(on))
    written = fields.text("when")
    when = (
        read_condition(written, vocabulary, RuleFault.BAD_CONDITION, lines, fields.faults)
        if written
        else compile_condition("true", vocabulary)
    )
    _check_sentence(because, vocabulary, fields.faults)
    tests = _tests(fields, vocabulary, On(on))
    if when is None:
        return None
    return Rule(
        name=name.value,
        title=title.value,
        severity=Severity(severity),
        answer=Answer(answer),
        on=On(on),
        when=when,
        because=read_sentence(" ".join(because.value.split())),
        verdicts=frozenset(map(Verdict, _texts(fields, "verdicts"))),
        services=_texts(fields, "services"),
        operations=_texts(fields, "operations"),
        tampers=bool(fields.flag("tampers")),
        tests=tests,
        file=fields.place.file,
    )


def _texts(fields: Fields, name: str) -> frozenset[str]:
    return frozenset(one.value for one in fields.texts(name) or ())


def _check_selectors(fields: Fields, on: On) -> None:
    for name in _SELECTORS:
        if on is On.GRANT and fields.has(name):
            sentence = f"`{name}` selects calls, and the rule is on a grant"
            fields.faults.add(
                RuleFault.MISPLACED_KEY, fields.place_of(name), sentence, "ask `totals.` in `when`"
            )


def _check_sentence(because: Marked[str], vocabulary: Vocabulary, faults: FaultList) -> None:
    for unknown in unknown_places(because.value, vocabulary):
        sentence = f"there is no fact `{unknown[:60]}`"
        advice = suggest(unknown, vocabulary, "docs/rules.md lists all facts")
        faults.add(RuleFault.UNKNOWN_FACT, because.place, sentence, advice)


def _tests(fields: Fields, vocabulary: Vocabulary, on: On) -> tuple[RuleTest, ...]:
    read = [read_test(test, vocabulary, on) for test in fields.records("tests")]
    tests = tuple(test for test in read if test is not None)
    if all(test.expect is Expected.NOTHING for test in tests) and None not in read:
        sentence = "no test of this rule expects a finding"
        fields.faults.add(
            RuleFault.NEVER_TESTED, fields.place, sentence, "add an example that it should find"
        )
    return tests
