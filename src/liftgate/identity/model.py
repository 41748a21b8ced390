"""Who asks: an identity that was proved, and the person or service that the catalogue knows it as."""

from dataclasses import dataclass
from enum import StrEnum


class IdentityKind(StrEnum):
    """How an identity was proved."""

    AWS = "aws"  # a signed sts:GetCallerIdentity
    OIDC = "oidc"  # an OpenID provider's word about one of its subjects
    LOCAL = "local"  # the demo's sign-in, on loopback only
    SLACK = "slack"  # a user of a Slack workspace, by Slack's word; it answers requests, and signs in nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One proved identity. ``name`` is an ARN for AWS, ``issuer#subject`` for OpenID Connect, ``T…/U…`` for Slack, else a person's id."""

    kind: IdentityKind
    name: str
    account: str | None = None  # twelve digits, for AWS
    user_id: str | None = None  # AROA…:session, for AWS

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


class PersonKind(StrEnum):
    """Whether somebody can be asked, or only a program."""

    PERSON = "person"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or service in the catalogue, whichever identity was proved. Equal ids are the same person."""

    id: str
    name: str
    kind: PersonKind = PersonKind.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling now: the person, and the identity by which they proved it."""

    person: Person
    identity: Identity
