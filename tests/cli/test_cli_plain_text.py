import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.plain_text import plain, plain_json

OBEYED = st.text(alphabet=st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Lu", "Cs", "Co"]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fix\x1b[2K\rapproved", "fix\\x1b[2K\\rapproved"),
        ("\x9b31m", "\\x9b31m"),
        ("report\u202efdp.exe", "report\\u202efdp.exe"),
        ("a\nnext: rm", "a\\nnext: rm"),
        ("\U000e0041", "\\U000e0041"),
        ("Ærøskøbing 東京", "Ærøskøbing 東京"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(OBEYED | st.text())
def test_nothing_that_is_shown_is_an_instruction(text: str) -> None:
    shown = plain(text)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert plain(shown) == shown


@given(OBEYED | st.text())
def test_json_is_printable_and_still_says_the_same(text: str) -> None:
    printed = plain_json(json.dumps({"text": text}))
    assert printed.isascii()
    assert printed.isprintable()
    assert json.loads(printed) == {"text": text}
