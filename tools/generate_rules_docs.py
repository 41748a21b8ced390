"""Writes docs/rules.md from the keys, facts and rules that the program itself knows.

Run it from anywhere: ``python tools/generate_rules_docs.py``. A test compares the committed file with it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from liftgate.catalogue.reference import cell, key_table
from liftgate.catalogue.render import render_faults
from liftgate.conditions.check import DEEPEST, FUNCTIONS, LONGEST, MACROS, METHODS
from liftgate.conditions.vocabulary import LONGEST_TEXT, MOST_ITEMS, Vocabulary
from liftgate.watch.rules.facts import OF_CALL, OF_GRANT
from liftgate.watch.rules.keys import CHANGE, FILE, GRANTED, RULE, TEST
from liftgate.watch.rules.load import check_rules, load_rulebook
from liftgate.watch.rules.model import Rule
from liftgate.watch.rules.totals import MOST_KEPT
from liftgate.watch.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.md"
SAMPLE = ROOT / "examples" / "rules" / "own.yaml"
FAULTY = ROOT / "examples" / "rules-faulty" / "own.yaml"
RECORDS = (
    ("The file", FILE),
    ("A rule", RULE),
    ("A test", TEST),
    ("What was granted, in a test", GRANTED),
    ("A change of a shipped rule", CHANGE),
)
VERDICTS: Final = {
    Verdict.EXPECTED: "inside scope and window",
    Verdict.OUTSIDE_SCOPE: "an action or a place that was not granted; AWS may have refused it",
    Verdict.OUTSIDE_WINDOW: "before the window, after it, or after the grant was taken back",
    Verdict.TAMPERING: "outside scope, and it changes permissions, or what records them",
    Verdict.UNCLEAR: "the record does not tell enough: the keys of a DeleteObjects, an operation that is not known",
    Verdict.NO_GRANT: "by an elevated role, with no grant behind it",
    Verdict.ROLE_TAKEN: "an elevated role was assumed by somebody but Liftgate, or that was tried",
    Verdict.UNRELATED: "none of Liftgate's business; without a store, every call",
}

HEAD = """\
<!-- Written by tools/generate_rules_docs.py: change it there. -->

# Rules of the watch

Each call that CloudTrail tells of gets a verdict: what it was, by the scope and window of its grant. A rule says what follows from it:
whether it is a finding, how bad, and what is done. Rules never decide scope; that is the verdict's, by the same code that checks requests.

```console
$ liftgate rules list            # the shipped rules
$ liftgate rules test own.yaml   # all rules' own tests, yours with them: exit code 0 or 1, and 2 for a faulty file
```

A rule looks at one call (`on: call`) or at all calls under one grant together (`on: grant`). What it finds depends on the set of calls alone: the
same events in another order, twice, or late by hours give the same findings, with the same ids.
"""

CONDITIONS = f"""\
## Conditions

