"""Writes the policies that AWS enforces: a grant's session policy, and an elevated role's own.

>>> from datetime import UTC, datetime
>>> from liftgate.iam.s3.location import parse_location
>>> from liftgate.iam.scope import Scope, Window
>>> scope = Scope(actions=frozenset({"s3:PutObject"}), locations=frozenset({parse_location("s3://reports/2026/")}))
>>> day = Window(starts_at=datetime(2026, 11, 24, tzinfo=UTC), ends_at=datetime(2026, 11, 25, tzinfo=UTC))
>>> compile_session_policy(scope, day)[:60]
'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Acti'
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

from liftgate.iam.compilation.grants import check_meaning, companions, scope_policy
from liftgate.iam.compilation.merge import length_of, merged
from liftgate.iam.compilation.spelling import abbreviated, joined
from liftgate.iam.contain import contains
from liftgate.iam.errors import ScopeTooLarge, Unproved
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement, to_document, to_json
from liftgate.iam.scope import Location, Scope, Window

__all__ = [
    "ROLE_LIMIT",
    "companions",
    "compile_session_policy",
    "role_policy",
    "roles_policy",
    "scope_policy",
    "within",
]

SESSION_LIMIT = 2048  # characters of an inline session policy (STS API Reference, AssumeRole)
ROLE_LIMIT = 6144  # characters of a managed policy, which is what a boundary is (IAM quotas)
_MOST_LOCATIONS = ROLE_LIMIT // len('"arn:aws:s3:::abc/a",')

_START, _END = "1111-11-11T11:11:11Z", "2222-02-22T22:22:22Z"  # where a window's bounds go in a template


def compile_session_policy(scope: Scope, window: Window) -> str:
    """The smallest session policy for this scope and window, as compact JSON of at most 2,048 characters.

    It allows the scope and its companions, only from ``window.starts_at`` to before ``window.ends_at``, by
    ``aws:CurrentTime``. Of three ways to write it, the first that fits is taken, so that it stays readable as long as it
    can: see ``docs/iam/compile.md``. Raises ``ScopeTooLarge``, which says what to cut, and ``Unproved``.
    """
    template = _template(scope)
    return template.replace(_START, _moment(window.starts_at)).replace(_END, _moment(window.ends_at))


def role_policy(ceiling: Scope) -> str:
    """An elevated role's own policy, and its permissions boundary: the ceiling and its companions, at any time.

    Actions are spelled out: what AWS adds to S3 later never slips in. Raises ``ScopeTooLarge``.
    """
    text = to_json(roles_policy([ceiling]))
    if len(text) > ROLE_LIMIT:
        raise _too_large("policy of the elevated role", len(text), ROLE_LIMIT, ceiling)
    return text


def roles_policy(ceilings: Iterable[Scope]) -> Policy:
    """The same as a value, of a role that several ceilings share: each of them, and nothing that none of them holds.

    However long it is: IAM takes ``ROLE_LIMIT`` characters of ``to_json``.
    """
    return merged(Policy(statements=tuple(one for each in ceilings for one in _whole(each).statements)))


def within(policy: Policy, starts_at: str, ends_at: str) -> Policy:
    """The policy with every statement limited to the time from ``starts_at`` to before ``ends_at``."""
    window = (
        Condition("DateGreaterThanEquals", "aws:CurrentTime", (starts_at,)),
        Condition("DateLessThan", "aws:CurrentTime", (ends_at,)),
    )
    limited = (replace(one, conditions=(*one.conditions, *window)) for one in policy.statements)
    return replace(policy, statements=tuple(limited))


def within_at_once(policy: Policy, starts_at: str, ends_at: str) -> Policy:
    """The same as ``within``, said once for all statements: two more, which refuse everything before and after.

    ``IfExists``, because a request that carried no time would else be refused by neither.
    """
    bounds = (("DateLessThan", starts_at), ("DateGreaterThanEquals", ends_at))
    refusals = tuple(
        Statement(
            effect=Effect.DENY,
            actions=Patterns(("*",)),
            resources=Patterns(("*",)),
            conditions=(Condition(operator, "aws:CurrentTime", (moment,), if_exists=True),),
        )
        for operator, moment in bounds
    )
    return replace(policy, statements=(*policy.statements, *refusals))


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a session policy."""

    spell: Callable[[Iterable[str]], tuple[str, ...]]
    limit: Callable[[Policy, str, str], Policy]


