"""Text that others wrote, made safe to show: a terminal obeys control characters, and readers trust direction."""

import unicodedata
from typing import Final

# Categories of Unicode that are instructions rather than text: control, format (among them the marks that reverse
# direction), surrogates, private use, unassigned, and the two separators that break lines.
_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plain(text: str) -> str:
    r"""One line of text in which nothing is an instruction: ``\x1b`` and the like are shown as written here."""
    if text.isprintable():  # of the categories below it has none
        return text
    return "".join(_spelled(character) for character in text)


def plain_json(text: str) -> str:
    """The same for JSON that ``json.dumps`` wrote in ASCII: only DEL is left to escape."""
    return text.replace("\x7f", "\\u007f")


def _spelled(character: str) -> str:
    if unicodedata.category(character) not in _OBEYED:
        return character
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
