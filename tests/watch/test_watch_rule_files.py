"""Rule files: what they may hold, and what is said of what they may not."""

from pathlib import Path

import pytest

from liftgate.catalogue.fault import Fault
from liftgate.watch.finding import Answer, Severity
from liftgate.watch.rules.errors import RulesFaulty
from liftgate.watch.rules.load import check_rules, load_rulebook
from liftgate.watch.rules.trial import try_rules

RULE = """version: 1
rules:
  - name: night-work
    title: A change at night
    severity: medium
    answer: alert
    on: call
    verdicts: [expected]
    when: call.at.getHours() < 5 && !call.read_only
    because: '{grant.person} made {call.operation} at {call.at}'
    tests:
      - says: at three
        facts: {call.verdict: expected, call.at: '2026-11-02T03:00:00Z', call.operation: PutObject, grant.person: ann}
        because: ann made PutObject at 2026-11-02 03:00:00 UTC
      - says: at noon
        facts: {call.verdict: expected, call.at: '2026-11-02T12:00:00Z'}
        expect: nothing
"""


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(folder: Path, text: str) -> tuple[Fault, ...]:
    return check_rules([written(folder, text)])


def test_rules_of_one_s_own_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    rules = load_rulebook([written(tmp_path, RULE)]).rules
    own = next(rule for rule in rules if rule.name == "night-work")
    assert {rule.name for rule in rules} - {"night-work"} == {rule.name for rule in load_rulebook().rules}
    assert [tried.wrong for tried in try_rules([own])] == [None, None]


def test_shipped_rules_are_switched_off_and_answered_otherwise(tmp_path: Path) -> None:
    change = "version: 1\nchange:\n  unclear: {off: true}\n  no-grant: {answer: nothing, severity: low}\n"
    rules = {rule.name: rule for rule in load_rulebook([written(tmp_path, change)]).rules}
    assert "unclear" not in rules
    assert (rules["no-grant"].answer, rules["no-grant"].severity) == (Answer.NOTHING, Severity.LOW)
    assert rules["tampering-done"].answer is Answer.QUARANTINE


def test_a_change_may_name_a_rule_of_another_file_and_one_that_is_for_no_store(tmp_path: Path) -> None:
    written(
        tmp_path,
        "version: 1\nchange: {night-work: {answer: revoke}, tampering-by-anyone: {off: true}}\n",
        "a.yaml",
    )
    written(tmp_path, RULE, "b.yaml")
    rules = {rule.name: rule for rule in load_rulebook([tmp_path]).rules}
    assert rules["night-work"].answer is Answer.REVOKE


@pytest.mark.parametrize(
    ("old", "new", "where", "sentence", "suggestion"),
    [
        ("call.at.getHours() < 5", "call.att.getHours() < 5", (9, 11), "no fact `call.att`", "`call.at`"),
        ("< 5 && !", "< 5 && totals.calls > !", (9, 37), "no fact `totals.calls`", "`call."),
        ("call.at.getHours() < 5 && !call.read_only", "'call.at ==='", (9, 22), "not CEL", "=="),
        ("{grant.person} made", "{grant.persn} made", (10, 14), "no fact `grant.persn`", "`grant.person`"),
        ("severity: medium", "severity: middling", (5, 15), "none of", "informational"),
        ("answer: alert", "answer: alarm", (6, 13), "none of", "alert"),
        ("name: night-work", "name: Night", (3, 11), "not a rule's name", "a-z"),
        (
            "name: night-work",
            "name: no-grant",
            (3, 11),
            "a rule `no-grant` already, at liftgate:calls.yaml",
            "`change`",
        ),
        ("name: night-work", "name: rule-failed", (3, 11), "cannot be decided", "another name"),
        ("on: call", "on: grant", None, "selects calls", "`totals.`"),
        ("verdicts: [expected]", "verdicts: [expcted]", (8, 16), "not one of expected", "expected"),
        ("    when:", "    wenn:", (9, 5), "no key `wenn`", "`when`"),
        (
            "call.operation: PutObject",
            "call.oper: PutObject",
            (13, 74),
            "no fact `call.oper`",
            "`call.operation`",
        ),
        (
            "call.at: '2026-11-02T03:00:00Z'",
            "call.at: noon",
            (13, 50),
            "no value of `call.at` (time)",
            "2026-11-02T12:00:00Z",
        ),
        (
            "grant.person: ann",
            "call.refused: maybe",
            (13, 115),
            "no value of `call.refused` (true or false)",
            "`true`",
        ),
        ("expect: nothing", "expect: something", (17, 17), "none of `finding`, `nothing`", "`"),
        (
            "facts: {call.verdict: expected, call.at: '2026-11-02T12:00:00Z'}",
            "records: '[{]'",
            (16, 18),
            "no CloudTrail record",
            "log file",
        ),
        (
            "facts: {call.verdict: expected, call.at: '2026-11-02T12:00:00Z'}",
            "granted: {actions: [write], locations: ['s3://aaa/']}",
            (15, 9),
            "either `facts` or `records`",
            "one of them",
        ),
    ],
)
def test_each_fault_names_its_place_and_what_would_be_right(
    tmp_path: Path, old: str, new: str, where: tuple[int, int] | None, sentence: str, suggestion: str
) -> None:
    assert old in RULE
    fault = faults_of(tmp_path, RULE.replace(old, new))[0]
    assert sentence in fault.sentence
    assert suggestion in fault.suggestion
    assert fault.file.endswith("own.yaml")
    if where is not None:
        assert (fault.line, fault.column) == where


