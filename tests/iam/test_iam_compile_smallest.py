"""Is it the smallest? Against searches through everything that could be shorter, for scopes small enough for that."""

import json
import re
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import NamedTuple, TypeVar

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.iam.iam_examples import KMS_KEY, TWENTY_MINUTES, scope

from liftgate.iam.compilation.spelling import abbreviated, joined
from liftgate.iam.compile import compile_session_policy, unmerged, within
from liftgate.iam.contain import contains
from liftgate.iam.errors import EmptyScope
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement, to_json
from liftgate.iam.s3.actions import ACTIONS, expand_actions
from liftgate.iam.scope import Location, Scope

T = TypeVar("T")
START, END = "2026-11-24T12:00:00Z", "2026-11-24T12:20:00Z"
EMPTY = len(to_json(Policy(statements=())))


class Atom(NamedTuple):
    """The least that a statement can say. Actions that always stand together are one."""

    actions: tuple[str, ...]
    resource: str
    prefix: str  # empty: no condition on the prefix
    others: tuple[Condition, ...]


Box = frozenset[Atom]


def atoms(policy: Policy) -> Box:
    """What a policy says, in its smallest parts; those that another part holds are left out."""
    where: dict[str, set[tuple[str, str, tuple[Condition, ...]]]] = {}
    for one in policy.statements:
        assert one.resources is not None
        prefixes = [each for each in one.conditions if each.key == "s3:prefix"]
        others = tuple(each for each in one.conditions if each.key != "s3:prefix")
        limits = prefixes[0].values if prefixes else ("",)
        for name in one.actions.values:
            where.setdefault(name, set()).update(product(one.resources.values, limits, [others]))
    together: dict[Box, list[str]] = {}
    for name, spots in where.items():
        needed = frozenset(
            Atom((), *spot) for spot in spots if not spot[1] or (spot[0], "", spot[2]) not in spots
        )
        together.setdefault(needed, []).append(name)
    return frozenset(
        one._replace(actions=tuple(sorted(names))) for spots, names in together.items() for one in spots
    )


def boxes(whole: Box) -> Iterator[Box]:
    """Every set of atoms that one statement can say: the product of its sides."""
    for others, limited in {(one.others, bool(one.prefix)) for one in whole}:
        mine = [one for one in whole if one.others == others and bool(one.prefix) is limited]
        for actions in subsets({one.actions for one in mine}):
            for resources in subsets({one.resource for one in mine if one.actions in actions}):
                for limits in subsets({one.prefix for one in mine if one.resource in resources}):
                    box = frozenset(map(Atom._make, product(actions, resources, limits, [others])))
                    if box <= whole:
                        yield box


def subsets(values: set[T]) -> list[tuple[T, ...]]:
    return list(chain.from_iterable(combinations(values, size) for size in range(1, len(values) + 1)))


def size(box: Box) -> int:
    limits = tuple(sorted({one.prefix for one in box}))
    (others,) = {one.others for one in box}
    prefix = (Condition("StringLike", "s3:prefix", limits),) if limits != ("",) else ()
    written = Statement(
        effect=Effect.ALLOW,
        actions=Patterns(joined({name for one in box for name in one.actions})),
        resources=Patterns(tuple({one.resource for one in box})),
        conditions=(*others, *prefix),
    )
    return len(to_json(within(Policy(statements=(written,)), START, END))) - EMPTY


def shortest_cover(whole: Box) -> int:
    """The fewest characters in which statements say exactly this, by trying every cover."""
    by_atom: dict[Atom, list[tuple[int, Box]]] = {one: [] for one in whole}
    for box in sorted(boxes(whole), key=len, reverse=True):
        cost_of_box = size(box)
        for one in box:
            by_atom[one].append((cost_of_box, box))
    best = 10_000

    def search(left: Box, cost_so_far: int) -> None:
        nonlocal best
        if cost_so_far >= best:
            return
        if not left:
            best = cost_so_far
            return
        for more, box in by_atom[min(left)]:
            search(left - box, cost_so_far + more + 1)

    search(whole, EMPTY - 1)
    return best


SMALL = st.builds(
    Scope,
    actions=st.lists(
        st.sampled_from(["write", "list", "GetBucketTagging", "delete", "ListBucketVersions"]),
        min_size=1,
        max_size=2,
    ).map(expand_actions),
    locations=st.frozensets(
        st.builds(
            Location,
            st.sampled_from(["aa", "bbb", "a-bucket-with-quite-a-long-name"]),
            st.sampled_from(["*", "p/*", "q/*", "a-long-prefix/of-three/parts/*"]),
        ),
        min_size=1,
        max_size=4,
    ),
    kms_keys=st.frozensets(st.just(KMS_KEY), max_size=1),
)


