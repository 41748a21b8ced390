"""Narrow: inside the ceiling, covering every call, and nothing in it to spare."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liftgate.iam.compilation.grants import companions, scope_policy
from liftgate.iam.contain import contains
from liftgate.iam.errors import EmptyScope
from liftgate.iam.evaluate import evaluate
from liftgate.iam.explain import explain_scope
from liftgate.iam.narrow import Narrowed, narrow
from liftgate.iam.narrowing.folders import Path, deepest
from liftgate.iam.narrowing.gathered import Gathered
from liftgate.iam.request import Request
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def scope(actions: Iterable[str], *places: str, kms: Iterable[str] = ()) -> Scope:
    return Scope(
        actions=expand_actions(list(actions)),
        locations=frozenset(map(parse_location, places)),
        kms_keys=frozenset(kms),
    )


def put(key: str, bucket: str = "reports", action: str = "s3:PutObject") -> Request:
    return Request(action=action, resource=f"arn:aws:s3:::{bucket}/{key}")


def listed(prefix: str | None, bucket: str = "reports") -> Request:
    context = {} if prefix is None else {"s3:prefix": prefix}
    return Request(action="s3:ListBucket", resource=f"arn:aws:s3:::{bucket}", context=context)


def said(found: Narrowed) -> str:
    assert found.scope is not None
    return explain_scope(found.scope)


WRITE = scope(["write", "delete", "list"], "s3://reports/", "s3://other/in/")


def test_a_few_keys_are_named_themselves() -> None:
    found = narrow([put("2026/a.csv"), put("2026/b.csv"), put("2026/a.csv")], WRITE)
    assert said(found) == "write the object s3://reports/2026/a.csv and the object s3://reports/2026/b.csv"
    assert (found.outside, found.beside) == ((), ())


def test_many_keys_are_held_by_the_deepest_folders() -> None:
    calls = [put(f"2026/11/{day}.csv") for day in range(20)] + [
        put("2025/12/31.csv", action="s3:DeleteObject")
    ]
    assert said(narrow(calls, WRITE)) == (
        "write and delete the object s3://reports/2025/12/31.csv and under s3://reports/2026/11/"
    )


def test_no_folder_is_shallower_than_it_need_be() -> None:
    calls = [put(f"{year}/{month}/{day}") for year in (2025, 2026) for month in range(4) for day in range(9)]
    assert (
        said(narrow(calls, WRITE, places=4)) == "write under s3://reports/2025/ and under s3://reports/2026/"
    )
    assert said(narrow(calls, WRITE, places=5)).count("under") == 5
    assert said(narrow(calls, WRITE, places=8)).count("under") == 8
    assert said(narrow(calls, WRITE, places=1)) == "write anywhere in s3://reports/"


def test_more_buckets_than_places_have_one_each() -> None:
    ceiling = scope(["write"], *(f"s3://bucket-{n}/" for n in range(7)))
    calls = [put(f"a/{key}", f"bucket-{n}") for n in range(7) for key in range(6)]
    found = narrow(calls, ceiling)
    assert found.scope is not None
    assert sorted(map(str, found.scope.locations)) == [f"s3://bucket-{n}/a/" for n in range(7)]


def test_never_beyond_the_ceiling() -> None:
    ceiling = scope(["write"], "s3://reports/a/x*", "s3://reports/b.csv")
    calls = [put(f"a/x{n}") for n in range(9)] + [
        put("b.csv"),
        put("a/y"),
        put("a/x", action="s3:DeleteObject"),
    ]
    found = narrow(calls, ceiling)
    assert found.scope is not None
    assert found.scope.locations == ceiling.locations
    assert {str(call) for call in found.outside} == {
        "s3:PutObject on arn:aws:s3:::reports/a/y",
        "s3:DeleteObject on arn:aws:s3:::reports/a/x",
    }


def test_never_used() -> None:
    assert narrow([], WRITE) == Narrowed(scope=None)
    foreign = put("k", "elsewhere")
    assert narrow([foreign], WRITE) == Narrowed(scope=None, outside=(foreign,))


@pytest.mark.parametrize("key", ["a/*", "a/b?", "${aws:username}/x", "a/b\u202e", "a//", "a/./b"])
def test_a_key_that_cannot_be_named_is_held_by_its_folder(key: str) -> None:
    found = narrow([put(f"in/{key}")], WRITE)
    assert found.scope is not None
    (place,) = found.scope.locations
    assert str(place).startswith("s3://reports/in/")
    assert str(place).endswith("/")
    assert evaluate(put(f"in/{key}"), identity=[scope_policy(found.scope)]).allowed


def test_a_list_is_of_the_folder_of_its_prefix() -> None:
    assert said(narrow([listed("2026/11/0")], WRITE)) == "list under s3://reports/2026/11/"
    assert said(narrow([listed("2026/"), put("2026/x")], WRITE)) == "list and write under s3://reports/2026/"
    assert said(narrow([listed(None)], WRITE)) == "list anywhere in s3://reports/"


def test_companions_do_not_widen_the_scope() -> None:
    ceiling = scope(["write"], "s3://reports/")
    wide, near = listed("2025/"), listed("2026/11/")
    found = narrow([put(f"2026/11/{n}") for n in range(9)] + [wide, near], ceiling)
    assert said(found) == "write under s3://reports/2026/11/"
    assert found.beside == (wide,)
    assert found.outside == ()


def test_only_the_kms_keys_that_were_used() -> None:
    other = KEY.replace("1234abcd", "9999abcd")
    ceiling = scope(["write"], "s3://reports/", kms=[KEY, other])
    sealed = Request(
        action="kms:GenerateDataKey", resource=KEY, context={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
    )
    found = narrow([put("a"), sealed], ceiling)
    assert found.scope is not None
    assert found.scope.kms_keys == {KEY}
    assert narrow([put("a")], ceiling).scope == scope(["s3:PutObject"], "s3://reports/a")


parts = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join)
calls_seen = st.lists(
    st.builds(
        put,
        parts,
        st.sampled_from(["reports", "other", "third"]),
        st.sampled_from(["s3:PutObject", "s3:DeleteObject", "s3:putobject", "s3:GetObject"]),
    )
    | st.builds(listed, st.none() | parts, st.sampled_from(["reports", "other"])),
    max_size=12,
)
ceilings = st.sampled_from(
    [
        WRITE,
        scope(["write"], "s3://reports/a/", "s3://reports/b/c", "s3://other/"),
        scope(["write", "list"], "s3://reports/*/b", "s3://reports/a*", "s3://third/"),
        scope(["delete"], "s3://reports/?/a/"),
    ]
)


@given(calls_seen, ceilings, st.integers(1, 6))
@settings(max_examples=150)
def test_inside_the_ceiling_covering_and_nothing_to_spare(
    calls: list[Request], ceiling: Scope, places: int
) -> None:
    found = narrow(calls, ceiling, places=places)
    others = {_meaning(call) for call in (*found.outside, *found.beside)}
    allowed = [call for call in calls if _meaning(call) not in others]
    for call in found.outside:
        assert not allows(ceiling, call)
    if found.scope is None:
        assert not allowed
        return
    assert contains(scope_policy(found.scope), scope_policy(ceiling))
    assert all(allows(found.scope, call) for call in allowed)
    for smaller in _smaller(found.scope):
        assert not all(allows(smaller, call) for call in allowed), str(smaller)


def _meaning(call: Request) -> tuple[object, ...]:
    return call.name, call.resource, call.carried.get("s3:prefix")


def allows(one: Scope, call: Request) -> bool:
    try:
        return evaluate(call, identity=[scope_policy(one), companions(one)]).allowed
    except EmptyScope:
        return False


def _smaller(one: Scope) -> Iterable[Scope]:
    """The scope without one of its actions, or one of its locations, as far as companions do not say the same."""
    for action in one.actions - {"s3:ListBucket"}:
        yield Scope(actions=one.actions - {action}, locations=one.locations)
    for place in one.locations:
        yield Scope(actions=one.actions, locations=one.locations - {place})


paths = st.lists(st.sampled_from(["x", "y"]), max_size=3).map(lambda steps: ("bucket", *steps))


@pytest.mark.slow
@given(
    st.lists(st.tuples(paths, st.sampled_from(["k", "l"])), max_size=6),
    st.lists(paths, max_size=2),
    st.integers(1, 4),
    st.sets(paths, max_size=3),
)
@settings(max_examples=200)
def test_no_choice_is_deeper(
    keys: list[tuple[Path, str]], folders: list[Path], places: int, forbidden: set[Path]
) -> None:
    if not keys and not folders:
        return
    found = deepest(keys, folders, places=places, allowed=lambda path: path not in forbidden)
    best = _by_brute_force(set(keys), set(folders), places, forbidden)
    if found is None:
        assert best is None
        return
    assert len(found) <= places
    assert best == _depths(found)


def _by_brute_force(
    keys: set[tuple[Path, str]], folders: set[Path], places: int, forbidden: set[Path]
) -> list[int] | None:
    above = {
        path[:length]
        for path in (*folders, *(path for path, _ in keys))
        for length in range(1, len(path) + 1)
    }
    candidates: list[tuple[Path, str | None]] = [*keys, *((path, None) for path in above - forbidden)]
    sizes = range(1, places + 1)
    fitting = (
        some for size in sizes for some in combinations(candidates, size) if _holds(some, keys, folders)
    )
    return min((_depths(some) for some in fitting), default=None)


def _holds(some: Iterable[tuple[Path, str | None]], keys: set[tuple[Path, str]], folders: set[Path]) -> bool:
    chosen = set(some)

    def under(path: Path) -> bool:
        return any((path[:length], None) in chosen for length in range(1, len(path) + 1))

    return all((path, key) in chosen or under(path) for path, key in keys) and all(map(under, folders))


def _depths(some: Iterable[tuple[Path, str | None]]) -> list[int]:
    """How many folders of each depth, the shallowest first; this compares as the promise says."""
    depths = [len(path) for path, key in some if key is None]
    return [depths.count(depth) for depth in range(5)]


def test_a_hundred_thousand_calls_ask_about_each_folder_once() -> None:
    asked: list[Path] = []
    keys = [(("bucket", f"{n % 100}", f"{n % 1000}"), f"key-{n}") for n in range(100_000)]

    def allowed(path: Path) -> bool:
        asked.append(path)
        return True

    found = deepest(keys, [], places=5, allowed=allowed)
    assert found == [(("bucket",), None)]
    assert len(asked) == len(set(asked)) == 1 + 100 + 1000


paths = st.lists(st.sampled_from("abc"), min_size=2, max_size=6).map(tuple)


@given(
    st.lists(st.tuples(paths, st.none() | st.sampled_from("xyz")), max_size=30),
    st.randoms(use_true_random=False),
)
def test_what_is_gathered_is_a_function_of_the_set_and_holds_all_of_it(
    added: list[tuple[Path, str | None]], random: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("liftgate.iam.narrowing.gathered.MOST_FOLDERS", 9)
        one, other = gathered(added), gathered([*random.sample(added, len(added)), *added[::2]])
    assert (sorted(one.keys), sorted(one.folders)) == (sorted(other.keys), sorted(other.folders))
    assert len({path for path, _ in one.keys} | set(one.folders)) <= 9
    for path, key in added:
        held = (path, key) in one.keys or any(path[: len(folder)] == folder for folder in one.folders)
        assert held


def gathered(added: Iterable[tuple[Path, str | None]]) -> Gathered:
    found = Gathered(2)
    for path, key in added:
        found.add(path, key)
    return found


def test_of_thousands_of_folders_those_above_them_are_offered() -> None:
    ceiling = scope(["write"], "s3://reports/")
    calls = [put(f"in/{n}/{n % 7}/x") for n in range(6_000)] + [put("/".join(["in", *"d" * 60, "x"]))]
    assert said(narrow(calls, ceiling)) == "write under s3://reports/in/"
    assert said(narrow([put("/".join(["d"] * 60))], ceiling)).endswith(f"s3://reports/{'d/' * 38}")
