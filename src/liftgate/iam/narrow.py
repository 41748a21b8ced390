"""From calls that were seen, the smallest scope inside a ceiling that covers them.

>>> from liftgate.iam.request import Request
>>> from liftgate.iam.s3.actions import expand_actions
>>> from liftgate.iam.s3.location import parse_location
>>> from liftgate.iam.explain import explain_scope
>>> ceiling = Scope(actions=expand_actions(["write", "delete"]), locations=frozenset({parse_location("s3://reports/")}))
>>> days = (Request(action="s3:PutObject", resource=f"arn:aws:s3:::reports/2026/11/{day}.csv") for day in range(1, 25))
>>> explain_scope(narrow(days, ceiling).scope)
'write under s3://reports/2026/11/'
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from liftgate.errors import Invalid
from liftgate.iam.compilation.grants import companions, scope_policy
from liftgate.iam.contain import contains
from liftgate.iam.errors import Unproved
from liftgate.iam.evaluate import prepare
from liftgate.iam.narrowing.folders import Path, deepest
from liftgate.iam.narrowing.gathered import Gathered
from liftgate.iam.patterns.automaton import Budget, BudgetSpent
from liftgate.iam.patterns.pattern import covered
from liftgate.iam.request import Request
from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope

T = TypeVar("T")
PLACES = 5  # locations that a person still reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What would have sufficed; and the calls that no such scope covers."""

    scope: Scope | None  # None: nothing of the ceiling was used
    outside: tuple[Request, ...] = ()  # the ceiling does not allow them
    beside: tuple[
        Request, ...
    ] = ()  # companions of the ceiling, such as a list of all of it, that the scope lacks


def narrow(calls: Iterable[Request], ceiling: Scope, *, places: int = PLACES) -> Narrowed:
    """The smallest scope inside ``ceiling`` that covers ``calls``, and the calls that it does not cover: see ``narrowest``."""
    once = _once(calls)
    scope = narrowest(once, ceiling, places=places)
    inside, outside = _sorted(once, ceiling)
    left = inside if scope is None else beside(inside, scope, ceiling)
    return Narrowed(scope=scope, outside=tuple(outside), beside=tuple(left))


def narrowest(calls: Iterable[Request], ceiling: Scope, *, places: int = PLACES) -> Scope | None:
    """The smallest scope inside ``ceiling`` that covers ``calls``: what to ask for next time. None: nothing of the ceiling was used.

    ``calls`` may be very many: they are gone through several times, and not held. Their order and copies change nothing.
    Its actions are those that were used. Its locations are at most ``places``, or one a bucket where more buckets were
    used: keys by themselves where they are few, else the deepest folders that hold them, so that the shallowest folder
    is as deep as it can be, then as few of that depth as can be, and so on down; of thousands of folders, those above them. Where the
    ceiling lets no folder hold them, they are the ceiling's own. The result is proved inside the ceiling by ``contains``, and to allow
    every call by ``evaluate``; raises ``Unproved`` where that fails.
    """
    calls = many_times(calls)
    used = _used(calls, ceiling, places)
    if not used.actions:
        return None
    scope = Scope(
        actions=frozenset(used.actions),
        locations=frozenset(_locations(calls, used, ceiling, places)),
        kms_keys=frozenset(used.kms_keys),
    )
    missed = _missed(calls, scope, ceiling)
    if missed is not None or not contains(scope_policy(scope), scope_policy(ceiling)):
        raise Unproved(
            "a narrower scope was found, but could not be proved right, so it is not offered",
            advice="narrow by hand, and compare: liftgate iam contains",
            value=None if missed is None else str(missed),
        )
    return scope


def beside(calls: Iterable[Request], scope: Scope, ceiling: Scope) -> Iterator[Request]:
    """The calls that the ceiling or its companions allow, and a narrower scope with its own does not: lists of more than it holds."""
    allowed, covered_too = _allows(ceiling), _allows(scope)
    return (call for call in calls if not covered_too(call) and allowed(call))


def many_times(things: Iterable[T]) -> Iterable[T]:
    """What can be gone through more than once: an iterator, which cannot, is read to its end and held."""
    return list(things) if isinstance(things, Iterator) else things


@dataclass(slots=True)
class _Used:
    """What of a ceiling calls used."""

    gathered: Gathered
    actions: set[str] = field(default_factory=set)
    kms_keys: set[str] = field(default_factory=set)


