"""Members of groups that a provider names, laid over a catalogue."""

import pytest
from tests.catalogue.catalogue_samples import PEOPLE, parsed, with_entitlement

from liftgate.catalogue.claimed import with_members
from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.who import person_of
from liftgate.identity.issuer import is_issuer
from liftgate.identity.subject import identity_of_subject

ISSUER = "https://id.example.com"
IDENTITY = f"oidc:{ISSUER}#248289761001"


def people(identity: str) -> str:
    return PEOPLE.replace("{name: Grace}", f'{{name: Grace, identities: ["{identity}"]}}')


def test_more_people_may_ask_and_review_where_a_group_is_named() -> None:
    catalogue = parsed(with_entitlement(requesters="[developers]"))
    [one] = with_members(
        catalogue, {"developers": frozenset({"grace"}), "owners": frozenset({"ada"})}
    ).entitlements.values()
    [before] = catalogue.entitlements.values()
    assert one.requesters == before.requesters | {"grace"}
    assert one.review.reviewers == before.review.reviewers | {"ada"}


def test_nobody_is_taken_away_and_no_stranger_or_service_let_in() -> None:
    catalogue = parsed(with_entitlement(requesters="[developers]"))
    for ids in (frozenset[str](), frozenset({"nobody", "bot"})):
        assert with_members(catalogue, {"developers": ids, "owners": ids}) == catalogue


def test_a_name_that_no_entitlement_names_lets_nobody_in() -> None:
    catalogue = parsed(with_entitlement(requesters="[ada]", review="{reviewers: [linus]}"))
    assert (
        with_members(catalogue, {"developers": frozenset({"grace"}), "owners": frozenset({"ada"})})
        == catalogue
    )


def test_guards_and_auditors_are_those_of_the_files() -> None:
    catalogue = parsed(PEOPLE + "guards: [owners]\nauditors: [owners]\n")
    laid = with_members(catalogue, {"owners": frozenset({"ada"})})
    assert (laid.guards, laid.auditors) == (catalogue.guards, catalogue.auditors)


def test_a_subject_of_an_issuer_is_the_person_that_names_it() -> None:
    catalogue = parsed(people(IDENTITY))
    grace = person_of(catalogue, identity_of_subject(ISSUER, "248289761001"))
    assert grace is not None
    assert grace.id == "grace"
    for issuer, subject in (
        (ISSUER, "24828976100"),
        (f"{ISSUER}/", "248289761001"),
        ("https://id.example.co", "m#248289761001"),
    ):
        assert person_of(catalogue, identity_of_subject(issuer, subject)) is None


@pytest.mark.parametrize(
    "identity",
    [
        "oidc:248289761001",
        "oidc:http://id.example.com#1",
        "oidc:https://id.example.com",
        "oidc:https://id.example.com#",
        "oidc:https://id.example.com?a=b#1",
        "oidc:https://user@id.example.com#1",
        f"oidc:https://id.example.com#{'1' * 256}",
        "oidc:grace@example.com",
    ],
)
def test_what_names_no_subject_is_a_fault(identity: str) -> None:
    with pytest.raises(CatalogueFaulty) as faulty:
        parsed(people(identity))
    assert [fault.kind.value for fault in faulty.value.faults] == ["bad_identity"]


def test_a_subject_proves_one_person() -> None:
    twice = people(IDENTITY).replace("{name: Linus}", f'{{name: Linus, identities: ["{IDENTITY}"]}}')
    assert twice.count(IDENTITY) == 2
    with pytest.raises(CatalogueFaulty) as faulty:
        parsed(twice)
    assert [fault.kind.value for fault in faulty.value.faults] == ["identity_shared"]


def test_an_issuer_is_a_plain_address() -> None:
    assert is_issuer("https://login.example.com/tenant/v2.0")
    assert is_issuer("http://localhost:9000")
    assert not any(
        map(
            is_issuer,
            ("", "https://", "http://id.example.com", "https://a/#b", "https://a/?b", "https://a b"),
        )
    )


def test_every_stage_and_who_is_asked_later_may_come_from_groups() -> None:
    review = "{stages: [{name: first, reviewers: [owners]}, {name: second, reviewers: [linus], escalate_after: 1h, escalate_to: [owners]}]}"
    catalogue = parsed(with_entitlement(review=review))
    [one] = with_members(catalogue, {"owners": frozenset({"ada"})}).entitlements.values()
    first, second = one.review.stages
    assert first.reviewers == {"grace", "linus", "ada"}
    assert second.reviewers == {"linus"}
    assert second.escalate_to == {"grace", "linus", "ada"}


def test_who_is_added_to_a_team_belongs_to_it() -> None:
    """Else a claim would make somebody a stranger who may review those with whom they work."""
    catalogue = parsed(PEOPLE + "teams: [developers]\n")
    assert with_members(catalogue, {"developers": frozenset({"grace"})}).own_team("grace") == {"ada", "linus"}


def test_nobody_acts_in_an_emergency_by_a_claim() -> None:
    glass = "{by: [developers], longest: 30m, review_within: 1d, reviewers: [owners]}"
    catalogue = parsed(with_entitlement(break_glass=glass))
    members = {"developers": frozenset({"grace"}), "owners": frozenset({"ada"})}
    [one] = with_members(catalogue, members).entitlements.values()
    [before] = catalogue.entitlements.values()
    assert one.break_glass == before.break_glass is not None
