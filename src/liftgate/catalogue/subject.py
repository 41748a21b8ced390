"""Subjects of issuers, as a catalogue names them after ``oidc:``: ``https://id.example.com#248289761001``.

Those of pipelines say what they are of, part by part: a service may end its own with ``*`` after a ``:`` or ``/``, such as
``oidc:https://token.actions.githubusercontent.com#repo:acme/reports:*``.
"""

import re
from dataclasses import dataclass
from typing import Final

from liftgate.catalogue.errors import SubjectUnreadable
from liftgate.identity.issuer import is_issuer
from liftgate.identity.subject import is_subject
from liftgate.identity.wildcard import WILDCARD, has_wildcard, is_well_placed

_FORM = "sign in by it once: the page that refuses somebody unknown shows the line to write"
_TWO_PARTS: Final = re.compile(r"[^:/]+[:/]+[^:/]+[:/].*")  # `repo:*` would be everybody's


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectName:
    """A subject of an issuer, which it gives to nobody else later; ``begin`` is all but the last ``*`` of a pattern."""

    text: str
    begin: str | None = None

    @property
    def subject(self) -> str:
        """What follows the issuer."""
        return self.text.partition("#")[2]


def parse_subject(text: str) -> SubjectName:
    """The subject, or the subjects that begin alike, that a text names. Raises SubjectUnreadable."""
    issuer, _, subject = text.partition("#")
    if not is_issuer(issuer):
        raise SubjectUnreadable(
            f"`{issuer[:80]}` is not the address of an issuer, which begins with https://", advice=_FORM
        )
    if not is_subject(subject):
        raise SubjectUnreadable(f"`{text[:80]}` names no subject after a `#`", advice=_FORM)
    if not is_well_placed(subject) or (has_wildcard(subject) and not _TWO_PARTS.fullmatch(subject)):
        raise SubjectUnreadable(
            f"`{subject[:80]}` has a wildcard where none may stand",
            advice="end a service's subject with `:*` or `/*`, after at least two parts in full: `repo:acme/reports:*`",
        )
    return SubjectName(text=text, begin=text.removesuffix(WILDCARD) if has_wildcard(subject) else None)
