"""The chain: each entry carries the hash of the one before it, so that no past entry can change alone.

    head = None
    for draft in drafts:
        head = seal(draft, head)
    verify(entries)                       # Intact(count=3, head=Head(seq=3, hash="…"))

What a chain cannot show: that all of it was rewritten, or that its end was cut off. Against both, keep heads elsewhere and
pass one as ``expected_head``.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from liftgate.errors import LiftgateError
from liftgate.ledger.canonical import canonical
from liftgate.ledger.errors import UnreadableEntry
from liftgate.ledger.fields import hashed_fields, plain_draft
from liftgate.ledger.model import Draft, Entry

FIRST_PREVIOUS: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain, or a point in it: enough to continue it, and to hold it to account later."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intact:
    """Every entry is bound to the one before it. ``head`` is None for a ledger without entries."""

    count: int
    head: Head | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first entry at which the chain does not hold, and why."""

    seq: int
    because: str


Verdict: TypeAlias = Intact | Broken


def seal(draft: Draft, previous: Entry | Head | None) -> Entry:
    """Give a draft its place after ``previous``: its number, and the hash that binds it.

    The entry's draft is rebuilt from plain values, so that nobody who holds the draft can still change what was sealed.
    Raises ``Unrecordable``, ``SecretInDraft`` and ``DraftTooLarge``.
    """
    draft = plain_draft(draft)
    seq = previous.seq + 1 if previous else 1
    bound_to = previous.hash if previous else FIRST_PREVIOUS
    return Entry(seq=seq, draft=draft, previous=bound_to, hash=_hash_of(seq, draft, bound_to))


def verify(
    entries: Iterable[Entry], *, after: Head | None = None, expected_head: Head | None = None
) -> Verdict:
    """Check a chain in one pass, in constant memory.

    ``after`` is a verified head from which ``entries`` go on; without it they start at the first.
    ``expected_head`` is a head noted earlier: the chain must pass through it or end with it.
    """
    last, count = after, 0
    try:
        for entry in entries:
            broken = _fault(entry, last) or _contradiction(entry, expected_head)
            if broken:
                return broken
            last, count = Head(seq=entry.seq, hash=entry.hash), count + 1
    except UnreadableEntry as unreadable:
        return Broken(seq=unreadable.seq, because=f"altered: {unreadable.because}")
    return _cut_off(last, expected_head) or Intact(count=count, head=last)


def _fault(entry: Entry, last: Head | None) -> Broken | None:
    seq = last.seq + 1 if last else 1
    if entry.seq != seq:
        return Broken(seq=seq, because=f"missing or out of order: entry `{entry.seq}` stands in its place")
    if not _is_own_hash(entry):
        return Broken(seq=seq, because="altered: its hash is not the hash of its content")
    if entry.previous != (last.hash if last else FIRST_PREVIOUS):
        return Broken(
            seq=seq,
            because=f"not bound to the entry before it: `{seq - 1}` was rewritten, or this one put in",
        )
    return None


def _contradiction(entry: Entry, expected: Head | None) -> Broken | None:
    if expected is None or entry.seq != expected.seq or entry.hash == expected.hash:
        return None
    return Broken(seq=entry.seq, because="rewritten: another entry stood here when its hash was noted")


def _cut_off(last: Head | None, expected: Head | None) -> Broken | None:
    end = last.seq if last else 0
    if expected is None or end >= expected.seq:
        return None
    return Broken(
        seq=end + 1, because=f"cut off: the ledger ends at `{end}`, but its noted head is `{expected.seq}`"
    )


def _is_own_hash(entry: Entry) -> bool:
    try:
        return entry.hash == _hash_of(entry.seq, plain_draft(entry.draft), entry.previous)
    except (LiftgateError, UnicodeEncodeError):
        return False  # it could not have been sealed like this


def _hash_of(seq: int, draft: Draft, previous: str) -> str:
    text = canonical(hashed_fields(seq, draft, previous))
    return hashlib.sha256(text.encode()).hexdigest()
