"""Says in plain words what a scope allows, and what of it lies outside a ceiling, for a tired reviewer.

>>> from liftgate.iam.s3.location import parse_location
>>> from liftgate.iam.s3.actions import expand_actions
>>> from liftgate.iam.scope import Scope
>>> places = frozenset({parse_location("s3://reports/2026/"), parse_location("s3://reports/index.html")})
>>> explain_scope(Scope(actions=expand_actions(["write", "delete"]), locations=places))
'write and delete under s3://reports/2026/ and the object s3://reports/index.html'
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from liftgate.iam.contain import Excess
from liftgate.iam.s3.actions import ACTIONS, AccessLevel
from liftgate.iam.scope import Location, Scope

# Needed, taken along if there, said as. In the order in which they are said.
_PHRASES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("s3:GetObject", ("s3:GetObjectAttributes", "s3:GetObjectTagging"), "read"),
    (
        "s3:GetObjectVersion",
        ("s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging"),
        "read old versions",
    ),
    ("s3:ListBucket", (), "list"),
    ("s3:ListBucketVersions", (), "list old versions"),
    ("s3:PutObject", ("s3:AbortMultipartUpload",), "write"),
    ("s3:PutObjectTagging", ("s3:GetObjectTagging", "s3:DeleteObjectTagging"), "change tags"),
    ("s3:RestoreObject", (), "restore from the archive"),
    ("s3:DeleteObject", (), "delete"),
    ("s3:DeleteObjectVersion", (), "delete versions for good"),
)


def explain_scope(scope: Scope) -> str:
    """What the scope allows, in one line without a full stop; companions are not mentioned."""
    places = _joined([_place(location) for location in sorted(scope.locations)])
    keys = f", with {_count(len(scope.kms_keys), 'KMS key')}" if scope.kms_keys else ""
    return f"{_joined(_verbs(scope.actions))} {places}{keys}{_look_alikes(scope.locations)}"


def explain_excess(beyond: Iterable[Excess]) -> str:
    """What lies outside the ceiling, in one line: the actions by their names, the place, and why."""

    def by_place(one: Excess) -> tuple[str, str]:
        return (str(one.location or one.kms_key), one.because)

    return "; ".join(
        _outside(list(group)) for _, group in groupby(sorted(beyond, key=by_place), key=by_place)
    )


def _outside(group: Sequence[Excess]) -> str:
    first = group[0]
    names = _joined([f"`{one.action}`" for one in group])
    place = f"with the key `{first.kms_key}`" if first.location is None else _place(first.location)
    example = next((one.witness for one in group if one.witness), None)
    reached = f", such as `{example}`" if example is not None and example != _key(first.location) else ""
    return f"{names} {place} ({first.because}{reached})"


def _key(location: Location | None) -> str:
    return "" if location is None else location.key


def _verbs(actions: frozenset[str]) -> list[str]:
    left = set(actions)
    grave = sorted(name for name in left if _changes_permissions(name))
    said = [f"CHANGE WHO MAY DO WHAT ({', '.join(grave)})"] if grave else []
    left.difference_update(grave)
    for needed, along, phrase in _PHRASES:
        if needed in left:
            said.append(phrase)
            left -= {needed, *along}
    return [*said, *sorted(left)]


def _changes_permissions(name: str) -> bool:
    return name in ACTIONS and ACTIONS[name].level is AccessLevel.PERMISSIONS


def _place(location: Location) -> str:
    key = location.key
    head = key.rstrip("*")
    if key == "*":
        return f"anywhere in {location}"
    if "*" in head or "?" in head:
        return f"what matches {location}"
    if key == head:
        return f"the object {location}"
    return f"under {location}" if head.endswith("/") else f"what begins with s3://{location.bucket}/{head}"


def _look_alikes(locations: Iterable[Location]) -> str:
    """A warning where letters of two alphabets stand in one word: one may pass for another."""
    words = (word for location in sorted(locations) for word in location.key.split("/"))
    odd = next((character for word in words for character in _foreign(word)), None)
    if odd is None:
        return ""
    return f" (look twice: it holds {unicodedata.name(odd, 'a letter').lower()}, U+{ord(odd):04X})"


def _foreign(word: str) -> list[str]:
    letters = [character for character in word if character.isalpha()]
    latin = [character for character in letters if unicodedata.name(character, "").startswith("LATIN")]
    return [character for character in letters if character not in latin] if latin else []


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
