"""An identity proves one person: overlaps are found, and a proved identity finds its person or nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalogue.catalogue_samples import EXAMPLES, faults_in, parsed

from liftgate.catalogue.fault import FaultKind
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.parse import load_catalogue
from liftgate.catalogue.who import must_prove_name, person_of
from liftgate.identity.model import Identity, IdentityKind, Person, PersonKind

ACCOUNT = "111122223333"
EXPORT = f"arn:aws:sts::{ACCOUNT}:assumed-role/export"
SAMPLE = load_catalogue([EXAMPLES / "catalogue"])


def aws(arn: str) -> Identity:
    return Identity(kind=IdentityKind.AWS, name=arn, account=ACCOUNT)


def who(arn: str, catalogue: Catalogue = SAMPLE) -> str | None:
    person = person_of(catalogue, aws(arn))
    return person.id if person else None


@pytest.mark.parametrize(
    ("arn", "person"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/baseline/ada", "ada"),
        (f"arn:aws:iam::{ACCOUNT}:user/grace", "grace"),
        (f"{EXPORT}/i-0abc", "nightly-export"),
        (f"{EXPORT}/x@y.example", "nightly-export"),
    ],
)
def test_an_identity_finds_its_person(arn: str, person: str) -> None:
    assert who(arn) == person


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:sts::{ACCOUNT}:assumed-role/baseline/Ada",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/baseline/ada2",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/baseline/",
        "arn:aws:sts::444455556666:assumed-role/baseline/ada",
        f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/baseline/ada",
        f"arn:aws:iam::{ACCOUNT}:user/ada",
        f"{EXPORT}/",
        f"{EXPORT}/a/b",
        f"{EXPORT}",
        f"{EXPORT}2/a",
        f"x{EXPORT}/a",
        "*",
        f"{EXPORT}/*/*",
    ],
)
def test_what_only_looks_like_an_identity_finds_nobody(arn: str) -> None:
    assert who(arn) is None


def test_a_local_identity_is_not_an_aws_one_of_the_same_name() -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/baseline/ada"
    assert person_of(SAMPLE, Identity(kind=IdentityKind.LOCAL, name=arn)) is None


def with_patterns(*patterns: tuple[str, str], people: str = "ab") -> Catalogue:
    """A catalogue that the parser would not make."""
    return Catalogue(
        version="",
        people={id_: Person(id=id_, name=id_, kind=PersonKind.SERVICE) for id_ in people},
        guards=frozenset(),
        auditors=frozenset(),
        entitlements={},
        identities={},
        patterns=patterns,
    )


@pytest.mark.parametrize(
    "patterns",
    [
        ((f"aws:{EXPORT}/*", "a"), (f"aws:{EXPORT}/i*", "b")),  # two people
        ((f"aws:{EXPORT}/*", "gone"),),  # nobody
        (("aws:*", "a"),),
        (("aws:arn:aws:sts::*", "a"),),
        ((f"aws:arn:aws:sts::{ACCOUNT}:assumed-role/*", "a"),),
        ((f"aws:arn:aws:sts::{ACCOUNT}:assumed-role/*/i-1", "a"),),
        ((f"aws:{EXPORT}/i-1", "a"),),  # no wildcard: it belongs among the exact ones
        ((f"aws:{EXPORT}/i?*", "a"),),
    ],
)
def test_patterns_that_are_not_plain_and_alone_prove_nobody(patterns: tuple[tuple[str, str], ...]) -> None:
    assert who(f"{EXPORT}/i-1", with_patterns(*patterns)) is None


def test_two_patterns_of_one_service_prove_it() -> None:
    catalogue = with_patterns((f"aws:{EXPORT}/*", "a"), (f"aws:{EXPORT}/i-*", "a"))
    assert who(f"{EXPORT}/i-1", catalogue) == "a"


TRUSTING = """\
version: 1
trusted_session_names:
  - arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Read_0123456789abcdef
  - arn:aws:sts::444455556666:federated-user/*
people:
  ada:
    name: Ada
    identities:
      - arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Read_0123456789abcdef/ada
      - arn:aws:sts::444455556666:federated-user/ada
      - arn:aws:sts::111122223333:federated-user/ada
      - arn:aws:sts::111122223333:assumed-role/Read/ada
      - arn:aws:iam::111122223333:user/ada
  bot:
    name: Bot
    kind: service
    identities:
      - arn:aws:sts::111122223333:assumed-role/Bot/*
      - arn:aws:sts::111122223333:assumed-role/Bot/bot-1
      - arn:aws:sts::111122223333:assumed-role/Jobs/bot-*
"""


@pytest.mark.parametrize(
    ("identity", "must"),
    [
        ("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Read_0123456789abcdef/ada", False),
        ("arn:aws:sts::444455556666:federated-user/ada", False),
        ("arn:aws:sts::111122223333:federated-user/ada", True),
        ("arn:aws:sts::111122223333:assumed-role/Read/ada", True),
        ("arn:aws:sts::111122223333:assumed-role/Read/nobody", True),
        ("arn:aws:iam::111122223333:user/ada", False),
        ("arn:aws:sts::111122223333:assumed-role/Bot/i-1", False),
        ("arn:aws:sts::111122223333:assumed-role/Bot/bot-1", False),
        ("arn:aws:sts::111122223333:assumed-role/Jobs/bot-1", True),
    ],
)
def test_a_session_name_that_tells_people_apart_must_be_proved(identity: str, *, must: bool) -> None:
    assert must_prove_name(parsed(TRUSTING), aws(identity)) is must


def test_all_sessions_of_one_service_prove_no_other() -> None:
    catalogue = with_patterns((f"aws:{EXPORT}/*", "a"), (f"aws:{EXPORT}/i-*", "b"))
    assert must_prove_name(catalogue, aws(f"{EXPORT}/i-1"))


def test_a_local_identity_has_no_session() -> None:
    assert not must_prove_name(SAMPLE, Identity(kind=IdentityKind.LOCAL, name="ada"))


# Session names over two letters, so that they often begin alike, and longer ones that overlap nothing they do not begin.
BEGINNINGS = st.text(alphabet="ab", max_size=4)
CLAIMS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["r1", "r2"]), BEGINNINGS, st.booleans()), max_size=8
)


def overlap(first: tuple[str, str, bool], second: tuple[str, str, bool]) -> bool:
    """The definition, tried out: some session name is claimed by both."""
    if first[0] != second[0]:
        return False
    names = [text + tail for text in (first[1], second[1]) for tail in ("", "a", "b", "zz")]
    return any(claimed(first, name) and claimed(second, name) for name in names)


def claimed(claim: tuple[str, str, bool], name: str) -> bool:
    return name.startswith(claim[1]) if claim[2] else name == claim[1]


@given(CLAIMS)
def test_identities_are_shared_exactly_where_a_session_name_is_claimed_twice(
    drawn: list[tuple[int, str, str, bool]],
) -> None:
    claims = {(person, role, begin if wild else f"aa{begin}", wild) for person, role, begin, wild in drawn}
    people = []
    for person in sorted({claim[0] for claim in claims}):
        arns = ", ".join(
            f"'arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{begin}{'*' if wild else ''}'"
            for owner, role, begin, wild in sorted(claims)
            if owner == person
        )
        people.append(f"  p{person}: {{name: P, kind: service, identities: [{arns}]}}\n")
    expected = any(one[0] != other[0] and overlap(one[1:], other[1:]) for one in claims for other in claims)
    kinds = {
        fault.kind
        for fault in faults_in(
            "version: 1\npeople: {}\n" if not people else "version: 1\npeople:\n" + "".join(people)
        )
    }
    assert kinds == ({FaultKind.IDENTITY_SHARED} if expected else set())


def test_everybody_who_claims_what_another_has_is_named() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/shared"
    people = "".join(f"  p{number}: {{name: P, identities: ['{arn}']}}\n" for number in range(4))
    faults = faults_in(f"version: 1\npeople:\n{people}")
    assert [fault.line for fault in faults] == [4, 5, 6]


@pytest.mark.parametrize("names", [("ada", "bot"), ("bot", "ada")])
def test_a_pattern_covers_the_session_whose_name_is_all_that_it_says(names: tuple[str, str]) -> None:
    wild, exact = names
    people = sorted(
        [(wild, f"kind: service, identities: ['{EXPORT}/i-*']"), (exact, f"identities: ['{EXPORT}/i-']")]
    )
    text = "version: 1\npeople:\n" + "".join(f"  {id_}: {{name: P, {rest}}}\n" for id_, rest in people)
    assert [fault.kind for fault in faults_in(text)] == [FaultKind.IDENTITY_SHARED]


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:user/division/team/ada",
        f"arn:aws:sts::{ACCOUNT}:federated-user/ada",
        f"arn:aws-us-gov:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/ada@example.com",
    ],
)
def test_every_identity_that_sts_answers_can_be_named(arn: str) -> None:
    catalogue = parsed(f"version: 1\npeople: {{ada: {{name: Ada, identities: ['{arn}']}}}}\n")
    assert catalogue.identities == {f"aws:{arn}": "ada"}
    assert who(arn, catalogue) == "ada"


@pytest.mark.parametrize(
    "resource",
    ["assumed-role/r/", "assumed-role/r", "assumed-role/r/a", "assumed-role/r/a/b", "assumed-role/p/r/ab/cd", "user/", "user/a b",
     "user/é", "group/g", "federated-user/*", "assumed-role/r/a?*", "assumed-role/r/*a", "assumed-role/r/a**", "root/", "*"],
)  # fmt: skip
@pytest.mark.parametrize("service", ["iam", "sts"])
def test_no_other_resource_is_an_identity(service: str, resource: str) -> None:
    text = f"version: 1\npeople:\n  svc: {{name: S, kind: service, identities: ['arn:aws:{service}::{ACCOUNT}:{resource}']}}\n"
    assert {fault.kind for fault in faults_in(text)} <= {FaultKind.BAD_IDENTITY, FaultKind.BAD_TEXT}
    assert faults_in(text)
