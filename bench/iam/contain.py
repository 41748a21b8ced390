"""`contains`: what it takes on policies as people write them, and on the worst ones that a search finds."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from bench.effort import Effort
from bench.figure import Amount, Figure, limited
from bench.measure import Samples
from liftgate.iam.contain import Contained, NotContained, contains
from liftgate.iam.patterns.automaton import automaton_of
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Qualifier, Statement, to_json

MEDIAN_BAR: Final = 0.005
WORST_BAR: Final = 1.0
LARGEST: Final = 20_000  # characters of a policy in JSON

_VERBS: Final = (
    "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging",
    "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:GetObjectVersion", "s3:RestoreObject",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainFigures:
    """Seconds."""

    times: tuple[float, ...]  # of each pair of twenty statements
    answers: dict[str, int]  # how many pairs were contained, not contained, undecided
    worst: float
    worst_pair: tuple[Policy, Policy]
    tried: int

    @property
    def met(self) -> bool:
        """Whether both bars were met."""
        return median(self.times) < MEDIAN_BAR and self.worst < WORST_BAR


def contain_figures(*, pairs: int = 240, seconds: float = 60.0, seed: int = 7) -> ContainFigures:
    """Time ``contains`` on pairs of twenty statements, and search for the slowest pair under 20 kB each."""
    chance = random.Random(seed)
    times: list[float] = []
    answers: dict[str, int] = {}
    for number in range(pairs):
        a, b = realistic_pair(number, chance)
        seconds_taken, answer = timed_pair(a, b)
        times.append(seconds_taken)
        answers[answer] = answers.get(answer, 0) + 1
    worst, pair, tried = search_worst(seconds, chance)
    return ContainFigures(times=tuple(times), answers=answers, worst=worst, worst_pair=pair, tried=tried)


def run(effort: Effort) -> Figure:
    """The figures as a chapter."""
    found = contain_figures(pairs=effort.size(240), seconds=6.0 if effort.is_quick else 60.0)
    said = ", ".join(f"{count} {name}" for name, count in sorted(found.answers.items()))
    sizes = " and ".join(f"{len(to_json(policy)) / 1000:.1f} kB" for policy in found.worst_pair)
    return Figure(
        title="One policy inside another",
        how=(
            "`contains` on pairs of policies of twenty statements each, of six kinds (windows, denies, variables, negations), "
            "no pair twice, so that nothing worked out before helps beyond what the same words need. The worst case is what "
            "hill climbing found: policies under 20 kB each, changed at random, the slower pair kept."
        ),
        rows=(
            limited("`contains`, twenty statements each", Samples(found.times), longest=MEDIAN_BAR),
            limited("the worst pair that was found", Samples((found.worst,)), longest=WORST_BAR),
        ),
        amounts=(
            Amount(what="answers", amount=said),
            Amount(what="the worst pair", amount=f"{sizes}; {found.tried} pairs tried"),
        ),
    )


def timed_pair(a: Policy, b: Policy) -> tuple[float, str]:
    """How long the answer takes, and what it is."""
    automaton_of.cache_clear()
    start = time.process_time()
    answer = contains(a, b)
    taken = time.process_time() - start
    return taken, {Contained: "contained", NotContained: "not contained"}.get(type(answer), "undecided")


def realistic_pair(number: int, chance: random.Random) -> tuple[Policy, Policy]:
    """Twenty statements that ask, and twenty that allow; every other pair is inside but for one statement."""
    kind, beyond = number % len(_KINDS), number // len(_KINDS) % 2 == 1
    size = 20 - len(_denies(kind))
    places = [
        f"arn:aws:s3:::bucket-{chance.randrange(10**6)}/team-{chance.randrange(99)}" for _ in range(size)
    ]
    a, b = zip(*(_KINDS[kind](place, chance) for place in places), strict=True)
    if beyond:
        a = (*a[:-1], replace(a[-1], resources=Patterns((f"{places[-1]}-secret/*",))))
    b_all = [*b]
    chance.shuffle(b_all)
    return Policy(statements=(*a, *_denies(kind))), Policy(statements=(*b_all, *_denies(kind)))


def _denies(kind: int) -> tuple[Statement, ...]:
    """The guards that both policies of the fourth kind have."""
    if kind != 3:
        return ()
    insecure = Condition("Bool", "aws:SecureTransport", ("false",))
    return (
        _statement(("s3:*",), "*", insecure, effect=Effect.DENY),
        _statement(("s3:DeleteBucket", "s3:PutBucketPolicy"), "*", effect=Effect.DENY),
    )


Kind = Callable[[str, random.Random], tuple[Statement, Statement]]


def _statement(
    actions: tuple[str, ...], resource: str, *conditions: Condition, effect: Effect = Effect.ALLOW
) -> Statement:
    return Statement(
        effect=effect, actions=Patterns(actions), resources=Patterns((resource,)), conditions=conditions
    )


def _plain(place: str, chance: random.Random) -> tuple[Statement, Statement]:
    verbs = tuple(chance.sample(_VERBS, 4))
    return _statement(verbs[:3], f"{place}/2026/*"), _statement(verbs, f"{place}/*")


def _windowed(place: str, chance: random.Random) -> tuple[Statement, Statement]:
    one, other = _plain(place, chance)
    hour = chance.randrange(10, 20)

    def window(first: int, last: int) -> tuple[Condition, ...]:
        return (
            Condition("DateGreaterThanEquals", "aws:CurrentTime", (f"2026-11-24T{first}:00:00Z",)),
            Condition("DateLessThan", "aws:CurrentTime", (f"2026-11-24T{last}:00:00Z",)),
        )

    return replace(one, conditions=window(hour, hour + 1)), replace(other, conditions=window(hour, hour + 3))


def _listing(place: str, chance: random.Random) -> tuple[Statement, Statement]:
    bucket, _, prefix = place.partition("/")
    inner = Condition("StringLike", "s3:prefix", (f"{prefix}/2026/*", f"{prefix}/2026"))
    outer = Condition("StringLike", "s3:prefix", (f"{prefix}/*",))
    if chance.random() < 0.5:
        return _plain(place, chance)
    return _statement(("s3:ListBucket",), bucket, inner), _statement(("s3:List*",), bucket, outer)


def _variables(place: str, chance: random.Random) -> tuple[Statement, Statement]:
    verbs = tuple(chance.sample(_VERBS, 3))
    return (
        _statement(verbs, f"{place}/${{aws:username}}/in/*"),
        _statement(verbs, f"{place}/${{aws:username}}/*"),
    )


def _negated(place: str, chance: random.Random) -> tuple[Statement, Statement]:
    address = Condition("IpAddress", "aws:SourceIp", (f"10.{chance.randrange(256)}.0.0/16",))
    one, other = _plain(place, chance)
    wide = replace(other, actions=Patterns(("s3:DeleteBucket", "s3:Put*Policy"), negated=True))
    return replace(one, conditions=(address,)), replace(
        wide, conditions=(replace(address, values=("10.0.0.0/8",)),)
    )


_KINDS: Final[tuple[Kind, ...]] = (_plain, _windowed, _listing, _plain, _variables, _negated)


def search_worst(seconds: float, chance: random.Random) -> tuple[float, tuple[Policy, Policy], int]:
    """Hill climbing from many starts: a change is kept where the answer then takes longer."""
    best, best_pair, tried = 0.0, (Policy(statements=()), Policy(statements=())), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pair = _start(chance)
        slowest, stale = 0.0, 0
        while stale < 25 and time.monotonic() < end:
            changed = _changed(pair, chance)
            taken, _ = timed_pair(*changed)
            tried += 1
            stale = 0 if taken > slowest * 1.02 else stale + 1
            if taken > slowest:
                slowest, pair = taken, changed
            if taken > best:
                best, best_pair = taken, changed
    return best, best_pair, tried


def variations(chance: random.Random, count: int) -> Iterator[tuple[Policy, Policy]]:
    """What the search tries, each from the one before."""
    pair = _start(chance)
    for _ in range(count):
        pair = _changed(pair, chance)
        yield pair


_PIECES: Final = (
    "*",
    "?",
    "a",
    "b",
    "*a",
    "?*",
    "*ab*",
    "${aws:username}",
    "${aws:userid, 'a'}",
    "/",
    "*a?b",
    "aaaa",
    "*?a",
)
_KEYS: Final = (
    "s3:prefix",
    "aws:username",
    "aws:userid",
    "s3:delimiter",
    "aws:PrincipalTag/t",
    "aws:TagKeys",
)
_TEXTS: Final = (
    "StringLike",
    "StringNotLike",
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "ArnLike",
)


def _start(chance: random.Random) -> tuple[Policy, Policy]:
    size = chance.choice((1, 3, 10, 40))
    a, b = (Policy(statements=tuple(_random_statement(chance) for _ in range(size))) for _ in "ab")
    if max(len(to_json(a)), len(to_json(b))) > LARGEST:
        return _start(chance)
    return (a, b) if chance.random() < 0.7 else (a, a)


def _changed(pair: tuple[Policy, Policy], chance: random.Random) -> tuple[Policy, Policy]:
    """With some changes, none of which makes a policy too large."""
    a, b = _with_changes(pair, chance)
    return a if len(to_json(a)) <= LARGEST else pair[0], b if len(to_json(b)) <= LARGEST else pair[1]


def _with_changes(pair: tuple[Policy, Policy], chance: random.Random) -> tuple[Policy, Policy]:
    found = [list(policy.statements) for policy in pair]
    for _ in range(chance.choice((1, 1, 2, 6))):
        mine = found[chance.randrange(2)]
        _CHANGES[chance.randrange(len(_CHANGES))](mine, found, chance)
    a, b = (Policy(statements=tuple(statements)) for statements in found)
    return a, b


def _add(mine: list[Statement], _: list[list[Statement]], chance: random.Random) -> None:
    mine.insert(chance.randrange(len(mine) + 1), _random_statement(chance))


def _drop(mine: list[Statement], _: list[list[Statement]], chance: random.Random) -> None:
    if len(mine) > 1:
        del mine[chance.randrange(len(mine))]


def _copy(mine: list[Statement], both: list[list[Statement]], chance: random.Random) -> None:
    source = both[chance.randrange(2)]
    if source:
        mine += [chance.choice(source) for _ in range(chance.choice((1, 5, 20)))]


def _lengthen(mine: list[Statement], _: list[list[Statement]], chance: random.Random) -> None:
    for number, one in enumerate(mine):
        if one.resources is not None and chance.random() < 0.3:
            values = [*one.resources.values]
            place = chance.randrange(len(values))
            values[place] += chance.choice(_PIECES) * chance.choice((1, 3, 20))
            mine[number] = replace(one, resources=replace(one.resources, values=tuple(values)))


def _widen(mine: list[Statement], _: list[list[Statement]], chance: random.Random) -> None:
    for number, one in enumerate(mine):
        if one.resources is not None and chance.random() < 0.3:
            more = tuple(_glob(chance) for _ in range(chance.choice((1, 4, 16))))
            values = tuple(dict.fromkeys([*one.resources.values, *more]))
            mine[number] = replace(one, resources=replace(one.resources, values=values))


def _limit(mine: list[Statement], _: list[list[Statement]], chance: random.Random) -> None:
    for number, one in enumerate(mine):
        if chance.random() < 0.3:
            mine[number] = replace(one, conditions=_once(*one.conditions, _condition(chance)))


def _flip(mine: list[Statement], _: list[list[Statement]], chance: random.Random) -> None:
    for number, one in enumerate(mine):
        if chance.random() < 0.2:
            effect = Effect.DENY if one.effect is Effect.ALLOW else Effect.ALLOW
            mine[number] = replace(one, effect=effect)


_CHANGES: Final = (_add, _drop, _copy, _lengthen, _widen, _limit, _flip, _lengthen)


def _random_statement(chance: random.Random) -> Statement:
    actions = tuple(
        chance.choice((*_VERBS, "s3:*", "s3:Get*", "*", "s3:*Object*", "ec2:*a*b*", "k*:?*"))
        for _ in range(chance.randint(1, 3))
    )
    return Statement(
        effect=chance.choice((Effect.ALLOW, Effect.ALLOW, Effect.DENY)),
        actions=Patterns(tuple(dict.fromkeys(actions)), negated=chance.random() < 0.1),
        resources=Patterns(
            tuple(_glob(chance) for _ in range(chance.choice((1, 1, 4, 12)))), negated=chance.random() < 0.15
        ),
        conditions=_once(*(_condition(chance) for _ in range(chance.choice((0, 0, 1, 3))))),
    )


def _glob(chance: random.Random) -> str:
    return "arn:aws:s3:::" + "".join(chance.choice(_PIECES) for _ in range(chance.choice((1, 3, 8, 30))))


def _once(*conditions: Condition) -> tuple[Condition, ...]:
    """Each operator on each key once, as JSON has it."""
    return tuple({(one.spelling, one.key): one for one in conditions}.values())


def _condition(chance: random.Random) -> Condition:
    key = chance.choice(_KEYS)
    kind = chance.randrange(5)
    if kind == 0:
        networks = (
            f"10.{chance.randrange(256)}.{chance.randrange(256)}.0/{chance.randint(9, 30)}" for _ in range(8)
        )
        return Condition(chance.choice(("IpAddress", "NotIpAddress")), "aws:SourceIp", tuple(networks))
    if kind == 1:
        moment = f"2026-{chance.randint(10, 12)}-{chance.randint(10, 28)}T00:00:00Z"
        return Condition(
            chance.choice(("DateLessThan", "DateGreaterThan", "DateNotEquals")), "aws:CurrentTime", (moment,)
        )
    values = tuple(_glob(chance).removeprefix("arn:aws:s3:::") for _ in range(chance.choice((1, 2, 8))))
    qualifier = chance.choice((None, Qualifier.FOR_ALL, Qualifier.FOR_ANY)) if key == "aws:TagKeys" else None
    return Condition(chance.choice(_TEXTS), key, values, qualifier, chance.random() < 0.2)


def _main() -> Iterator[str]:
    found = contain_figures()
    yield f"median {median(found.times) * 1e3:.2f} ms, slowest {max(found.times) * 1e3:.2f} ms, {found.answers}"
    yield f"worst {found.worst:.2f} s of {found.tried} tried; bars met: {found.met}"


if __name__ == "__main__":
    for line in _main():
        print(line)
