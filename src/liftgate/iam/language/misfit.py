"""What is wrong inside a document, before its place in the text is looked up, and how what stands there is quoted."""

from collections.abc import Iterable
from difflib import get_close_matches
from json import dumps

from liftgate.iam.language.json_place import Path

_LONGEST_QUOTE = 80


class Misfit(Exception):
    """Something in a document that does not belong there.

    Raised with the path from where it was found, and given the rest on its way out: whoever reads a document that has
    no fault builds no paths at all.
    """

    def __init__(self, path: Path, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sentence = sentence
        self.advice = advice

    def under(self, *steps: str | int) -> "Misfit":
        """The same fault, seen from further out."""
        self.path = (*steps, *self.path)
        return self


def quoted(value: object) -> str:
    """What stands in a document, short and printable, in backticks: a text as it is, anything else in JSON."""
    text = value if isinstance(value, str) else _json(value)
    short = text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
    shown = "".join(
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in short
    )
    return f"`{shown}`"


def _json(value: object) -> str:
    """In JSON, the numbers in it as they were written: a text inside is in quotes, a number is a kind of text."""
    if type(value) is list:
        return f"[{', '.join(map(_json, value))}]"
    if type(value) is dict:
        return f"{{{', '.join(f'{_json(key)}: {_json(one)}' for key, one in value.items())}}}"
    return (
        str(value) if isinstance(value, str) and type(value) is not str else dumps(value, ensure_ascii=False)
    )


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """The advice to write the known name that is nearest, if one is near."""
    exact = {one.lower(): one for one in known}
    near = get_close_matches(name[:_LONGEST_QUOTE].lower(), exact, n=1, cutoff=0.5)
    return f"did you mean `{exact[near[0]]}`?" if near else otherwise