`when` is an expression in [CEL](https://cel.dev), the Common Expression Language: `==`, `!=`, `<`, `in`, `&&`, `||`, `!`, `? :`, `+`, lists in `[…]`,
texts in quotes, `timestamp('2026-11-02T12:00:00Z')`, `duration('20m')`.

- Functions: {", ".join(f"`{name}`" for name in sorted(FUNCTIONS))}. Methods: {", ".join(f"`{name}`" for name in sorted(METHODS))}.
  Times are in UTC.
- Over facts that are lists: {", ".join(f"`{name}`" for name in sorted(MACROS))}, as in `call.resources.exists(one, one.endsWith('/a'))`.
- `matches` takes a regular expression in quotes. It is RE2: matching takes time in proportion to the text.
- A name that is not in the tables below is refused when the file is read, with its line and column; so is a comparison of kinds that do not
  fit. A fact that may be missing is refused unless the condition asks `has(…)`.
- What a condition may cost is bounded before it runs: at most {LONGEST:,} characters, macros over facts only and at most {DEEPEST} deep, no
  `map` and no `{{…}}`; texts are cut after {LONGEST_TEXT:,} characters, lists after {MOST_ITEMS} items.
- `verdicts`, `services`, `operations` and `tampers` are asked first and cost next to nothing. A rule without any of them runs its condition on
  every call there is.

**A rule that cannot be decided is a finding.** `int(call.key) < 10` stumbles over a key that is no number. It counts neither as found nor as not
found: the finding `rule-failed` (medium, alert) names the rule, so that nobody buys silence by making a rule stumble. It does not revoke:
a slip in a rule must not take access from everybody.

## Sentences

`because` is the finding's sentence. `{{call.operation}}` in it stands for the fact of that name. Long texts are cut after 200 characters, lists
after 5 items.
"""

SHIPPED = """\
## The shipped rules

A file of your own changes severity and answer of these, or switches them off, under `change`. `revoke` and `quarantine` also alert.
"""

TAIL = f"""\
## What these rules cannot show

- **DeleteObjects names no keys.** It is expected where all of the bucket was granted, outside scope where none was, and `unclear` otherwise.
  Its objects are not counted; its calls are (`totals.bulk_deletes`).
- **Networks are a guess.** A session that was used from two networks may have been handed on, or belong to a machine that moved, or to a
  service whose addresses change. Therefore an alert, and no more.
- **Volume is what S3's data events tell** (`bytesTransferredIn`, `bytesTransferredOut`); other records count as nothing.
- **Of more than {MOST_KEPT:,} different addresses, buckets or programs** of a grant the first by name are kept.
- **Without a store** no grant is known. Then changes of permissions and records are found, by whoever made them, and a trail that was cut
  down. Secrets that were read, machines that were started, commands that were sent to them, code of functions that was replaced and
  sign-ins are not: many people do these all day, and no record tells who may. By a session that was lent under a grant each of
  them is a finding.
- **In place**, what the role may do without a grant is said (`outside-scope-in-place`) and takes no grant back; its reads count as expected.
  Changes of permissions and records are answered as those of a lent session, also where the role may make them every day (`tampering-done`).
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


def page() -> str:
    """The whole page."""
    return "\n".join(_page())


def _page() -> Iterator[str]:
    yield HEAD
    yield f"## A sample\n\n```yaml\n{SAMPLE.read_text(encoding='utf-8')}```\n"
    yield "## Keys\n"
    for title, record in RECORDS:
        yield f"### {title}\n"
        yield from key_table(record)
    yield CONDITIONS
    yield "## Verdicts\n\n| verdict | what the call was |\n| --- | --- |"
    for verdict in Verdict:
        yield f"| `{verdict}` | {VERDICTS[verdict]} |"
    yield "\n## Facts\n"
    yield "### Of a call\n"
    yield from _facts(OF_CALL, [name for name in OF_CALL if not name.startswith("grant.")])
    yield "### Of a grant: in rules on calls and on grants\n"
    yield from _facts(OF_CALL, [name for name in OF_CALL if name.startswith("grant.")])
    yield "### Of all calls under a grant\n"
    yield from _facts(OF_GRANT, [name for name in OF_GRANT if name.startswith("totals.")])
    yield SHIPPED
    yield from _rules(load_rulebook(without_store=True).rules)
    yield f"\n## What a fault looks like\n\n```text\n{_faults()}```\n"
    yield TAIL


def _facts(vocabulary: Vocabulary, names: Iterable[str]) -> Iterator[str]:
    yield "| fact | kind | what it says |\n| --- | --- | --- |"
    for name in names:
        fact = vocabulary[name]
        kind = f"{fact.kind}, may be missing" if fact.optional else fact.kind
        yield f"| `{name}` | {kind} | {cell(fact.says)} |"
    yield ""


def _rules(rules: Iterable[Rule]) -> Iterator[str]:
    yield "| rule | severity | answer | on | what it finds | when |\n| --- | --- | --- | --- | --- | --- |"
    for rule in rules:
        on = f"{rule.on}, only without a store" if rule.without_store else rule.on
        yield f"| `{rule.name}` | {rule.severity} | {rule.answer} | {on} | {rule.title} | {_when(rule)} |"


def _when(rule: Rule) -> str:
    selected = [
        f"{name} {', '.join(f'`{one}`' for one in sorted(chosen))}"
        for name, chosen in (("verdict", rule.verdicts), ("service", rule.services))
        if chosen
    ]
    if rule.operations:
        selected.append(f"one of {len(rule.operations)} operations")
    if rule.tampers:
        selected.append("it changes permissions or records")
    if rule.when.text != "true":
        selected.append(f"`{cell(rule.when.text)}`")
    return "; ".join(selected)


def _faults() -> str:
    faults = check_rules([FAULTY])
    if not faults:
        raise SystemExit(f"{FAULTY} has no fault")
    return render_faults(faults).replace(f"{FAULTY.parent}/", "")


if __name__ == "__main__":
    main()