# From the most readable to the shortest.
_FORMS = (_Form(joined, within), _Form(joined, within_at_once), _Form(abbreviated, within_at_once))


@lru_cache(maxsize=4096)
def _template(scope: Scope) -> str:
    whole = _whole(scope)
    text = ""
    for form in _FORMS:
        text = _written(form.limit(_spelled(whole, form), _START, _END))
        if len(text) <= SESSION_LIMIT:
            _prove(text, _longer(scope, whole, form))
            return text
    raise _too_large("session policy", len(text), SESSION_LIMIT, scope)


def _written(policy: Policy) -> str:
    """As ``to_json``, and a single statement without brackets."""
    document = to_document(policy)
    first, *others = document["Statement"]
    if not others:
        document["Statement"] = first
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True)


def _longer(scope: Scope, whole: Policy, form: _Form) -> list[Policy]:
    """What a text must be proved equal to, one by one, up to what the scope says in as many statements as it takes.

    Refusals are compared with a long policy at great length, and with a short one at once; hence the step between.
    """
    plain = _FORMS[0]
    step = [] if form is plain else [plain.limit(_spelled(whole, plain), _START, _END)]
    return [*step, within(unmerged(scope), _START, _END)]


def _spelled(policy: Policy, form: _Form) -> Policy:
    """The policy cut and spelled as it is shortest in this form."""

    def respelled(one: Statement) -> Statement:
        return replace(one, actions=replace(one.actions, values=form.spell(one.actions.values)))

    def length(one: Statement) -> int:
        return length_of(form.limit(Policy(statements=(respelled(one),)), _START, _END).statements[0])

    short = merged(policy, length)
    return replace(short, statements=tuple(respelled(one) for one in short.statements))


def _prove(text: str, others: Sequence[Policy]) -> None:
    """Refuses a text that, read back as IAM reads it, does not say exactly what the last of the other policies says.

    Each is proved equal to the next. What is proved has two moments that stand for any window's start and end; they
    must stand nowhere else.
    """
    found = parse_policy(text, Kind.SESSION)
    chain = [found, *others]
    if not (_has_holes(text, found) and all(contains(a, b) and contains(b, a) for a, b in pairwise(chain))):
        raise Unproved(
            "the short spelling of this session policy could not be proved right, so it is not used",
            advice="ask for one location at a time, with fewer wildcards",
        )


def _has_holes(text: str, policy: Policy) -> bool:
    times = [
        value
        for one in policy.statements
        for each in one.conditions
        if each.key == "aws:CurrentTime"
        for value in each.values
    ]
    return all(text.count(moment) == times.count(moment) > 0 for moment in (_START, _END))


def _whole(scope: Scope) -> Policy:
    if len(scope.locations) > _MOST_LOCATIONS:  # before any work that grows with them
        raise ScopeTooLarge(
            f"a scope of {len(scope.locations):,} locations fits into no policy", advice=_what_to_cut(scope)
        )
    check_meaning(scope)
    return Policy(statements=scope_policy(scope).statements + companions(scope).statements)


def unmerged(scope: Scope) -> Policy:
    """What the session policy must say, in as many statements as it takes: one for each action and location."""
    pairs = [
        Scope(actions=frozenset({name}), locations=frozenset({place}))
        for place in sorted(scope.locations)
        for name in sorted(scope.actions)
    ]
    apart = tuple(statement for pair in pairs for statement in scope_policy(pair).statements)
    return Policy(statements=apart + companions(scope).statements)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _too_large(what: str, length: int, limit: int, scope: Scope) -> ScopeTooLarge:
    return ScopeTooLarge(
        f"the {what} for this scope has {length:,} characters, and AWS takes {limit:,}",
        advice=_what_to_cut(scope),
    )


def _what_to_cut(scope: Scope) -> str:
    folders: dict[Location, list[Location]] = {}
    for place in scope.locations:
        head = place.key.split("*")[0].split("?")[0]
        while "/" in head:
            head = head[: head.rstrip("/").rfind("/") + 1]
            folder = replace(place, key=f"{head}*")
            folders.setdefault(folder, []).append(place)
    best = max(folders, key=lambda folder: (len(folders[folder]), len(folder.key)), default=None)
    count = f"its {len(scope.locations)} locations or {len(scope.actions)} actions"
    if best is None or len(folders[best]) < 2:
        return f"ask for fewer of {count}, or make two requests"
    return f"ask for fewer of {count}: `{best}` would hold {len(folders[best])} of them; or make two requests"
