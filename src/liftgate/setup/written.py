"""Texts as YAML and TOML write them."""

import json
import re
from collections.abc import Iterable
from typing import Final

# What every reader of YAML takes for a text, without quotes: no number, no `yes`, nothing that means something.
_PLAIN: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9]*([./_@+-][A-Za-z0-9]+)*|arn:[A-Za-z0-9:/._@+=-]*[A-Za-z0-9]|([0-9]+[dhms])+"
)
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def in_yaml(text: str) -> str:
    """A text as a value or a key, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """A text in quotes, as both write it."""
    return json.dumps(text, ensure_ascii=False)


def list_in_yaml(texts: Iterable[str]) -> str:
    """Texts as a list on one line."""
    return f"[{', '.join(in_yaml(text) for text in texts)}]"
