"""Writes the policies that AWS enforces: a grant's session policy, and an elevated role's own.

>>> from datetime import UTC, datetime
>>> from liftgate.iam.s3.location import parse_location
>>> from liftgate.iam.scope import Scope, Window
>>> scope = Scope(actions=frozenset({"s3:PutObject"}), locations=frozenset({parse_location("s3://reports/2026/")}))
>>> day = Window(starts_at=datetime(2026, 11, 24, tzinfo=UTC), ends_at=datetime(2026, 11, 25, tzinfo=UTC))
>>> compile_session_policy(scope, day)[:60]
'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Acti'
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from liftgate.iam.compilation.grants import check_meaning, companions, scope_policy
from liftgate.iam.compilation.merge import merged
from liftgate.iam.compilation.spelling import abbreviated, joined
from liftgate.iam.contain import contains
from liftgate.iam.errors import ScopeTooLarge, Unproved
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Policy, Statement, to_json
from liftgate.iam.scope import Location, Scope, Window

__all__ = ["companions", "compile_session_policy", "role_policy", "scope_policy", "within"]

SESSION_LIMIT = 2048  # characters of an inline session policy (STS API Reference, AssumeRole)
ROLE_LIMIT = 6144  # characters of a managed policy, which is what a boundary is (IAM quotas)
_MOST_LOCATIONS = ROLE_LIMIT // len('"arn:aws:s3:::abc/a",')

_START, _END = "1111-11-11T11:11:11Z", "2222-02-22T22:22:22Z"  # where a window's bounds go in a template


def compile_session_policy(scope: Scope, window: Window) -> str:
    """The smallest session policy for this scope and window, as compact JSON of at most 2,048 characters.

    It allows the scope and its companions, each statement only from ``window.starts_at`` to before
    ``window.ends_at``, by ``aws:CurrentTime``. Raises ``ScopeTooLarge``, which says what to cut.
    """
    template = _template(scope)
    return template.replace(_START, _moment(window.starts_at)).replace(_END, _moment(window.ends_at))


def role_policy(ceiling: Scope) -> str:
    """An elevated role's own policy, and its permissions boundary: the ceiling and its companions, at any time.

    Actions are spelled out: what AWS adds to S3 later never slips in. Raises ``ScopeTooLarge``.
    """
    text = to_json(merged(_whole(ceiling)))
    if len(text) > ROLE_LIMIT:
        raise _too_large("policy of the elevated role", len(text), ROLE_LIMIT, ceiling)
    return text


def within(policy: Policy, starts_at: str, ends_at: str) -> Policy:
    """The policy with every statement limited to the time from ``starts_at`` to before ``ends_at``."""
    window = (
        Condition("DateGreaterThanEquals", "aws:CurrentTime", (starts_at,)),
        Condition("DateLessThan", "aws:CurrentTime", (ends_at,)),
    )
    limited = (replace(one, conditions=(*one.conditions, *window)) for one in policy.statements)
    return replace(policy, statements=tuple(limited))


@lru_cache(maxsize=4096)
def _template(scope: Scope) -> str:
    short = merged(_whole(scope))
    text = ""
    for spell in (joined, abbreviated):
        text = to_json(within(_spelled(short, spell), _START, _END))
        if len(text) <= SESSION_LIMIT:
            _prove(text, within(unmerged(scope), _START, _END))
            return text
    raise _too_large("session policy", len(text), SESSION_LIMIT, scope)


def _prove(text: str, long: Policy) -> None:
    """Refuses a text that does not say exactly what the long policy says, once read back as IAM reads it."""
    short = parse_policy(text, Kind.SESSION)
    holes = text.count(_START) == text.count(_END) == len(short.statements)
    if not (holes and contains(short, long) and contains(long, short)):
        raise Unproved(
            "the short spelling of this session policy could not be proved right, so it is not used",
            advice="ask for one location at a time, with fewer wildcards",
        )


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


def _spelled(policy: Policy, spell: Callable[[Iterable[str]], tuple[str, ...]]) -> Policy:
    def respelled(one: Statement) -> Statement:
        return replace(one, actions=replace(one.actions, values=spell(one.actions.values)))

    return replace(policy, statements=tuple(respelled(one) for one in policy.statements))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