def _used(calls: Iterable[Request], ceiling: Scope, places: int) -> _Used:
    used, allows = _Used(Gathered(places)), _allows(ceiling)
    for call in calls:
        if not allows(call):
            continue
        if call.resource in ceiling.kms_keys:
            used.kms_keys.add(call.resource)
        if (action := _action(call)) in ceiling.actions:
            used.actions.add(action)
            path, key = _place(call)
            used.gathered.add(path, key if key is not None and _location(path, key) is not None else None)
    return used


def _missed(calls: Iterable[Request], scope: Scope, ceiling: Scope) -> Request | None:
    """A call that the ceiling grants and the scope does not."""
    inside, covered_too = _allows(ceiling), _allows(scope)
    return next(
        (
            call
            for call in calls
            if _action(call) in ceiling.actions and inside(call) and not covered_too(call)
        ),
        None,
    )


def _once(calls: Iterable[Request]) -> list[Request]:
    return list({(call.name, call.resource, call.carried.get("s3:prefix")): call for call in calls}.values())


def _sorted(calls: Iterable[Request], scope: Scope) -> tuple[list[Request], list[Request]]:
    """The calls that the scope and its companions allow, and the others."""
    allows = _allows(scope)
    allowed, others = list[Request](), list[Request]()
    for call in calls:
        (allowed if allows(call) else others).append(call)
    return allowed, others


def _allows(scope: Scope) -> Callable[[Request], bool]:
    """Whether the scope and its companions allow a call."""
    policies = prepare(identity=(scope_policy(scope), companions(scope)))
    return lambda call: policies.evaluate(call).allowed


_NAMES = {name.lower(): name for name in ACTIONS}


def _action(call: Request) -> str:
    return _NAMES.get(call.name, call.action)


def _locations(calls: Iterable[Request], used: _Used, ceiling: Scope, places: int) -> Iterable[Location]:
    keys, folders = used.gathered.keys, used.gathered.folders
    buckets = len({path[:2] for path in (*(path for path, _ in keys), *folders)})
    chosen = deepest(keys, folders, places=max(places, buckets), allowed=_allowed(ceiling))
    if chosen is None:
        return _of_ceiling(calls, used.actions, ceiling)
    return [place for path, key in chosen if (place := _location(path, key)) is not None]


def _place(call: Request) -> tuple[Path, str | None]:
    """The folder that a call reaches into, from the partition down, and the key there; None: all of the folder."""
    _, partition, _, _, _, rest = call.resource.split(":", 5)
    bucket, slash, key = rest.partition("/")
    if not slash:
        key = call.carried.get("s3:prefix", ("",))[0]
        return (partition, bucket, *key.split("/")[:-1]), None
    *folders, last = key.split("/")
    return (partition, bucket, *folders), last or None


def _location(path: Path, key: str | None) -> Location | None:
    """The location of a key, or of all in a folder; None where its name would be a pattern, or is refused as one."""
    partition, bucket, *folders = path
    text = "/".join([*folders, key or ""])
    if "*" in text or "?" in text:
        return None
    try:
        return parse_location(
            f"arn:{partition}:s3:::{bucket}/{text}" if text else f"arn:{partition}:s3:::{bucket}"
        )
    except Invalid:
        return None


def _allowed(ceiling: Scope) -> Callable[[Path], bool]:
    @cache
    def held(place: Location) -> tuple[str, ...]:
        return tuple(
            one.key
            for one in ceiling.locations
            if (one.bucket, one.partition) == (place.bucket, place.partition)
        )

    def allowed(path: Path) -> bool:
        place = _location(path, None) if len(path) > 1 else None
        if place is None:
            return False
        try:
            return covered(place.key, held(Location(place.bucket, "*", place.partition)), Budget(_STEPS))
        except BudgetSpent:
            return False

    return allowed


_STEPS = 20_000  # to find whether one folder lies inside the ceiling


def _of_ceiling(calls: Iterable[Request], actions: Iterable[str], ceiling: Scope) -> list[Location]:
    """The ceiling's own locations that hold any of the calls."""
    found = []
    for place in sorted(ceiling.locations):
        allows = _allows(Scope(actions=frozenset(actions), locations=frozenset({place})))
        if any(_action(call) in actions and allows(call) for call in calls):
            found.append(place)
    return found
