"""Text that others may write, and that a page must show as text."""

from html import unescape
from html.parser import HTMLParser

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}\u202egnp.exe\u2066\x1b[2J"


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page, as a parser of HTML finds them."""
    parser = _Elements()
    parser.feed(text)
    return parser.found


def assert_harmless(text: str) -> None:
    """What ``HOSTILE`` says stands there, and nothing of it is obeyed."""
    assert "<script>alert(1)" in unescape(text)
    assert not {"\u202e", "\u2066", "\x1b"} & set(text)
    for tag, attributes in elements(text):
        assert tag != "img" or attributes["src"] != "x"
        assert tag != "script" or (attributes.get("src") or "").startswith("/static/")
        assert not [name for name in attributes if name.startswith("on") or name == "style"], attributes
