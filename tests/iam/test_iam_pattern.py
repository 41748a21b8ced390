import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.iam.iam_reference import glob, words

from liftgate.iam.patterns.classes import classes
from liftgate.iam.patterns.pattern import (
    Budget,
    BudgetSpent,
    arn_matcher,
    arn_tokens,
    common,
    covered,
    matches,
    outside,
    tokens,
)

PATTERNS = st.text(alphabet="ab*?", max_size=6)
TEXTS = tuple(words("abx", 5))


@given(PATTERNS, st.text(alphabet="abx*?\n", max_size=8))
@example("a*a", "a")
@example("*", "")
@example("a?", "a\n")
@example("*ab*b?", "aabbbx")
def test_matching_follows_the_definition(pattern: str, text: str) -> None:
    assert matches(pattern, text) == glob(pattern, text)


def test_what_regular_expressions_mean_is_plain_text_here() -> None:
    assert matches("a.c", "a.c")
    assert not matches("a.c", "abc")
    assert matches("[a](b)|c$^\\*", "[a](b)|c$^\\x")


@given(PATTERNS, st.lists(PATTERNS, max_size=3))
@example("*", ["a*", "b*", "?", ""])
@example("a*", ["a", "a?*"])
@example("??*", ["?*", "b"])
@example("*a*", ["*b*", "*a"])
@example("?*", ["*?"])
def test_inclusion_is_exact(part: str, wholes: list[str]) -> None:
    found = outside(tokens(part), tuple(map(tokens, wholes)), Budget(100_000))
    escaping = [text for text in TEXTS if glob(part, text) and not any(glob(w, text) for w in wholes)]
    if found is None:
        assert not escaping
    else:
        assert glob(part, found)
        assert not any(glob(whole, found) for whole in wholes)
    assert covered(part, tuple(wholes), Budget(100_000)) is (found is None)


@given(st.lists(PATTERNS, min_size=1, max_size=4), PATTERNS)
def test_classes_are_complete_and_true(patterns: list[str], within: str) -> None:
    sets = [(tokens(pattern),) for pattern in patterns]
    found = classes(sets, Budget(100_000), within=tokens(within))
    signatures = {signature for _, signature in found}
    for text, signature in found:
        assert glob(within, text)
        assert signature == _signature(patterns, text)
    for text in TEXTS:
        if glob(within, text):
            assert _signature(patterns, text) in signatures


def _signature(patterns: list[str], text: str) -> int:
    return sum(1 << number for number, pattern in enumerate(patterns) if glob(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:s3:::reports/*", "arn:aws:s3:::reports/a:b/c", True),
        ("arn:aws:s3:::reports/*", "arn:aws:s3:::reports", False),
        ("arn:aws:s3:::rep*", "arn:aws:s3:::reports/a", True),
        ("*", "arn:aws:s3:::reports/a", True),
        ("arn:a?s:s3:::b", "arn:aws:s3:::b", True),
        ("arn:a?s3:::b", "arn:a:s3:::b", False),  # `?` before the fifth colon is no colon
        ("arn:a*s:s3:::b", "arn:aws:s3:::b", True),
        ("arn:a*b:s3:::b", "arn:aws:b:s3:::b", False),  # nor does a `*` inside a segment cross one
        ("arn:aws:s3*", "arn:aws:s3:::b", True),  # at a segment's end it does
        ("arn:aws:*:::b", "arn:aws:s3:::b", True),
    ],
)
def test_wildcards_stop_at_the_segments_of_an_arn(pattern: str, arn: str, *, expected: bool) -> None:
    assert arn_matcher(pattern)(arn) is expected
    assert (outside(tuple(arn), (arn_tokens(pattern),), Budget(10_000)) is None) is expected


@given(PATTERNS, PATTERNS)
def test_a_common_string_is_found_where_there_is_one(one: str, other: str) -> None:
    found = common(tokens(one), tokens(other), Budget(10_000))
    shared = [text for text in words("ab", 8) if glob(one, text) and glob(other, text)]
    assert (found is None) is (not shared) or (found is not None and len(found) > 8)
    assert found is None or (glob(one, found) and glob(other, found))


SEGMENTS = st.text(alphabet="a:*?", max_size=7)


@given(SEGMENTS, SEGMENTS)
def test_inclusion_of_arns_agrees_with_matching(part: str, whole: str) -> None:
    shared = common(arn_tokens(part), arn_tokens(whole), Budget(100_000))
    assert shared is None or (arn_matcher(part)(shared) and arn_matcher(whole)(shared))
    assert shared is not None or not [
        t for t in words("a:x", 6) if arn_matcher(part)(t) and arn_matcher(whole)(t)
    ]
    found = outside(arn_tokens(part), (arn_tokens(whole),), Budget(100_000))
    escaping = [text for text in words("a:x", 6) if arn_matcher(part)(text) and not arn_matcher(whole)(text)]
    if found is None:
        assert not escaping
    else:
        assert arn_matcher(part)(found)
        assert not arn_matcher(whole)(found)


BOMBS = [
    "*a" * 500 + "b",
    "?*" * 500 + "b",
    "*?a" * 300 + "*b",
    "*" * 5000 + "b",
    ("a*" * 200 + "*?") * 3 + "b",
]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:6])
def test_a_pattern_bomb_is_matched_without_going_back(bomb: str) -> None:
    assert not matches(bomb, "a" * 20_000)
    assert matches(bomb, "a" * 20_000 + "b") is (bomb[-1] == "b")


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:6])
def test_inclusion_of_pattern_bombs_is_decided_or_given_up(bomb: str) -> None:
    budget = Budget(50_000)
    for other in BOMBS:
        try:
            found = outside(tokens(bomb), (tokens(other),), budget)
        except BudgetSpent:
            return
        if found is not None:
            assert matches(bomb, found)
            assert not matches(other, found)
