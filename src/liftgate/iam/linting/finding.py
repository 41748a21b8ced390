"""What a lint is, and where in a policy it points."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from liftgate.iam.language.json_place import Path, written
from liftgate.iam.parse import Kind
from liftgate.iam.patterns.pattern import Budget
from liftgate.iam.policy import Condition, Effect, Policy, Statement


class Severity(StrEnum):
    """How sure it is that something must change."""

    ERROR = "error"  # it does not do what it says, or it opens what should be closed
    WARNING = "warning"  # right in rare cases only
    NOTE = "note"  # worth knowing


class Code(StrEnum):
    """The kinds of fault. The names are stable: people silence and count lints by them."""

    UNKNOWN_SERVICE = "unknown-service"
    UNKNOWN_ACTION = "unknown-action"
    REDUNDANT_ACTION = "redundant-action"
    REDUNDANT_RESOURCE = "redundant-resource"
    NOT_ACTION_WITH_ALLOW = "not-action-with-allow"
    NOT_RESOURCE_WITH_ALLOW = "not-resource-with-allow"
    GRANTS_NOTHING = "grants-nothing"
    DENIES_NOTHING = "denies-nothing"
    SHADOWED = "shadowed"
    WRONG_RESOURCE_TYPE = "wrong-resource-type"
    WILDCARD_BUCKET_OBJECT = "wildcard-bucket-object"
    ALLOWS_EVERYTHING = "allows-everything"
    REACHES_PERMISSION_MANAGEMENT = "reaches-permission-management"
    PASS_ROLE_EVERYWHERE = "pass-role-everywhere"  # noqa: S105 - no password
    ASSUME_ROLE_EVERYWHERE = "assume-role-everywhere"
    UNKNOWN_CONDITION_KEY = "unknown-condition-key"
    KEY_NEVER_CARRIED = "key-never-carried"
    NEVER_TRUE = "never-true"
    UNREADABLE_VALUE = "unreadable-value"
    LITERAL_STAR = "literal-star"
    PRIVATE_SOURCE_IP = "private-source-ip"
    FOR_ALL_VALUES_WITHOUT_NULL = "for-all-values-without-null"
    QUALIFIER_ON_ONE_VALUE = "qualifier-on-one-value"
    MISSING_QUALIFIER = "missing-qualifier"
    TOO_LONG = "too-long"
    MISSING_VERSION = "missing-version"
    VARIABLE_IN_OLD_VERSION = "variable-in-old-version"
    PUBLIC = "public"
    NOT_PRINCIPAL_WITH_ALLOW = "not-principal-with-allow"
    CONFUSED_DEPUTY = "confused-deputy"
    OPEN_TRUST = "open-trust"
    OPEN_WEB_IDENTITY = "open-web-identity"
    TRUSTS_ACCOUNT = "trusts-account"
    NO_EXTERNAL_ID = "no-external-id"
    CHOSEN_SESSION_NAME = "chosen-session-name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """One thing that is wrong or doubtful in a policy."""

    code: Code
    severity: Severity
    sentence: str
    advice: str
    statement: int | None  # which, from 0; None: the policy as a whole
    sid: str | None
    path: Path  # ("Statement", 0, "Action", 1), as `to_json` writes the policy

    @property
    def where(self) -> str:
        """The path as people write it: ``$.Statement[0].Action[1]``."""
        return written(self.path)

    def __str__(self) -> str:
        """In one line."""
        return f"{self.where}: {self.severity}: {self.sentence} ({self.code}); {self.advice}"


@dataclass(frozen=True, slots=True)
class Place:
    """One statement and its number; makes the lints that point into it."""

    number: int
    statement: Statement

    @property
    def allows(self) -> bool:
        """Whether the statement is an ``Allow``."""
        return self.statement.effect is Effect.ALLOW

    def action(self, number: int) -> Path:
        """The path of one action."""
        actions = self.statement.actions
        return _one("NotAction" if actions.negated else "Action", number, len(actions.values))

    def resource(self, number: int) -> Path:
        """The path of one resource."""
        resources = self.statement.resources
        if resources is None:
            return ()
        return _one("NotResource" if resources.negated else "Resource", number, len(resources.values))

    def condition(self, condition: Condition, number: int | None = None) -> Path:
        """The path of a condition's key, or of one of its values."""
        start = ("Condition", condition.spelling, condition.key)
        return start if number is None or len(condition.values) == 1 else (*start, number)

    def principal(self, number: int) -> Path:
        """The path of one principal."""
        principals = self.statement.principals
        if principals is None:
            return ()
        name = "NotPrincipal" if principals.negated else "Principal"
        if principals.values == (("*", "*"),):
            return (name,)
        kind = principals.values[number][0]
        alike = [place for place, (of, _) in enumerate(principals.values) if of == kind]
        return (name, *_one(kind, alike.index(number), len(alike)))

    def lint(self, code: Code, severity: Severity, sentence: str, advice: str, at: Path = ()) -> Lint:
        """A lint at a path below this statement."""
        return Lint(
            code=code,
            severity=severity,
            sentence=sentence,
            advice=advice,
            statement=self.number,
            sid=self.statement.sid,
            path=("Statement", self.number, *at),
        )


def _one(name: str, number: int, many: int) -> Path:
    return (name,) if many == 1 else (name, number)


# The kinds whose Allow gives something. The others are walls: theirs only lets through.
_GRANTING = frozenset({Kind.IDENTITY, Kind.SESSION, Kind.RESOURCE, Kind.TRUST})


@dataclass(frozen=True, slots=True)
class Subject:
    """What one check is given: the policy, what it is used as, and the steps that it may take."""

    policy: Policy
    kind: Kind
    budget: Budget

    @property
    def grants(self) -> bool:
        """Whether an ``Allow`` in a policy of this kind gives something by itself."""
        return self.kind in _GRANTING

    def places(self) -> Iterator[Place]:
        """Every statement."""
        return (Place(number, statement) for number, statement in enumerate(self.policy.statements))

    def granting(self) -> Iterator[Place]:
        """The statements that give something by themselves."""
        return (place for place in self.places() if place.allows and self.grants)
