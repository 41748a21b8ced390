"""The reader against YAML's traps, against arbitrary input, and against PyYAML's other parser."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from tests.catalogue.catalogue_samples import EXAMPLES, faults_in

from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import read_fields
from liftgate.catalogue.keys import FILE
from liftgate.catalogue.reader import (
    FAST_LOADER,
    LARGEST_FILE,
    Listing,
    Loader,
    Mapped,
    Node,
    Scalar,
    read_document,
)

# Pieces out of which YAML, and what only looks like it, is made.
PIECES = st.sampled_from(
    ["version", ": ", ":", "1", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "!", "!!str ", "'", '"',
     "|", ">", "?", " #x", "---", "...", "%YAML 1.1", "\\u202e", "\t", "\r", "é", "\u2028", "~", "<<", "people",
     "ada", "\ufeff", "\x00"]
)  # fmt: skip
YAML_LIKE = st.lists(PIECES, max_size=40).map("".join)


def tree(content: bytes, loader: Loader = FAST_LOADER) -> Node | None:
    return read_document("f.yaml", content, FaultList(), loader=loader)


def plain(node: Node | None) -> Any:
    """A tree as strings, lists and dicts."""
    match node:
        case Scalar():
            return node.text
        case Listing():
            return [plain(item) for item in node.items]
        case Mapped():
            return {key: plain(entry.value) for key, entry in node.entries.items()}
        case None:
            return None


@pytest.mark.parametrize("loader", [yaml.SafeLoader, FAST_LOADER])
def test_scalars_are_the_text_that_stands_in_the_file(loader: Loader) -> None:
    text = "a: 012345678901\nb: no\nc: 1e3\nd: 2026-11-24\ne: 0x1F\nf: .inf\ng: ~\nh: 12:30:00\ni: <<\n"
    found = plain(tree(text.encode(), loader))
    assert list(found.values()) == [
        "012345678901", "no", "1e3", "2026-11-24", "0x1F", ".inf", "~", "12:30:00", "<<",
    ]  # fmt: skip


@pytest.mark.parametrize("loader", [yaml.SafeLoader, FAST_LOADER])
def test_places_count_characters_from_one(loader: Loader) -> None:
    node = tree("é: [ü, 名前: x]\n".encode(), loader)
    assert isinstance(node, Mapped)
    listing = node.entries["é"].value
    assert isinstance(listing, Listing)
    assert [(item.place.line, item.place.column) for item in listing.items] == [(1, 5), (1, 8)]
    assert (listing.items[0].place.path, listing.items[0].place.width) == ('["é"][0]', 1)


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_lines_are_counted_by_every_line_break(breaks: str) -> None:
    (fault,) = faults_in(f"version: 1{breaks}{breaks}guard: []{breaks}")
    assert (fault.line, fault.column, fault.excerpt) == (3, 1, "guard: []")


def test_a_byte_order_mark_at_the_beginning_is_no_character() -> None:
    (fault,) = faults_in("\ufeffguard: 1\nversion: 1\n")
    assert (fault.kind, fault.line, fault.column) == (FaultKind.UNKNOWN_KEY, 1, 1)


def test_an_alias_bomb_is_never_expanded() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + level)}: &{chr(98 + level)} [{','.join([f'*{chr(97 + level)}'] * 9)}]\n"
        for level in range(20)
    )
    faults = faults_in("version: 1\n" + bomb)
    assert {fault.kind for fault in faults} == {FaultKind.ANCHOR}


def test_a_tag_never_makes_an_object() -> None:
    (fault,) = faults_in("version: !!python/object/apply:os.system ['true']\n")
    assert fault.kind is FaultKind.TAG


def test_a_merge_key_merges_nothing() -> None:
    kinds = {fault.kind for fault in faults_in("version: 1\n<<: {guards: [ada]}\n")}
    assert kinds == {FaultKind.UNKNOWN_KEY}


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_faults(content: bytes) -> None:
    faults_in(content)


@given(st.text(max_size=300))
@example("\ud7ff: \U0010ffff")
def test_no_text_raises_anything_but_faults(text: str) -> None:
    faults_in(text.encode(errors="surrogatepass"))


@given(YAML_LIKE)
@example('"\\ud800"')
@example('"\\UFFFFFFFF"')
@example("%YAML 1." + "9" * 5000 + "\n--- a")
def test_nothing_like_yaml_raises_anything_but_faults(text: str) -> None:
    faults_in(text)
    faults = FaultList()
    read_document("f.yaml", text.encode(), faults, loader=yaml.SafeLoader)


@given(YAML_LIKE)
def test_what_both_parsers_take_they_read_alike(text: str) -> None:
    fast, slow = tree(text.encode()), tree(text.encode(), yaml.SafeLoader)
    if fast is not None and slow is not None:
        assert plain(fast) == plain(slow)


@given(YAML_LIKE)
def test_a_tree_says_what_pyyaml_says(text: str) -> None:
    """Against PyYAML's own builder of trees, told to take every scalar as text."""
    loader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    found = tree(text.encode())
    if found is not None:
        assert plain(found) == yaml.load(text, Loader=loader)  # noqa: S506 - it makes only texts