def test_the_place_of_a_slip_in_a_condition_of_several_lines(tmp_path: Path) -> None:
    text = RULE.replace(
        "when: call.at.getHours() < 5 && !call.read_only",
        "when: |\n      call.read_only\n        || call.refusd",
    )
    (fault,) = faults_of(tmp_path, text)
    assert (fault.line, fault.excerpt) == (11, "        || call.refusd")
    assert fault.sentence == "there is no fact `call.refusd`"


def test_a_rule_without_an_example_that_it_finds_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(
        tmp_path, RULE.replace("because: ann made PutObject at 2026-11-02 03:00:00 UTC", "expect: nothing")
    )
    assert fault.sentence == "no test of this rule expects a finding"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("unclar: {off: true}", "there is no rule `unclar`"),
        ("unclear: {off: yes}", "neither `true` nor `false`"),
        ("unclear: {title: x}", "no key `title`"),
    ],
)
def test_a_change_that_changes_nothing_is_a_fault(tmp_path: Path, change: str, sentence: str) -> None:
    assert sentence in faults_of(tmp_path, f"version: 1\nchange: {{{change}}}\n")[0].sentence


def test_a_change_made_in_two_files_is_a_fault(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        written(tmp_path, "version: 1\nchange: {unclear: {off: true}}\n", name)
    (fault,) = check_rules([tmp_path])
    assert (Path(fault.file).name, fault.sentence) == ("b.yaml", "`unclear` is changed twice")


def test_a_file_of_one_s_own_may_have_the_name_of_a_shipped_one(tmp_path: Path) -> None:
    for name in ("calls.yaml", "without_store.yaml"):
        file = written(tmp_path, RULE, name)
        assert "night-work" in {rule.name for rule in load_rulebook([file]).rules}


def test_all_faults_are_told_at_once_and_no_rulebook_is_made(tmp_path: Path) -> None:
    file = written(tmp_path, RULE.replace("medium", "middling").replace("alert", "alarm"))
    with pytest.raises(RulesFaulty, match="2 faults; the first") as refused:
        load_rulebook([file])
    assert len(refused.value.faults) == 2


def test_a_folder_without_rule_files(tmp_path: Path) -> None:
    (fault,) = check_rules([tmp_path])
    assert "holds no rule file" in fault.sentence


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("03:00:00Z', call.op", "05:00:00Z', call.op", "it found nothing"),
        (
            "2026-11-02T12:00:00Z",
            "2026-11-02T02:00:00Z",
            "it found: nothing made nothing at 2026-11-02 02:00:00 UTC",
        ),
        ("because: ann", "because: bob", "it says: ann made PutObject at 2026-11-02 03:00:00 UTC"),
        ("verdicts: [expected]", "verdicts: [unclear]", "it found nothing"),
        ("getHours() < 5", "getHours() < 5 && int(call.key) > 1", "could not be decided"),
    ],
)
def test_a_rule_s_own_test_fails_with_the_reason(tmp_path: Path, old: str, new: str, wrong: str) -> None:
    assert old in RULE
    rules = load_rulebook([written(tmp_path, RULE.replace(old, new))]).rules
    said = [tried.wrong for tried in try_rules(rules) if tried.rule == "night-work" and tried.wrong]
    assert len(said) == 1
    assert wrong in said[0]
