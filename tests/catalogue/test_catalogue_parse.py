"""Files become the catalogue that they mean."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.catalogue.catalogue_samples import (
    EXAMPLES,
    PEOPLE,
    entitlement,
    faults_in,
    parsed,
    with_entitlement,
)

from liftgate.catalogue.errors import CatalogueFaulty
from liftgate.catalogue.fault import FaultKind
from liftgate.catalogue.model import (
    Entitlement,
    JustificationRule,
    Mechanism,
    ReviewRule,
    Stage,
    WithoutReview,
)
from liftgate.catalogue.parse import check_catalogue, load_catalogue, parse_catalogue
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Person, PersonKind


def test_the_sample_means_what_it_says() -> None:
    catalogue = load_catalogue([EXAMPLES / "catalogue"])
    assert catalogue.people["nightly-export"] == Person(
        id="nightly-export", name="Nightly export", kind=PersonKind.SERVICE
    )
    assert catalogue.guards == catalogue.auditors == {"grace"}
    assert catalogue.identities["aws:arn:aws:iam::111122223333:user/grace"] == "grace"
    assert catalogue.patterns == (("aws:arn:aws:sts::111122223333:assumed-role/export/*", "nightly-export"),)
    assert catalogue.entitlements["reports-write"] == Entitlement(
        name="reports-write",
        description="Correct the quarterly reports",
        account="111122223333",
        role_arn="arn:aws:iam::111122223333:role/liftgate/reports-write",
        ceiling=Scope(
            actions=frozenset({"s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"}),
            locations=frozenset({Location("reports", "2026/*")}),
        ),
        longest=timedelta(hours=1),
        requesters=frozenset({"ada", "linus"}),
        requester_groups=frozenset({"developers"}),
        review=ReviewRule(
            stages=(
                Stage(
                    name="review",
                    reviewers=frozenset({"grace", "linus"}),
                    reviewer_groups=frozenset({"data-owners"}),
                ),
            ),
            lapses_after=timedelta(hours=24),
            without_review=WithoutReview(
                longest=timedelta(minutes=15), actions=frozenset({"s3:PutObject", "s3:AbortMultipartUpload"})
            ),
        ),
        justification=JustificationRule(at_least=10, ticket_required=True, ticket_pattern="[A-Z]+-[0-9]+"),
        mechanism=Mechanism.SESSION,
    )


def test_a_folder_is_one_catalogue() -> None:
    catalogue = load_catalogue([EXAMPLES / "catalogue-folder"])
    assert set(catalogue.entitlements) == {"reports-write", "reports-purge", "uploads-quarantine"}
    assert catalogue.entitlements["reports-purge"].review.reviewers == {"grace", "linus", "katherine"}
    quarantine = catalogue.entitlements["uploads-quarantine"]
    assert (quarantine.external_id, quarantine.max_session) == ("liftgate-uploads", timedelta(hours=2))
    assert quarantine.longest == timedelta(hours=8)  # longer than a session: sessions are refreshed


def test_files_and_folders_may_be_mixed() -> None:
    folder = EXAMPLES / "catalogue-folder"
    assert load_catalogue([folder / "reports.yaml", folder]).version == load_catalogue([folder]).version


def test_what_is_left_out_has_its_default() -> None:
    entitlement = parsed(with_entitlement()).entitlements["reports-write"]
    assert entitlement.review == ReviewRule(
        stages=(
            Stage(
                name="review",
                reviewers=frozenset({"grace", "linus"}),
                reviewer_groups=frozenset({"owners"}),
            ),
        ),
        lapses_after=timedelta(hours=24),
    )
    assert entitlement.justification == JustificationRule()
    assert (entitlement.external_id, entitlement.max_session) == (None, timedelta(hours=1))


def test_a_person_may_guard_by_name_or_by_group() -> None:
    catalogue = parsed(PEOPLE + "guards: [owners, bot]\nauditors: [nobody]\n")
    assert catalogue.guards == {"grace", "linus", "bot"}
    assert catalogue.auditors == frozenset()


def test_a_text_of_several_lines_keeps_them() -> None:
    one = parsed(with_entitlement(description="|\n      Correct\n      reports\n")).entitlements[
        "reports-write"
    ]
    assert one.description == "Correct\nreports"


def test_a_catalogue_of_people_alone_is_one() -> None:
    assert parsed(PEOPLE).entitlements == {}
    assert parsed("version: 1\n").people == {}


def test_no_files_are_no_catalogue(tmp_path: Path) -> None:
    for faulty in (check_catalogue([tmp_path]), check_catalogue([])):
        assert [fault.kind for fault in faulty] == [FaultKind.NO_FILES]
    with pytest.raises(CatalogueFaulty, match="no catalogue file"):
        parse_catalogue([])


def test_every_unreadable_path_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(f"version: 1\nentitlements:\n{entitlement()}")
    paths = [tmp_path / "none", tmp_path / "good.yaml", Path("/dev/null"), tmp_path / ("x" * 300)]
    faults = check_catalogue(paths)
    assert {fault.file for fault in faults} == {str(paths[0]), "/dev/null", str(paths[3])}
    assert {fault.kind for fault in faults} == {FaultKind.UNREADABLE_FILE}


def test_a_path_with_odd_characters_is_a_fault_not_a_crash() -> None:
    for path in (Path("a\x00b"), Path("a\udcff"), Path("a\nb")):
        (fault,) = check_catalogue([path])
        assert fault.kind is FaultKind.UNREADABLE_FILE
        assert fault.file.encode()


def test_the_error_says_how_many_faults_and_where_the_first_is() -> None:
    with pytest.raises(CatalogueFaulty) as faulty:
        parsed("version: 1\nguards: [zoe]\nauditors: [zoe]\n")
    assert (
        str(faulty.value)
        == "1.yaml:2:10: the catalogue has 2 faults; the first: there is no person or group `zoe`"
    )
    assert len(faulty.value.faults) == 2


def test_the_faulty_sample_has_all_its_faults_in_reading_order() -> None:
    faults = faults_in((EXAMPLES / "catalogue-faulty" / "catalogue.yaml").read_bytes())
    places = [(fault.line, fault.column) for fault in faults]
    assert places == sorted(places)
    assert len(places) == 16
