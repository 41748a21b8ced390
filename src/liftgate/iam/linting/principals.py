"""Who a resource's policy lets in: everyone, everyone but some, or a service on anyone's behalf.

Source: "The confused deputy problem" and "AWS JSON policy elements: NotPrincipal", IAM User Guide.
"""

from collections.abc import Iterator

from liftgate.iam.language.reading import demands_key
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.narrowing import is_narrowed, names_everyone
from liftgate.iam.linting.wording import quoted
from liftgate.iam.parse import Kind
from liftgate.iam.s3.actions import AccessLevel
from liftgate.iam.services import catalogue

_READING = frozenset({AccessLevel.READ, AccessLevel.LIST})
_OWNER_OF_SOURCE = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}
)
# Services that act in a role only for who was allowed to pass it to them, and say no source when they take it up.
_NO_SOURCE = ("ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com")


def everyone(subject: Subject) -> Iterator[Lint]:
    """Statements of a resource's policy that let everyone in."""
    if subject.kind is not Kind.RESOURCE:
        return
    for place in subject.granting():
        who = place.statement.principals
        if who is None or who.negated or not names_everyone(who) or is_narrowed(place.statement):
            continue
        writes = _beyond_reading(subject, place)
        what = f"use {writes[0]}" if writes else "read"
        yield place.lint(
            Code.PUBLIC,
            Severity.ERROR if writes else Severity.WARNING,
            f"everyone, also without credentials, may {what}",
            "name principals, or add a condition that only yours meet, such as `aws:PrincipalOrgID`",
            ("Principal",),
        )


def _beyond_reading(subject: Subject, place: Place) -> list[str]:
    actions = place.statement.actions
    if actions.negated:
        return ["what `NotAction` leaves"]
    return [
        f"`{one.name}`"
        for value in actions.values
        for one in catalogue.reach(value, subject.budget).actions
        if one.level not in _READING
    ]


def all_but(subject: Subject) -> Iterator[Lint]:
    """``NotPrincipal`` with ``Allow``: it lets in everyone who is not named."""
    for place in subject.places():
        who = place.statement.principals
        if place.allows and who is not None and who.negated:
            yield place.lint(
                Code.NOT_PRINCIPAL_WITH_ALLOW,
                Severity.ERROR,
                "`NotPrincipal` with `Allow` lets in everyone who is not named, also without credentials",
                "name those who are meant in `Principal`",
                ("NotPrincipal",),
            )


def deputies(subject: Subject) -> Iterator[Lint]:
    """Services that are let in without a word on whose behalf they must come."""
    if subject.kind not in {Kind.RESOURCE, Kind.TRUST}:
        return
    for place in subject.granting():
        who = place.statement.principals
        if who is None or who.negated or _says_whose(place):
            continue
        for number, (kind, value) in enumerate(who.values):
            if kind != "Service" or (subject.kind is Kind.TRUST and value.startswith(_NO_SOURCE)):
                continue
            yield place.lint(
                Code.CONFUSED_DEPUTY,
                Severity.NOTE if subject.kind is Kind.TRUST else Severity.WARNING,
                f"{quoted(value)} may come on behalf of any account",
                "add a condition on `aws:SourceAccount` or `aws:SourceArn`, if the service sends them",
                place.principal(number),
            )


def _says_whose(place: Place) -> bool:
    return any(
        condition.key.lower() in _OWNER_OF_SOURCE and (demands_key(condition) or condition.if_exists)
        for condition in place.statement.conditions
    )
