"""What a duration looks like in a catalogue file, and what was probably meant by one that looks otherwise."""

import re
from datetime import timedelta
from typing import Final

from liftgate.span import SpanUnreadable, parse_span

# As `liftgate.span` reads it, for the JSON Schema.
DURATION_FORM: Final = "(?=.)([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?"
_BARE = re.compile("[0-9]{1,5}")
_IN_WORDS = re.compile("([0-9]{1,5}) *([smhd])[a-z]{0,6}", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """The span that a text such as ``1h30m`` names. Raises SpanUnreadable, whose advice names the nearest form."""
    try:
        return parse_span(text)
    except SpanUnreadable as error:
        advice = _advice(text[:40].strip()) or error.advice
        raise SpanUnreadable(error.sentence, advice=advice, value=error.value) from None


def _advice(text: str) -> str | None:
    if _BARE.fullmatch(text):
        return f"say the unit: `{text}m` for minutes, `{text}h` for hours"
    found = _IN_WORDS.fullmatch(text)
    return f"did you mean `{found[1]}{found[2].lower()}`?" if found else None
