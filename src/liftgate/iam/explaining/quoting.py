r"""Shows text that somebody else wrote so that it can be taken for nothing but itself.

A policy's names, keys and values may hold line breaks, terminal escapes, letters that turn the direction of
writing, or the marks of Markdown. What is not plain is put in backticks, and what a person cannot see is written out.

>>> quoted("a\u202egpj.exe")
'`a<U+202E>gpj.exe`'
>>> shown("s3://reports/2026/"), shown("s3://reports/ and nothing else")
('s3://reports/2026/', '`s3://reports/ and nothing else`')
"""

import re
import unicodedata
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9:/.+=-]*[A-Za-z0-9/])?", re.ASCII)
_LONGEST = 400  # characters of one text; an ARN of S3 has some 1,100 at most
_MARKS_IN_A_ROW = 2  # as Thai and Vietnamese write them; more only smear over their neighbours
# Letters, marks and symbols that draw nothing, though their category does not say so.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U000e0100-\U000e01ef]"
)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def shown(text: str) -> str:
    """Plain text as it stands, anything else in backticks."""
    return text if len(text) <= _LONGEST and _PLAIN.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """In backticks, with what cannot be seen written as ``<U+202E>``, and the end of a very long text left out."""
    left = len(text) - _LONGEST
    short = text if left <= 0 else text[:_LONGEST]
    cut = "" if left <= 0 else f" (and {left:,} more characters)"
    return f"`{_visible(short)}`{cut}"


def doubts(texts: Iterable[str]) -> str:
    """A warning, to be put at a sentence's end, about letters that may pass for others; empty where there are none."""
    for word in (word for text in texts for word in re.split(r"[/:]", text)):
        odd = next(iter(_foreign(word)), None)
        if odd is not None:
            return f" (look twice: it holds {unicodedata.name(odd, 'a letter').lower()}, U+{ord(odd):04X})"
        turned = next((one for one in word if unicodedata.bidirectional(one) in _RIGHT_TO_LEFT), None)
        if turned is not None:
            return f" (look twice: it holds letters written from right to left, such as U+{ord(turned):04X})"
        if not unicodedata.is_normalized("NFC", word):
            return " (look twice: it holds letters put together from marks, which look like others)"
    return ""


def _visible(text: str) -> str:
    found: list[str] = []
    marks = _MARKS_IN_A_ROW  # a mark that comes first has nothing to stand on
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        hidden = not character.isprintable() or _BLANK.match(character) or character == "`"
        forged = character == "<" and text.startswith("U+", place + 1)
        seen = not (hidden or forged) and marks <= _MARKS_IN_A_ROW
        found.append(character if seen else f"<U+{ord(character):04X}>")
    return "".join(found)


def _foreign(word: str) -> list[str]:
    """Letters of another alphabet in a word with Latin ones."""
    if word.isascii():
        return []
    letters = [character for character in word if character.isalpha()]
    latin = [character for character in letters if unicodedata.name(character, "").startswith("LATIN")]
    return [character for character in letters if character not in latin] if latin else []
