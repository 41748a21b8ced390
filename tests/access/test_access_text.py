"""What people write is made safe for whoever reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.access.errors import TextRefused
from liftgate.access.text import LONGEST_TEXT, clean_text


def test_white_space_at_the_ends_goes() -> None:
    assert clean_text("  fix the report \n", "justification") == "fix the report"


@pytest.mark.parametrize(
    "hostile",
    ["ok\x1b[2Jgone", "ok\u202egnp.exe", "ok\u200bhidden", "a\x00b", "a\rb", "\ud800", "\ue000x", "a\u0085b"],
)
def test_what_could_rewrite_a_screen_is_refused_by_its_code_point(hostile: str) -> None:
    with pytest.raises(TextRefused, match=r"U\+[0-9A-F]{4}"):
        clean_text(hostile, "justification")


def test_text_is_bounded() -> None:
    assert len(clean_text("x" * LONGEST_TEXT, "reason")) == LONGEST_TEXT
    with pytest.raises(TextRefused, match="2,001 characters"):
        clean_text("x" * (LONGEST_TEXT + 1), "reason")


@given(st.text(max_size=200))
def test_what_passes_is_stable_and_clean(text: str) -> None:
    try:
        once = clean_text(text, "comment")
    except TextRefused:
        return
    assert clean_text(once, "comment") == once
    assert "\x1b" not in once