@given(st.sampled_from(sorted(EXAMPLES.glob("catalogue*/*.y*ml"))), st.data())
def test_a_sample_with_an_edit_anywhere_raises_nothing_but_faults(path: Any, data: st.DataObject) -> None:
    text = path.read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    faults_in(text[:start] + data.draw(YAML_LIKE) + text[end:])


def test_places_lie_within_their_file() -> None:
    """On every prefix of a sample: what a reader sees of a file that is being written."""
    text = (EXAMPLES / "catalogue" / "catalogue.yaml").read_text()
    for end in range(0, len(text), 7):
        for fault in faults_in(text[:end]):
            lines = text[:end].split("\n")
            assert 1 <= fault.line <= len(lines) + 1
            assert fault.column <= len(lines[min(fault.line, len(lines)) - 1]) + 2


def steps(run: Callable[[], object]) -> int:
    """How many calls a run makes: a measure of work that is the same on every machine."""
    count = 0

    def tick(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(tick)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


GROWING = {
    "opening": lambda size: "[" * size,
    "dashes": lambda size: "- " * size,
    "questions": lambda size: "? " * size,
    "aliases": lambda size: "[" + "*a, " * size + "]",
    "keys": lambda size: "version: 1\n" + "".join(f"k{number}: v\n" for number in range(size)),
    "items": lambda size: "version: 1\nguards: [" + "grace, " * size + "]",
    "people": lambda size: "version: 1\npeople:\n" + "".join(f"  p{n}: {{name: P}}\n" for n in range(size)),
    "patterns": lambda size: "version: 1\npeople:\n" + "".join(
        f"  p{n}: {{name: P, kind: service, identities: ['arn:aws:sts::111122223333:assumed-role/b/{n}-*']}}\n"
        for n in range(size)
    ),
    "nested patterns": lambda size: "version: 1\npeople:\n" + "".join(
        f"  p{n}: {{name: P, kind: service, identities: ['arn:aws:sts::111122223333:assumed-role/b/{'a' * (n % 60)}*']}}\n"
        for n in range(size)
    ),
    "unknown": lambda size: "version: 1\nguards: [" + "".join(f"p{n}, " for n in range(size)) + "]",
    "entitlements": lambda size: "version: 1\nentitlements: [" + "{}, " * size + "]",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("grow", GROWING.values(), ids=GROWING.keys())
def test_twice_the_input_is_at_most_twice_the_work(grow: Callable[[int], str]) -> None:
    small, large = grow(2000), grow(4000)
    faults_in(small)
    assert steps(lambda: faults_in(large)) <= 2.3 * steps(lambda: faults_in(small))


@pytest.mark.slow
def test_the_largest_file_of_any_kind_is_answered() -> None:
    """In C, where steps cannot be counted: the time limit of the tests bounds it."""
    for piece in (
        "[",
        "{",
        "- ",
        "? ",
        "a: ",
        "*a,",
        "&a ",
        "! ",
        "---\n",
        "%a\n",
        '"',
        "'",
        "|\n",
        "#",
        "\n",
        "a,",
    ):
        for start in ("", "[", "version: "):
            faults_in((start + piece * LARGEST_FILE)[:LARGEST_FILE])


def test_the_keys_of_a_file_are_read_by_their_declaration() -> None:
    document = tree(b"version: 1\n")
    assert document is not None
    fields = read_fields(document, FILE, FaultList())
    assert fields is not None
    with pytest.raises(TypeError):
        fields.text("version")
