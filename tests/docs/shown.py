"""Whether a program prints what a page shows."""

import re
from typing import Final

from tools.generate_session_docs import without_what_changes

LEFT_OUT: Final = "…"
# What differs from one place to another, beside what differs from one run to the next.
_ELSEWHERE: Final = (
    (re.compile(r"https?://[\w.:-]+"), "HOST"),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z"), "MOMENT"),
    (re.compile(r"\b(\d+[dhms])+\b"), "SPAN"),
    (re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b"), "CODE"),
    (re.compile(r"(?<=port=)\d+|\b\d+(?= (log files|things)\b)"), "NUMBER"),
)


def assert_shows(shown: str, said: str, line: str, *, elsewhere: bool = False) -> None:
    """The shown lines come in this order, with others between them only where the page leaves some out.

    ``elsewhere``: the page shows another place than that in which it was said.
    """
    pattern = "".join(
        r"(?:.*\n)*"
        if one == LEFT_OUT
        else re.escape(_form(one, elsewhere=elsewhere)).replace(LEFT_OUT, ".*") + r"\n"
        for one in shown.splitlines()
        if one
    )
    printed = "".join(f"{_form(one, elsewhere=elsewhere)}\n" for one in said.splitlines() if one.strip())
    assert re.fullmatch(pattern, printed), f"{line}\n{said}"


def _form(line: str, *, elsewhere: bool) -> str:
    for pattern, word in _ELSEWHERE if elsewhere else ():
        line = pattern.sub(word, line)
    return without_what_changes(line)
