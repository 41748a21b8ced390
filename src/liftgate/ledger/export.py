"""The ledger as a file: one canonical JSON object a line, which anyone can verify without Liftgate or its database."""

from collections.abc import Iterable, Iterator

from liftgate.ledger.canonical import canonical, read_json
from liftgate.ledger.chain import Head, Verdict, verify
from liftgate.ledger.errors import UnreadableEntry
from liftgate.ledger.fields import entry_fields, read_fields
from liftgate.ledger.model import Entry


def export_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """The lines of an export, each with its line end."""
    for entry in entries:
        yield canonical(entry_fields(entry)) + "\n"


def verify_export(
    lines: Iterable[str | bytes], *, after: Head | None = None, expected_head: Head | None = None
) -> Verdict:
    """Check an exported file by itself; for ``after`` and ``expected_head`` see ``chain.verify``."""
    return verify(read_export(lines, after=after), after=after, expected_head=expected_head)


def read_export(lines: Iterable[str | bytes], *, after: Head | None = None) -> Iterator[Entry]:
    """The entries of an export. An unreadable line is named by the number that its entry should have."""
    start = after.seq + 1 if after else 1
    for seq, line in enumerate(lines, start):
        yield _read_line(line, seq)


def _read_line(line: str | bytes, seq: int) -> Entry:
    try:
        text = line.decode() if isinstance(line, bytes) else line
        fields = read_json(text)
        is_canonical = isinstance(fields, dict) and canonical(fields) == text.removesuffix("\n")
    except (ValueError, RecursionError):
        raise UnreadableEntry(seq, "its line is not the JSON of an entry") from None
    if not isinstance(fields, dict) or not is_canonical:
        raise UnreadableEntry(seq, "its line is not written as canonical JSON")
    return read_fields(fields, seq=seq)
