"""Who may take up a role: anyone, a whole account, or whoever an identity provider vouches for.

Sources: "The confused deputy problem", "Create a role for OpenID Connect federation", "Configuring a role for GitHub
OIDC identity provider" and "Available keys for AWS OIDC federation", IAM User Guide.
"""

import re
from collections.abc import Iterator

from liftgate.iam.language.reading import demands_key
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.narrowing import is_narrowed, names_everyone
from liftgate.iam.linting.session_name import chosen_in
from liftgate.iam.linting.wording import quoted
from liftgate.iam.parse import Kind
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Condition, Statement

_ACCOUNT = re.compile(r"\d{12}|arn:[^:]*:iam::\d{12}:root")
_PROVIDER = re.compile(r"arn:[^:]*:iam::\d*:oidc-provider/(.+)")
_SAML = re.compile(r"arn:[^:]*:iam::\d*:saml-provider/.+")
_GITHUB = "token.actions.githubusercontent.com"
_GITHUB_CLAIMS = ("repository", "repository_id", "job_workflow_ref", "enterprise_id")
_STRANGER = "repo:somebody-else/some-repository:ref:refs/heads/main"
_OPEN_START = re.compile(r"[^/:]*[*?].*/|[*?]")  # a wildcard before the slash that ends the owner's name


def trusted(subject: Subject) -> Iterator[Lint]:
    """Principals of a role's trust policy that are too many."""
    if subject.kind is not Kind.TRUST:
        return
    for place in subject.granting():
        who = place.statement.principals
        if who is None or who.negated:
            continue
        if names_everyone(who) and not is_narrowed(place.statement):
            yield _open(place)
            continue
        for number, (kind, value) in enumerate(who.values):
            if kind == "AWS":
                yield from _account(place, number, value)
            elif kind == "Federated":
                yield from _federated(place, number, value)


def _open(place: Place) -> Lint:
    has_id = any(condition.key.lower() == "sts:externalid" for condition in place.statement.conditions)
    also = "; an external ID is no secret" if has_id else ""
    return place.lint(
        Code.OPEN_TRUST,
        Severity.ERROR,
        f"anyone with an AWS account may take up the role{also}",
        "name the principals, or add a condition that only yours meet, such as `aws:PrincipalOrgID`",
        ("Principal",),
    )


def _account(place: Place, number: int, value: str) -> Iterator[Lint]:
    if not _ACCOUNT.fullmatch(value) or _asks(place.statement, ("aws:principalarn", "aws:principaltag/")):
        return
    yield place.lint(
        Code.TRUSTS_ACCOUNT,
        Severity.NOTE,
        f"{quoted(value)} is a whole account: its administrators decide who takes up the role",
        "name the roles or users that are meant",
        place.principal(number),
    )
    if not _asks(place.statement, ("sts:externalid", "aws:principalorg")):
        yield place.lint(
            Code.NO_EXTERNAL_ID,
            Severity.NOTE,
            f"{quoted(value)} may take up the role without an external ID",
            "if that account serves others too, add a condition on `sts:ExternalId`",
            place.principal(number),
        )


def _asks(statement: Statement, keys: tuple[str, ...]) -> bool:
    return any(
        condition.key.lower().startswith(keys) and demands_key(condition)
        for condition in statement.conditions
    )


def _federated(place: Place, number: int, value: str) -> Iterator[Lint]:
    if _SAML.fullmatch(value):
        if not _asks(place.statement, ("saml:",)):
            yield _of_provider(place, number, Severity.WARNING, value, "`SAML:aud`")
        return
    match = _PROVIDER.fullmatch(value)
    issuer = match[1] if match else value
    subjects = _values(place.statement, f"{issuer}:sub")
    if issuer == _GITHUB:
        if not _is_owned(place.statement, subjects):
            yield _of_provider(
                place, number, Severity.ERROR, value, f"`{_GITHUB}:sub`, as `repo:<owner>/<name>:…`"
            )
    elif issuer == "cognito-identity.amazonaws.com":
        if not _values(place.statement, f"{issuer}:aud"):
            yield _of_provider(
                place, number, Severity.ERROR, value, f"`{issuer}:aud`, with your identity pool"
            )
    elif not subjects and not _values(place.statement, f"{issuer}:aud") and not _app_id(place, issuer):
        yield _of_provider(place, number, Severity.ERROR, value, f"`{_short(issuer)}:sub`")
    elif match and not subjects:
        yield _of_provider(place, number, Severity.WARNING, value, f"`{_short(issuer)}:sub`")


def _app_id(place: Place, issuer: str) -> bool:
    """Amazon and Facebook say the audience under a name of their own."""
    return bool(_values(place.statement, f"{issuer}:app_id"))


def _short(issuer: str) -> str:
    return issuer if len(issuer) <= 40 else "<provider>"


def _values(statement: Statement, key: str) -> tuple[str, ...]:
    """What the statement demands of a key; empty where it does not, or where anything will do."""
    found = [
        value
        for condition in statement.conditions
        if condition.key.lower() == key.lower() and _wants_equal(condition)
        for value in condition.values
    ]
    return () if any(not value.strip("*?") for value in found) else tuple(found)


def _wants_equal(condition: Condition) -> bool:
    return (
        demands_key(condition) and condition.operator.startswith("String") and "Not" not in condition.operator
    )


def _is_owned(statement: Statement, subjects: tuple[str, ...]) -> bool:
    """Whether a statement that trusts GitHub names an owner, a repository or an enterprise."""
    if subjects and all(map(_is_of_owner, subjects)):
        return True
    by_claim = (_values(statement, f"{_GITHUB}:{claim}") for claim in _GITHUB_CLAIMS)
    return any(found and not any(map(_OPEN_START.match, found)) for found in by_claim)


def _is_of_owner(subject: str) -> bool:
    """Whether a subject names the owner, without a wildcard. Subjects of another form are made by the owner's rules."""
    if subject.startswith("repo:"):
        return re.match(r"repo:[^/:*?]+/", subject) is not None
    return not matcher(subject)(_STRANGER) and _OPEN_START.match(subject) is None


def _of_provider(place: Place, number: int, severity: Severity, value: str, wanted: str) -> Lint:
    return place.lint(
        Code.OPEN_WEB_IDENTITY,
        severity,
        f"whoever {quoted(value)} vouches for may take up the role",
        f"add a condition on {wanted}",
        place.principal(number),
    )


def session_names(subject: Subject) -> Iterator[Lint]:
    """Principals that take up the role under a session name of their own choice."""
    if subject.kind is not Kind.TRUST:
        return
    for place in subject.granting():
        chosen = chosen_in(place.statement, subject.policy)
        who = place.statement.principals
        if chosen is not None and who and any(kind in {"AWS", "*"} for kind, _ in who.values):
            yield place.lint(
                Code.CHOSEN_SESSION_NAME,
                Severity.WARNING,
                chosen.because,
                'add `"StringEquals": {"sts:RoleSessionName": "${aws:username}"}`, or a name of yours',
                ("Principal",),
            )
