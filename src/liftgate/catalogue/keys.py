"""Every key of a catalogue file, declared once: the parser, the JSON Schema and the reference all read it here."""

from datetime import timedelta
from typing import Final

from liftgate.catalogue.key_texts import (
    ACTION,
    DEFAULT_MAX_SESSION,
    GROUP_NAME,
    HOUR,
    LONGEST_GRANT,
    MOST_IN_CEILING,
    PERSON_ID,
    PERSON_OR_GROUP,
    SECOND,
    TRACKER_NAME,
)
from liftgate.catalogue.model import EXTENDED_AT_MOST, Mechanism, WhenDown
from liftgate.catalogue.review_keys import BREAK_GLASS, REVIEW
from liftgate.catalogue.shape import (
    ByName,
    Choice,
    Flag,
    Key,
    Record,
    Records,
    Span,
    Text,
    Texts,
    Whole,
)
from liftgate.identity.model import PersonKind
from liftgate.span import in_words

PERSON: Final = Record(
    title="a person",
    keys=(
        Key(
            name="name",
            says="what reviewers read: the person's or service's full name",
            holds=Text(form="a name of one line, up to 100 characters", most=100),
            required=True,
        ),
        Key(
            name="kind",
            says="a `service` is a program: it may ask, revoke and audit, but nobody can ask it to review",
            holds=Choice(words=tuple(PersonKind)),
            default=PersonKind.PERSON,
        ),
        Key(
            name="identities",
            says=(
                "the ARNs that `aws sts get-caller-identity` answers when this person asks it, each in full; a "
                "service may end the session name with `*` for all sessions of its role that begin so. And the person's user in "
                "Slack, `slack:T…/U…`, whose answers there are theirs ([notices](notices.md)); and subjects of OpenID providers, "
                "`oidc:<issuer>#<subject>`, by which they sign in with a browser ([sign-in](sign-in.md)); a service's, in the "
                "tokens of pipelines, may end with `*` after a `:` or `/` ([pipelines](pipelines.md))"
            ),
            holds=Texts(
                item=Text(
                    form="an identity's ARN, `slack:T…/U…` or `oidc:<issuer>#<subject>`",
                    pattern="(arn:|slack:|oidc:)[!-~]+",
                    most=700,
                )
            ),
            default="none: nobody can sign in as this person",
        ),
    ),
)

CEILING: Final = Record(
    title="a ceiling",
    keys=(
        Key(
            name="actions",
            says="S3 actions, such as `s3:PutObject`, or groups of them, such as `write` or `delete`",
            holds=Texts(item=ACTION, least=1, most=MOST_IN_CEILING),
            required=True,
        ),
        Key(
            name="locations",
            says=(
                "where: `s3://bucket/` for a whole bucket, `s3://bucket/prefix/` for all under a prefix, "
                "`s3://bucket/key` for one object"
            ),
            holds=Texts(
                item=Text(form="an S3 location such as `s3://bucket/prefix/`", most=1200),
                least=1,
                most=MOST_IN_CEILING,
            ),
            required=True,
        ),
        Key(
            name="kms_keys",
            says="ARNs of the KMS keys (not aliases) under which the objects there are encrypted",
            holds=Texts(
                item=Text(form="the ARN of a KMS key", pattern="arn:[!-~]+", most=200), most=MOST_IN_CEILING
            ),
            default="none",
        ),
    ),
)

JUSTIFICATION: Final = Record(
    title="a justification rule",
    keys=(
        Key(
            name="at_least",
            says="how many characters a requester must write to say why",
            holds=Whole(least=1, most=500),
            default="1",
        ),
    ),
)

TICKET: Final = Record(
    title="a ticket rule",
    keys=(
        Key(name="required", says="whether a ticket must be named", holds=Flag(), default="false"),
        Key(
            name="pattern",
            says=(
                "a regular expression that the whole ticket must match: characters, `[classes]`, `\\d`, `\\w`, `.`, "
                "`(a|b)` and the repetitions `? * + {m,n}` of a single character, where the next character "
                "always tells whether the repetition goes on"
            ),
            holds=Text(form="a regular expression of up to 100 characters", pattern="[ -~]+", most=100),
            default="any text",
        ),
        Key(
            name="tracker",
            says=(
                "which of the server's [trackers](tickets.md) must say that the ticket exists and is open, when it is asked "
                "for and when it is approved; there must be a `pattern` then"
            ),
            holds=TRACKER_NAME,
            default="none is asked",
        ),
        Key(
            name="when_down",
            says=(
                "where the tracker does not answer: `refuse` asks to try again later; `review` lets a request through to its "
                "reviewers, who see that the ticket was not checked, and approves none without a review; `allow` goes on "
                "without it"
            ),
            holds=Choice(words=tuple(WhenDown)),
            default=WhenDown.REFUSE,
        ),
    ),
)