@pytest.mark.slow
@given(SMALL)
@settings(max_examples=400, deadline=None)
def test_no_other_cut_into_statements_is_shorter(asked: Scope) -> None:
    try:
        text = compile_session_policy(asked, TWENTY_MINUTES)
    except EmptyScope:
        assume(False)
        raise
    assume(text.count("Deny") == 0 and text.count("StringLike") < 4)
    assert len(text) <= shortest_cover(atoms(unmerged(asked)))


def test_the_region_is_asked_apart_where_that_is_shorter() -> None:
    """Found by the search above: a whole bucket says `s3:GetBucketLocation` itself, rather than its name twice."""
    asked = scope(["write"], "s3://a-bucket-with-quite-a-long-name/", "s3://bbb/p/")
    found = json.loads(compile_session_policy(asked, TWENTY_MINUTES))["Statement"]
    assert sum("a-bucket-with-quite-a-long-name" in str(one["Resource"]) for one in found) == 2


def test_a_bucket_whose_prefixes_others_have_needs_no_statement_of_its_own() -> None:
    """Found by the search above: two statements, one for each prefix, and not three, one for each bucket."""
    asked = scope(["ListBucketVersions"], "s3://aaa/p/", "s3://aaa/q/", "s3://bbb/q/", "s3://ccc/p/")
    found = json.loads(compile_session_policy(asked, TWENTY_MINUTES))["Statement"]
    assert [(one["Resource"], one["Condition"]["StringLike"]["s3:prefix"]) for one in found[1:]] == [
        (["arn:aws:s3:::aaa", "arn:aws:s3:::bbb"], "q/*"),
        (["arn:aws:s3:::aaa", "arn:aws:s3:::ccc"], "p/*"),
    ]


def brute_force(names: frozenset[str], *, stars: int) -> int:
    """The fewest characters that spell the names: every pattern of so many stars, and every choice of them."""
    catalogue = [name.removeprefix("s3:").lower() for name in ACTIONS]
    mine = [name.removeprefix("s3:") for name in names]
    lower = {name.lower() for name in mine}
    cheapest: dict[frozenset[str], int] = {frozenset({name.lower()}): len(name) for name in mine}
    for name in mine:
        for pattern in every_pattern(name.lower(), stars):
            if len(pattern) > len(name):
                continue
            fits = re.compile(re.escape(pattern).replace(r"\*", ".*"))
            reached = frozenset(other for other in catalogue if fits.fullmatch(other))
            if reached <= lower and len(pattern) < cheapest.get(reached, 99):
                cheapest[reached] = len(pattern)
    costs = []
    for size in range(1, len(mine) + 1):
        for chosen in combinations(cheapest, size):
            if frozenset().union(*chosen) == lower:
                cost = sum(cheapest[one] + len('"s3:",') for one in chosen)
                costs.append(cost + (2 if size > 1 else 0))
    return min(costs)


def every_pattern(name: str, stars: int) -> set[str]:
    cuts = range(len(name) + 1)
    one = {f"{name[:a]}*{name[b:]}" for a, b in product(cuts, cuts) if a <= b}
    if stars == 1:
        return one
    return one | {
        f"{name[:a]}*{name[b:c]}*{name[d:]}"
        for a in cuts
        for b in range(a, len(name))
        for c in range(b + 1, len(name) + 1)
        for d in range(c, len(name) + 1)
        if a + (c - b) + len(name) - d < 9
    }


def cost(spelled: tuple[str, ...]) -> int:
    return sum(len(one) + 3 for one in spelled) + (2 if len(spelled) > 1 else 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        {"s3:PutObject"},
        {"s3:GetObject", "s3:PutObject"},
        {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
        {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        {"s3:GetObjectVersionTagging", "s3:GetObjectTagging"},
    ],
)
def test_no_shorter_spelling_is_found_by_brute_force(names: set[str]) -> None:
    assert cost(abbreviated(names)) == brute_force(frozenset(names), stars=2)


@pytest.mark.slow
@given(st.frozensets(st.sampled_from(sorted(ACTIONS)), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_a_spelling_reaches_its_actions_and_no_other(names: frozenset[str]) -> None:
    for spelled in (joined(names), abbreviated(names)):
        fits = [re.compile(re.escape(one).replace(r"\*", ".*"), re.IGNORECASE) for one in spelled]
        assert {name for name in ACTIONS if any(one.fullmatch(name) for one in fits)} == names
    assert cost(abbreviated(names)) <= cost(joined(names)) <= cost(tuple(names))


def test_equal_in_meaning_after_every_cut() -> None:
    asked = scope(["write", "GetBucketTagging"], "s3://a-bucket-with-quite-a-long-name/", "s3://bbb/p/")
    short = parse_policy(compile_session_policy(asked, TWENTY_MINUTES))
    long = within(unmerged(asked), START, END)
    assert contains(short, long)
    assert contains(long, short)
