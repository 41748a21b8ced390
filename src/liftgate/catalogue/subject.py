"""Subjects of OpenID providers, as a catalogue names them after ``oidc:``: ``https://id.example.com#248289761001``."""

from dataclasses import dataclass

from liftgate.catalogue.errors import SubjectUnreadable
from liftgate.identity.issuer import is_issuer
from liftgate.identity.subject import is_subject

_FORM = "sign in by it once: the page that refuses somebody unknown shows the line to write"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectName:
    """A subject of an issuer. It stands for itself alone; no issuer gives a subject to somebody else later."""

    text: str
    begin: None = None


def parse_subject(text: str) -> SubjectName:
    """The subject that a text names. Raises SubjectUnreadable."""
    issuer, _, subject = text.partition("#")
    if not is_issuer(issuer):
        raise SubjectUnreadable(
            f"`{issuer[:80]}` is not the address of an issuer, which begins with https://", advice=_FORM
        )
    if not is_subject(subject):
        raise SubjectUnreadable(f"`{text[:80]}` names no subject after a `#`", advice=_FORM)
    return SubjectName(text=text)
