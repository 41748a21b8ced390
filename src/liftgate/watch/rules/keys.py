"""Every key of a rule file, declared once: the reader and the reference both read it here."""

from typing import Final

from liftgate.catalogue.key_texts import ACTION
from liftgate.catalogue.shape import ByName, Choice, Flag, Key, Record, Records, Text, Texts, Whole
from liftgate.conditions.check import LONGEST as LONGEST_CONDITION
from liftgate.watch.finding import Answer, Severity
from liftgate.watch.rules.model import Expected, On
from liftgate.watch.verdict import Verdict

NAME: Final = Text(
    form="a rule's name: 2 to 64 of `a-z 0-9 -`, the first a letter",
    pattern="[a-z][a-z0-9-]{1,63}",
    most=64,
)
SEVERITY: Final = Choice(words=tuple(Severity))
ANSWER: Final = Choice(words=tuple(Answer))
RECORDS_LENGTH: Final = 100_000
_FACT: Final = Text(form="a fact's name such as `call.operation`", pattern="[a-z_]+[.][a-z_]+", most=64)
_SENTENCE: Final = Text(form="a sentence of up to 500 characters", most=500, lines=True)

GRANTED: Final = Record(
    title="a scope",
    keys=(
        Key(
            name="actions",
            says="S3 actions, or groups of them, as in the catalogue",
            holds=Texts(item=ACTION, least=1, most=200),
            required=True,
        ),
        Key(
            name="locations",
            says="where: `s3://bucket/prefix/`",
            holds=Texts(
                item=Text(form="an S3 location such as `s3://bucket/prefix/`", most=1200), least=1, most=200
            ),
            required=True,
        ),
    ),
)

TEST: Final = Record(
    title="a test",
    keys=(
        Key(
            name="says",
            says="what the example shows",
            holds=Text(form="a text of one line, up to 200 characters"),
            required=True,
        ),
        Key(
            name="facts",
            says="the facts of the example, by name; those that are left out are empty, no, 0, or missing",
            holds=ByName(name=_FACT, value=Text(form="a value of the fact's kind")),
            default="none",
        ),
        Key(
            name="records",
            says="in place of facts: one CloudTrail record, or a list of them, as JSON",
            holds=Text(form="CloudTrail records as JSON", most=RECORDS_LENGTH, lines=True),
            default="none",
        ),
        Key(
            name="granted",
            says=(
                "the records are read as calls of a session that was lent under a grant of this scope, in its window, "
                "whoever made them"
            ),
            holds=GRANTED,
            default="the records are read as they stand, with no grant known",
        ),
        Key(
            name="expect",
            says="whether the rule finds something",
            holds=Choice(words=tuple(Expected)),
            default=Expected.FINDING,
        ),
        Key(
            name="because",
            says="the finding's sentence, to the letter",
            holds=_SENTENCE,
            default="any",
        ),
    ),
)

RULE: Final = Record(
    title="a rule",
    keys=(
        Key(name="name", says="its name in findings and the ledger", holds=NAME, required=True),
        Key(
            name="title",
            says="what was found, in a few words",
            holds=Text(form="a title of one line, up to 100 characters", most=100),
            required=True,
        ),
        Key(name="severity", says="how bad it is", holds=SEVERITY, required=True),
        Key(
            name="answer",
            says=(
                "what is done: `nothing` (it is on the list of findings), `alert` (people are told), `revoke` (the grant is "
                "taken back), `quarantine` (all grants of the person are, and new ones held); each takes in those before"
            ),
            holds=ANSWER,
            required=True,
        ),
        Key(
            name="on",
            says="`call`: each call by itself; `grant`: all calls under one grant together",
            holds=Choice(words=tuple(On)),
            required=True,
        ),
        Key(
            name="verdicts",
            says="only calls of these verdicts; asked before `when`, at next to no cost",
            holds=Texts(item=Text(form=f"one of {', '.join(Verdict)}", pattern="|".join(Verdict)), least=1),
            default="any",
        ),
        Key(
            name="services",
            says="likewise, only calls of these services, as IAM calls them: `s3`, `iam`",
            holds=Texts(item=Text(form="a service such as `s3`", pattern="[a-z0-9-]+", most=64), least=1),
            default="any",
        ),
        Key(
            name="operations",
            says="likewise, only these operations: `DeleteObject`",
            holds=Texts(
                item=Text(form="an operation such as `PutObject`", pattern="[A-Z][A-Za-z0-9_]*", most=100),
                least=1,
            ),
            default="any",
        ),
        Key(
            name="tampers",
            says="likewise, where `true`, only calls that change permissions or what records them, as `call.tampers` says",
            holds=Flag(),
            default="false",
        ),
        Key(
            name="when",
            says="the condition, in CEL",
            holds=Text(form="a condition in CEL", most=LONGEST_CONDITION, lines=True),
            default="always, for what the selectors let through",
        ),
        Key(
            name="because",
            says="the finding's sentence; `{call.operation}` in it stands for the fact of that name",
            holds=_SENTENCE,
            required=True,
        ),
        Key(
            name="tests",
            says="examples; one of them at least must expect a finding",
            holds=Records(item=TEST),
            required=True,
        ),
    ),
)

CHANGE: Final = Record(
    title="a change",
    keys=(
        Key(name="off", says="whether the rule is switched off", holds=Flag(), default="false"),
        Key(name="severity", says="another severity", holds=SEVERITY, default="stays"),
        Key(name="answer", says="another answer", holds=ANSWER, default="stays"),
    ),
)

FILE: Final = Record(
    title="a rule file",
    keys=(
        Key(name="version", says="the version of this format", holds=Whole(least=1, most=1), required=True),
        Key(name="rules", says="rules beside the shipped ones", holds=Records(item=RULE), default="none"),
        Key(
            name="change",
            says="what is changed of shipped rules, by their names",
            holds=ByName(name=NAME, value=CHANGE),
            default="nothing",
        ),
    ),
)
