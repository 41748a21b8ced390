"""The keys of a review rule, declared once as those of ``keys`` are."""

from datetime import timedelta
from typing import Final

from liftgate.catalogue.key_texts import (
    ACTION,
    CONDITION,
    DEFAULT_LAPSE,
    LONGEST_GRANT,
    MOST_IN_CEILING,
    PERSON_OR_GROUP,
    SECOND,
)
from liftgate.catalogue.model import MOST_REMINDERS
from liftgate.catalogue.shape import Flag, Key, Record, Records, Span, Text, Texts, Whole
from liftgate.span import in_words

_MINUTE: Final = timedelta(minutes=1)
_MONTH: Final = timedelta(days=30)

WITHOUT_REVIEW: Final = Record(
    title="the rule for requests without review",
    keys=(
        Key(
            name="longest",
            says="up to this duration",
            holds=Span(least=SECOND, most=LONGEST_GRANT),
            required=True,
        ),
        Key(
            name="actions",
            says="for these actions alone; all of them must be in the ceiling",
            holds=Texts(item=ACTION, least=1, most=MOST_IN_CEILING),
            required=True,
        ),
        Key(
            name="when",
            says="and where this holds; where it cannot be decided, there is a review",
            holds=CONDITION,
            default="always",
        ),
    ),
)

REFUSAL: Final = Record(
    title="a refusal",
    keys=(
        Key(
            name="when",
            says="what is refused; where it cannot be decided, it is refused",
            holds=CONDITION,
            required=True,
        ),
        Key(
            name="because",
            says="why, for whoever asked",
            holds=Text(form="a sentence of up to 200 characters", most=200),
            required=True,
        ),
    ),
)

_REVIEWERS: Final = Key(
    name="reviewers",
    says="people, or groups of people, who may answer; nobody reviews a request of their own",
    holds=Texts(item=PERSON_OR_GROUP),
    default="none: then `without_review` must cover everything that can be asked for",
)
_ANSWERS: Final = (
    Key(
        name="approvals",
        says="how many of them must approve; one denial is enough to refuse",
        holds=Whole(least=1, most=20),
        default="1",
    ),
    Key(
        name="other_team",
        says="whether reviewers who share a team with the requester do not count (`teams` of the file)",
        holds=Flag(),
        default="false",
    ),
    Key(
        name="remind_after",
        says="they are told once more after this time",
        holds=Span(least=_MINUTE, most=_MONTH),
        default="never",
    ),
    Key(
        name="remind_every",
        says=f"and again after each of these, until somebody answers; {MOST_REMINDERS} times in all at most",
        holds=Span(least=5 * _MINUTE, most=_MONTH),
        default="once",
    ),
    Key(
        name="escalate_after",
        says="after this time those of `escalate_to` may answer too, and are told",
        holds=Span(least=_MINUTE, most=_MONTH),
        default="never",
    ),
    Key(
        name="escalate_to",
        says="people and groups who may answer from then on",
        holds=Texts(item=PERSON_OR_GROUP, least=1),
        default="nobody",
    ),
)

STAGE: Final = Record(
    title="a stage",
    keys=(
        Key(
            name="name",
            says="what it is called where people are told what a request waits for",
            holds=Text(
                form="a name: 2 to 64 of `a-z 0-9 . _ -`, the first a letter or digit",
                pattern="[a-z0-9][a-z0-9._-]{1,63}",
                most=64,
            ),
            required=True,
        ),
        Key(
            name="reviewers",
            says=_REVIEWERS.says,
            holds=Texts(item=PERSON_OR_GROUP, least=1),
            required=True,
        ),
        *_ANSWERS,
        Key(
            name="when",
            says="where it is wanted; where that cannot be decided, it is wanted",
            holds=CONDITION,
            default="always",
        ),
    ),
)

REVIEW: Final = Record(
    title="a review rule",
    keys=(
        _REVIEWERS,
        *_ANSWERS,
        Key(
            name="stages",
            says="several steps, answered in order, in place of the keys above: those say one step",
            holds=Records(item=STAGE),
            default="one",
        ),
        Key(
            name="lapses_after",
            says="a request that was not answered ends by itself after this time",
            holds=Span(least=_MINUTE, most=_MONTH),
            default=in_words(DEFAULT_LAPSE),
        ),
        Key(
            name="without_review",
            says="what is approved at once",
            holds=WITHOUT_REVIEW,
            default="nothing is",
        ),
        Key(
            name="refuse_when",
            says="what is refused outright, in break-glass as well",
            holds=Records(item=REFUSAL),
            default="nothing is",
        ),
        Key(
            name="delegable",
            says="whether a reviewer who is away may let somebody else answer for them",
            holds=Flag(),
            default="true",
        ),
    ),
)

BREAK_GLASS: Final = Record(
    title="a rule for emergencies",
    keys=(
        Key(
            name="by",
            says="people and groups who get a grant at once, without a review",
            holds=Texts(item=PERSON_OR_GROUP, least=1),
            required=True,
        ),
        Key(
            name="longest",
            says="the longest duration, at most the entitlement's own",
            holds=Span(least=SECOND, most=LONGEST_GRANT),
            required=True,
        ),
        Key(
            name="review_within",
            says="how soon somebody must have looked at it; until then whoever is overdue cannot break glass again",
            holds=Span(least=_MINUTE, most=_MONTH),
            required=True,
        ),
        Key(
            name="reviewers",
            says="people and groups who look at it afterwards; nobody at what they did themselves",
            holds=Texts(item=PERSON_OR_GROUP, least=1),
            required=True,
        ),
    ),
)
