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

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from liftgate.errors import Invalid
from liftgate.iam.compilation.grants import companions, scope_policy
from liftgate.iam.contain import contains
from liftgate.iam.errors import Unproved
from liftgate.iam.evaluate import prepare
from liftgate.iam.narrowing.folders import Path, deepest
from liftgate.iam.patterns.automaton import Budget, BudgetSpent
from liftgate.iam.patterns.pattern import covered
from liftgate.iam.request import Request
from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope

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
    """The smallest scope inside ``ceiling`` that covers ``calls``: what to ask for next time.

    Its actions are those that were used. Its locations are at most ``places``, or one a bucket where more buckets were
    used: keys by themselves where they are few, else the deepest folders that hold them, so that the shallowest folder
    is as deep as it can be, then as few of that depth as can be, and so on down. Where the ceiling lets no folder hold
    them, they are the ceiling's own. The result is proved inside the ceiling by ``contains``, and to allow every call
    by ``evaluate``; raises ``Unproved`` where that fails.
    """
    inside, outside = _sorted(_once(calls), ceiling)
    wanted = [call for call in inside if _action(call) in ceiling.actions]
    if not wanted:
        return Narrowed(scope=None, outside=tuple(outside), beside=tuple(inside))
    scope = Scope(
        actions=frozenset(map(_action, wanted)),
        locations=frozenset(_locations(wanted, ceiling, places)),
        kms_keys=ceiling.kms_keys & {call.resource for call in inside},
    )
    _, beside = _sorted(inside, scope)
    missed = next((call for call in beside if _action(call) in ceiling.actions), None)
    if missed is not None or not contains(scope_policy(scope), scope_policy(ceiling)):
        raise Unproved(
            "a narrower scope was found, but could not be proved right, so it is not offered",
            advice="narrow by hand, and compare: liftgate iam contains",
            value=None if missed is None else str(missed),
        )
    return Narrowed(scope=scope, outside=tuple(outside), beside=tuple(beside))


def _once(calls: Iterable[Request]) -> list[Request]:
    return list({(call.name, call.resource, call.carried.get("s3:prefix")): call for call in calls}.values())


def _sorted(calls: Sequence[Request], scope: Scope) -> tuple[list[Request], list[Request]]:
    """The calls that the scope and its companions allow, and the others."""
    policies = prepare(identity=(scope_policy(scope), companions(scope)))
    allowed, others = list[Request](), list[Request]()
    for call in calls:
        (allowed if policies.evaluate(call).allowed else others).append(call)
    return allowed, others


_NAMES = {name.lower(): name for name in ACTIONS}


def _action(call: Request) -> str:
    return _NAMES.get(call.name, call.action)


def _locations(calls: Sequence[Request], ceiling: Scope, places: int) -> Iterable[Location]:
    keys: dict[Path, set[str]] = {}
    folders = set[Path]()
    for call in calls:
        path, key = _place(call)
        if key is None:
            folders.add(path)
        else:
            keys.setdefault(path, set()).add(key)
    named = []
    for path, group in keys.items():
        if len(group) <= places and all(_location(path, key) is not None for key in group):
            named += [(path, key) for key in group]
        else:
            folders.add(path)
    buckets = len({path[:2] for path in (*keys, *folders)})
    chosen = deepest(named, folders, places=max(places, buckets), allowed=_allowed(ceiling))
    if chosen is None:
        return _of_ceiling(calls, ceiling)
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


def _of_ceiling(calls: Sequence[Request], ceiling: Scope) -> list[Location]:
    """The ceiling's own locations that hold any of the calls."""
    actions = frozenset(map(_action, calls))
    return [
        place
        for place in sorted(ceiling.locations)
        if _sorted(calls, Scope(actions=actions, locations=frozenset({place})))[0]
    ]