ENTITLEMENT: Final = Record(
    title="an entitlement",
    keys=(
        Key(
            name="name",
            says="its name in requests, grants and the ledger",
            holds=Text(
                form="a name: 2 to 64 of `a-z 0-9 . _ -`, the first a letter or digit",
                pattern="[a-z0-9][a-z0-9._-]{1,63}",
                most=64,
            ),
            required=True,
        ),
        Key(
            name="description",
            says="what it is for, in words that help people choose",
            holds=Text(form="a text of up to 500 characters", most=500, lines=True),
            required=True,
        ),
        Key(
            name="account",
            says="the AWS account of the elevated role",
            holds=Text(form="an account id: twelve digits, in quotes", pattern="[0-9]{12}", most=12),
            required=True,
        ),
        Key(
            name="role",
            says=(
                "the ARN of the elevated role that sessions are lent from; in place, of the role that its requesters "
                "hold already"
            ),
            holds=Text(form="a role's ARN", pattern="arn:[!-~]+", most=700),
            required=True,
        ),
        Key(
            name="ceiling",
            says="the most that may ever be asked for",
            holds=CEILING,
            required=True,
        ),
        Key(
            name="longest",
            says="the longest duration that may be asked for, at most 12h",
            holds=Span(least=SECOND, most=LONGEST_GRANT),
            required=True,
        ),
        Key(
            name="requesters",
            says="people and groups who may ask for it",
            holds=Texts(item=PERSON_OR_GROUP, least=1),
            required=True,
        ),
        Key(
            name="review",
            says="who answers a request, and what needs no answer",
            holds=REVIEW,
            required=True,
        ),
        Key(
            name="break_glass",
            says="who gets a grant at once in an emergency ([reviews](reviews.md#break-glass))",
            holds=BREAK_GLASS,
            default="nobody",
        ),
        Key(
            name="longest_in_all",
            says="how long a grant may be with all that extends it ([reviews](reviews.md#extension))",
            holds=Span(least=SECOND, most=LONGEST_GRANT * EXTENDED_AT_MOST),
            default=f"{EXTENDED_AT_MOST} times `longest`",
        ),
        Key(
            name="justification",
            says="what a requester must write",
            holds=JUSTIFICATION,
            default="at least one character",
        ),
        Key(name="ticket", says="the ticket that a request names", holds=TICKET, default="none is needed"),
        Key(
            name="mechanism",
            says=(
                "how a grant reaches its requester: `session` lends STS credentials of the elevated role; `in-place` opens "
                "the role that the requester holds, for their session alone ([in place](in-place.md))"
            ),
            holds=Choice(words=tuple(Mechanism)),
            default=Mechanism.SESSION,
        ),
        Key(
            name="external_id",
            says="the external id that the elevated role's trust policy asks for",
            holds=Text(
                form="an external id: 2 to 1,224 of `A-Z a-z 0-9 + = , . @ : / _ -`",
                pattern="[A-Za-z0-9+=,.@:/_-]{2,1224}",
                most=1224,
            ),
            default="none",
        ),
        Key(
            name="max_session",
            says="the elevated role's own `MaxSessionDuration`; grants may be longer, because sessions are refreshed",
            holds=Span(least=HOUR, most=timedelta(hours=12)),
            default=in_words(DEFAULT_MAX_SESSION),
        ),
    ),
)

FILE: Final = Record(
    title="a catalogue file",
    keys=(
        Key(
            name="version",
            says="the version of this format",
            holds=Whole(least=1, most=1),
            required=True,
        ),
        Key(
            name="people",
            says="people and services, by id",
            holds=ByName(name=PERSON_ID, value=PERSON),
            default="none",
        ),
        Key(
            name="groups",
            says="groups of people, by name",
            holds=ByName(
                name=GROUP_NAME,
                value=Texts(item=Text(form="a person's id", pattern=PERSON_ID.pattern, most=64)),
            ),
            default="none",
        ),
        Key(
            name="teams",
            says="groups whose members belong together: what `other_team` goes by",
            holds=Texts(item=GROUP_NAME),
            default="none",
        ),
        Key(
            name="zone",
            says="where `time.local_hour` and `time.local_weekday` of conditions are, as `Europe/Berlin`; in one file at most",
            holds=Text(
                form="a time zone's name: `UTC`, or as `Europe/Berlin`", pattern="[A-Za-z0-9_+/-]+", most=64
            ),
            default="UTC",
        ),
        Key(
            name="guards",
            says="people and groups who may revoke any grant",
            holds=Texts(item=PERSON_OR_GROUP),
            default="nobody",
        ),
        Key(
            name="auditors",
            says="people and groups who may read every request, every grant and the ledger",
            holds=Texts(item=PERSON_OR_GROUP),
            default="nobody",
        ),
        Key(
            name="trusted_session_names",
            says=(
                "ARNs of roles whose session names are taken at their word, unproved: see below. "
                "`arn:aws:sts::<account>:federated-user/*` stands for the federated users of an account"
            ),
            holds=Texts(item=Text(form="a role's ARN", pattern="arn:[!-~]+", most=700)),
            default="none: each name must be proved",
        ),
        Key(
            name="entitlements",
            says="what may be asked for",
            holds=Records(item=ENTITLEMENT),
            default="none",
        ),
    ),
)
