"""Ticket patterns: useful ones are taken, slow ones never."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.catalogue.errors import TicketPatternUnsafe
from liftgate.catalogue.ticket_pattern import check_ticket_pattern

TAKEN = {
    "[A-Z]+-[0-9]+": ("OPS-12", "OPS12"),
    r"[A-Z][A-Z0-9]+-\d{1,6}": ("A1-123456", "A-1"),
    "(INC|REQ|CHG)[0-9]{7}": ("CHG0000001", "CHG001"),
    "(?:CHG|CR)-[0-9]+(-[a-z]+)?": ("CR-1-late", "CR-1-"),
    "#?[0-9]+": ("#12", "12#"),
    r"https://tracker\.example/browse/\w+": (
        "https://tracker.example/browse/X1",
        "https://trackerXexample/browse/X1",
    ),
    "PCI.*": ("PCI anything", "PC"),
    "[a-f0-9-]{8,40}": ("0a-0a-0a", "0a"),
    r"[\]\-a]+\.": ("a-].", "b."),
    "a{2,}b": ("aaab", "ab"),
}

# Every one of them either hangs `re`, or could be made to, or is outside the subset.
REFUSED = {
    "(a+)+": "repeated",
    "(a|a)*": "repeated",
    "(a|b|ab)+": "repeated",
    "([A-Z]+-?)+": "repeated",
    "(a?){50}": "repeated",
    "a*a*a*a*b": "can begin with",
    r"\w*\d*\w*-": "can begin with",
    ".*.*.*x": "can begin with",
    ".*-[0-9]+": "can begin with",
    "[A-Z0-9]+[0-9]{4}": "can begin with",
    "(a+|b)a": "can begin with",
    "(a+)?a": "can begin with",
    "a?a": "can begin with",
    "a+b?a": "can begin with",
    "a+(b?a)": "can begin with",
    "(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)": "128 ways",
    "(a?)?": "nothing by itself",
    "a++": "repetition is repeated",
    "a+?": "repetition is repeated",
    "a{2}{3}": "repetition is repeated",
    "(a)??": "repetition is repeated",
    "^OPS$": "leave `^` and `$` out",
    "OPS$": "leave `^` and `$` out",
    r"(a)\1": "not known here",
    r"\Aa": "not known here",
    "(?=a)a": "tickets do not need",
    "(?i)a": "tickets do not need",
    "(?P<n>a)": "tickets do not need",
    "[^a]": "names what it holds",
    "[]": "names what it holds",
    "[z-a]": "runs backwards",
    "[a-\\d]": "runs backwards",
    "[[a]": "cannot stand in a class",
    "[a--b]": "cannot stand in a class",
    "[+--]": "cannot stand in a class",
    "[a": "ends too early",
    "a\\": "ends too early",
    "(a": "never closed",
    "a)": "closes nothing",
    "*a": "cannot stand here",
    "a{,3}": "begins no repetition",
    "a{": "begins no repetition",
    "a{3,2}": "out of order",
    "a{999}": "out of order",
    "(" * 9 + "a" + ")" * 9: "nested",
    "é": "ASCII",
}


@pytest.mark.parametrize(("pattern", "texts"), TAKEN.items())
def test_useful_patterns_are_taken(pattern: str, texts: tuple[str, str]) -> None:
    fitting, other = texts
    assert check_ticket_pattern(pattern) == pattern
    assert re.fullmatch(pattern, fitting)
    assert not re.fullmatch(pattern, other)


@pytest.mark.parametrize(("pattern", "words"), REFUSED.items())
def test_slow_and_needless_patterns_are_refused(pattern: str, words: str) -> None:
    with pytest.raises(TicketPatternUnsafe) as refused:
        check_ticket_pattern(pattern)
    assert words in f"{refused.value.sentence} {refused.value.advice}"


ATOMS = st.sampled_from(
    ["a", "b", "-", ".", r"\d", r"\w", "[ab]", "[a-z]", "[0-9-]", "[b-]", r"\.", "[&]", "[a-]", "[+--]"]
)
REPEATED = st.tuples(ATOMS, st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "??"])).map(
    "".join
)
PATTERNS = st.recursive(
    st.lists(REPEATED, max_size=4).map("".join),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(st.just("("), inner, st.sampled_from([")", ")?", ")+"])).map("".join),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.sampled_from(["a", "ab", "1", "a1", "-", "a-", "b.", "aa-"]))
def test_a_pattern_that_is_taken_is_python_s_and_quick(pattern: str, piece: str) -> None:
    """Quick: on a text of 20,000 characters, where even the square of its length would not end in time."""
    if taken(pattern):
        re.compile(pattern).fullmatch(piece * 20_000 + "!")


@given(st.text(alphabet="ab-.*+?{}()[]|\\^$0123,dw:=!<>P&", max_size=25))
def test_any_text_is_taken_or_refused_and_never_warned_about(pattern: str) -> None:
    taken(pattern)


def taken(pattern: str) -> bool:
    re.purge()  # Python warns only when it compiles anew
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            check_ticket_pattern(pattern)
        except TicketPatternUnsafe:
            return False
    return True
