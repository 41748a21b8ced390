"""Which identity proves whom: each belongs to one person, and none can be reached by being lent a session."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from liftgate.catalogue.arn import IdentityArn, RoleArn, parse_identity_arn, parse_named_sessions
from liftgate.catalogue.declared import DeclaredPerson
from liftgate.catalogue.errors import ArnUnreadable, SubjectUnreadable
from liftgate.catalogue.fault import FaultKind, FaultList
from liftgate.catalogue.fields import Marked
from liftgate.catalogue.subject import SubjectName, parse_subject
from liftgate.identity.model import IdentityKind, PersonKind
from liftgate.identity.wildcard import stands_for

_OIDC: Final = f"{IdentityKind.OIDC}:"
_SLACK: Final = f"{IdentityKind.SLACK}:"
_SLACK_USER: Final = re.compile("[TE][A-Z0-9]{1,20}/[UW][A-Z0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedBy:
    """Identities of people: exact ones, and the patterns of services. Each begins with its kind: ``aws:``."""

    exact: dict[str, str]
    patterns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A person's claim on an identity."""

    person: str
    arn: IdentityArn | SubjectName
    written: Marked[str]
    kind: IdentityKind = IdentityKind.AWS

    @property
    def is_pattern(self) -> bool:
        """Whether it stands for every session that begins so."""
        return self.arn.begin is not None

    @property
    def begin(self) -> str:
        """How everything that it stands for begins."""
        return self.arn.text if self.arn.begin is None else self.arn.begin

    def covers(self, other: "Claim") -> bool:
        """Whether all that ``other`` stands for is also claimed here."""
        if self.is_pattern:
            return other.begin.startswith(self.begin)
        return not other.is_pattern and other.begin == self.begin


def read_identities(people: dict[str, DeclaredPerson], faults: FaultList) -> list[Claim]:
    """Each identity that reads as one, with a fault for each that does not, or that two people claim."""
    claims = [claim for id_, person in people.items() for claim in _claims(id_, person, faults)]
    _check_shared(claims, faults)
    return claims


def refuse_elevated(claims: list[Claim], roles: Iterable[RoleArn], faults: FaultList) -> None:
    """A fault for each identity that is a session of an elevated role, or a subject that AWS gives to such sessions.

    Whoever is lent a session of that role holds such an identity, and could sign in as somebody else.
    """
    by_sessions = {role.sessions.lower(): role for role in roles}
    for claim in claims:
        role = _elevated(claim, by_sessions)
        if role is not None:
            faults.add(
                FaultKind.IDENTITY_ELEVATED,
                claim.written.place,
                f"sessions of the elevated role `{role.name}` are lent to others, who could then sign in as "
                f"`{claim.person}`",
                "name an identity of a role that is not an elevated one",
            )


def _elevated(claim: Claim, by_sessions: Mapping[str, RoleArn]) -> RoleArn | None:
    if isinstance(claim.arn, SubjectName):
        # The subject of a token of sts:GetWebIdentityToken is the role's ARN.
        named = claim.arn.subject.lower()
        return next((one for one in by_sessions.values() if stands_for(named, one.text.lower())), None)
    head, slash, _ = claim.arn.text.rpartition("/")
    return by_sessions.get(f"{head}{slash}".lower())  # IAM's names differ by more than case


def read_trusted(names: Iterable[Marked[str]], faults: FaultList) -> frozenset[str]:
    """How the ARNs of sessions begin whose names are trusted, with a fault for each ARN that names none, or none anew."""
    first: dict[str, Marked[str]] = {}
    for written in names:
        try:
            begin = parse_named_sessions(written.value)
        except ArnUnreadable as error:
            faults.add_error(FaultKind.BAD_ROLE, written.place, error)
            continue
        if first.setdefault(begin, written) is not written:
            advice = f"remove it here or at {first[begin].place}"
            faults.add(
                FaultKind.LISTED_TWICE, written.place, f"`{written.value[:80]}` is listed twice", advice
            )
    return frozenset(first)


def proved_by(claims: list[Claim]) -> ProvedBy:
    """The claims as the catalogue keeps them."""
    keys = [(f"{claim.kind}:{claim.arn.text}", claim) for claim in claims]
    return ProvedBy(
        exact={key: claim.person for key, claim in keys if not claim.is_pattern},
        patterns=tuple(sorted((key, claim.person) for key, claim in keys if claim.is_pattern)),
    )


def _claims(id_: str, person: DeclaredPerson, faults: FaultList) -> Iterable[Claim]:
    for written in person.identities:
        if written.value.startswith(_SLACK):
            yield from _slack_claim(id_, person, written, faults)
            continue
        if written.value.startswith(_OIDC):
            yield from _subject_claim(id_, person, written, faults)
            continue
        try:
            arn = parse_identity_arn(written.value)
        except ArnUnreadable as error:
            faults.add_error(FaultKind.BAD_IDENTITY, written.place, error)
            continue
        claim = Claim(id_, arn, written)
        _refuse_wildcard(
            claim,
            person,
            faults,
            because=": callers may choose a session's name",
            instead="write each session name in full; only a `kind: service` may stand for all sessions of its role",
        )
        yield claim


def _subject_claim(
    id_: str, person: DeclaredPerson, written: Marked[str], faults: FaultList
) -> Iterable[Claim]:
    try:
        subject = parse_subject(written.value.removeprefix(_OIDC))
    except SubjectUnreadable as error:
        faults.add_error(FaultKind.BAD_IDENTITY, written.place, error)
        return
    claim = Claim(id_, subject, written, IdentityKind.OIDC)
    _refuse_wildcard(
        claim,
        person,
        faults,
        instead="write the subject in full; only a `kind: service` may stand for all subjects that begin alike",
    )
    yield claim


def _refuse_wildcard(
    claim: Claim, person: DeclaredPerson, faults: FaultList, *, because: str = "", instead: str
) -> None:
    if claim.is_pattern and person.kind is not PersonKind.SERVICE:
        faults.add(
            FaultKind.WILDCARD_PERSON,
            claim.written.place,
            f"`{claim.person}` is a person, whose identities have no wildcard{because}",
            instead,
        )


def _slack_claim(
    id_: str, person: DeclaredPerson, written: Marked[str], faults: FaultList
) -> Iterable[Claim]:
    user = written.value.removeprefix(_SLACK)
    if not _SLACK_USER.fullmatch(user):
        faults.add(
            FaultKind.BAD_IDENTITY,
            written.place,
            f"`{written.value[:80]}` is not a user of Slack",
            "write the ids of the workspace and of the user, such as `slack:T0123ABCD/U0456EFGH`",
        )
    elif person.kind is PersonKind.SERVICE:
        sentence = f"`{id_}` is a service, and only people press buttons in Slack"
        faults.add(FaultKind.BAD_IDENTITY, written.place, sentence, "name it under a person")
    else:
        yield Claim(id_, IdentityArn(text=user, begin=None), written, IdentityKind.SLACK)


def _check_shared(claims: list[Claim], faults: FaultList) -> None:
    """Sorted by their beginnings, everything that a pattern covers follows it without a gap."""
    covering: list[Claim] = []  # each covers the next
    for claim in sorted(
        claims, key=lambda claim: (claim.begin, not claim.is_pattern, claim.written.place.key)
    ):
        while covering and not covering[-1].covers(claim):
            covering.pop()
        other = next((one for one in reversed(covering) if one.person != claim.person), None)
        if other is not None:
            _report_shared(claim, other, faults)
        if not covering or covering[-1].arn.text != claim.arn.text:
            covering.append(claim)


def _report_shared(claim: Claim, other: Claim, faults: FaultList) -> None:
    first, second = sorted((claim, other), key=lambda one: one.written.place.key)
    same = first.arn.text == second.arn.text
    faults.add(
        FaultKind.IDENTITY_SHARED,
        second.written.place,
        f"`{second.person}` and `{first.person}` {'have the same identity' if same else 'have identities that overlap'}",
        f"remove it here or at {first.written.place}: an identity proves one person",
    )
