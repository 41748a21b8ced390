"""Snapshots keep everything, versions follow meaning, and what was altered is found."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalogue.catalogue_samples import EXAMPLES, PEOPLE, entitlement, parsed, with_entitlement

from liftgate.catalogue.errors import SnapshotCorrupt
from liftgate.catalogue.model import (
    BreakGlass,
    Catalogue,
    Entitlement,
    JustificationRule,
    Refusal,
    ReviewRule,
    Stage,
    WhenDown,
    WithoutReview,
)
from liftgate.catalogue.parse import load_catalogue
from liftgate.catalogue.snapshot import digest_of, from_snapshot, to_snapshot
from liftgate.catalogue.version import version_of, with_version
from liftgate.catalogue.vocabulary import OF_REQUEST
from liftgate.conditions.condition import compile_condition
from liftgate.iam.scope import Location, Scope
from liftgate.identity.model import Person, PersonKind

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
IDS = st.sampled_from(["ada", "grace", "linus", "bot", "zoë"])
PEOPLE_SETS = st.frozensets(IDS, max_size=4)
SPANS = st.integers(0, 10**8).map(lambda seconds: timedelta(seconds=seconds))
ACTIONS = st.frozensets(TEXTS, max_size=3)
SCOPES = st.builds(
    Scope,
    actions=ACTIONS,
    locations=st.frozensets(st.builds(Location, bucket=TEXTS, key=TEXTS, partition=TEXTS), max_size=3),
    kms_keys=ACTIONS,
)
CONDITIONS = st.sampled_from(["request.deletes", "time.hour < 6", "'a' in person.groups"]).map(
    lambda text: compile_condition(text, OF_REQUEST)
)
SOMEBODY = PEOPLE_SETS.filter(bool)
REST = {
    "reviewers": SOMEBODY,
    "approvals": st.integers(1, 20),
    "other_team": st.booleans(),
    "remind_after": st.none() | SPANS,
    "remind_every": st.none() | SPANS,
    "escalate_after": st.none() | SPANS,
    "escalate_to": PEOPLE_SETS,
}
ONE_STAGE = st.builds(Stage, name=st.just("review"), **REST).map(lambda stage: (stage,))
STAGES = st.lists(st.builds(Stage, name=TEXTS, when=st.none() | CONDITIONS, **REST), max_size=3).map(tuple)
REVIEWS = st.builds(
    ReviewRule,
    stages=ONE_STAGE | STAGES,
    lapses_after=SPANS,
    without_review=st.none()
    | st.builds(WithoutReview, longest=SPANS, actions=ACTIONS, when=st.none() | CONDITIONS),
    refuse_when=st.lists(st.builds(Refusal, when=CONDITIONS, because=TEXTS), max_size=2).map(tuple),
    delegable=st.booleans(),
)
RULES: dict[str, Any] = {
    "at_least": st.integers(0, 500),
    "ticket_required": st.booleans(),
    "ticket_pattern": st.none() | TEXTS,
}
JUSTIFICATIONS = st.builds(JustificationRule, **RULES) | st.builds(
    JustificationRule, **RULES, tracker=TEXTS, when_down=st.sampled_from(WhenDown)
)
ENTITLEMENTS = st.builds(
    Entitlement,
    name=TEXTS,
    description=TEXTS,
    account=TEXTS,
    role_arn=TEXTS,
    ceiling=SCOPES,
    longest=SPANS,
    requesters=PEOPLE_SETS,
    review=REVIEWS,
    justification=JUSTIFICATIONS,
    external_id=st.none() | TEXTS,
    max_session=SPANS,
    longest_in_all=st.none() | SPANS,
    break_glass=st.none()
    | st.builds(BreakGlass, by=PEOPLE_SETS, longest=SPANS, review_within=SPANS, reviewers=PEOPLE_SETS),
)
CATALOGUES = st.builds(
    Catalogue,
    version=st.just(""),
    people=st.dictionaries(
        IDS, st.builds(Person, id=IDS, name=TEXTS, kind=st.sampled_from(PersonKind)), max_size=4
    ),
    guards=PEOPLE_SETS,
    auditors=PEOPLE_SETS,
    entitlements=st.dictionaries(TEXTS, ENTITLEMENTS, max_size=3),
    identities=st.dictionaries(TEXTS, IDS, max_size=4),
    patterns=st.lists(st.tuples(TEXTS, IDS), max_size=3, unique=True).map(lambda found: tuple(sorted(found))),
    trusted_session_names=ACTIONS,
    teams=st.dictionaries(TEXTS, PEOPLE_SETS, max_size=2),
    groups=st.dictionaries(TEXTS, PEOPLE_SETS, max_size=2),
    zone=st.sampled_from(["UTC", "Europe/Berlin"]),
)


@given(CATALOGUES)
def test_a_snapshot_loses_nothing(catalogue: Catalogue) -> None:
    catalogue = with_version(catalogue)
    assert from_snapshot(to_snapshot(catalogue), version=catalogue.version) == catalogue


@given(CATALOGUES, CATALOGUES)
def test_versions_are_equal_exactly_where_meanings_are(first: Catalogue, second: Catalogue) -> None:
    assert (version_of(first) == version_of(second)) == (first == second)


@given(CATALOGUES, st.data())
def test_every_altered_snapshot_is_found(catalogue: Catalogue, data: st.DataObject) -> None:
    text = to_snapshot(catalogue)
    at = data.draw(st.integers(0, len(text) - 1))
    altered = text[:at] + data.draw(st.characters(exclude_characters=text[at])) + text[at + 1 :]
    with pytest.raises(SnapshotCorrupt):
        from_snapshot(altered, version=version_of(catalogue))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format":2}', "null", "{", '{"format":1,"sets":[]}', "[" * 100_000]
)
def test_what_is_no_snapshot_is_refused_even_under_its_own_digest(text: str) -> None:
    with pytest.raises(SnapshotCorrupt):
        from_snapshot(text, version=digest_of(text))


@pytest.mark.parametrize("folder", ["catalogue", "catalogue-folder"])
def test_a_catalogue_from_files_survives_its_snapshot(folder: str) -> None:
    catalogue = load_catalogue([EXAMPLES / folder])
    assert from_snapshot(to_snapshot(catalogue), version=catalogue.version) == catalogue


def test_a_span_of_part_of_a_second_has_no_snapshot() -> None:
    catalogue = load_catalogue([EXAMPLES / "catalogue"])
    one = replace(catalogue.entitlements["reports-write"], longest=timedelta(milliseconds=1500))
    with pytest.raises(ValueError, match="whole seconds"):
        to_snapshot(replace(catalogue, entitlements={one.name: one}))


SAME = [
    with_entitlement(requesters="[linus, ada]"),
    "# a comment\n" + with_entitlement(requesters="[ada, linus]"),
    with_entitlement(requesters="[ada, linus]", longest="60m", justification="{at_least: 1}"),
    with_entitlement(requesters="[linus, ada]").replace("1h", "'3600s'").replace("Grace}", '"Grace"}'),
    with_entitlement(
        requesters="[linus, ada]", review="{approvals: 1, reviewers: [owners], lapses_after: 1d}"
    ),
    with_entitlement(requesters="[linus, ada]").replace("write]", "s3:putobject, s3:AbortMultipartUpload]"),
    with_entitlement(requesters="[linus, ada]").replace("s3://reports/2026/", "arn:aws:s3:::reports/2026/*"),
]
OTHER = [
    with_entitlement(requesters="[developers]"),  # others may be in it by what a provider says
    with_entitlement(requesters="[ada]"),
    with_entitlement(requesters="[linus, ada]", longest="59m"),
    with_entitlement(requesters="[linus, ada]", external_id="xy"),
    with_entitlement(requesters="[linus, ada]") + "guards: [grace]\n",
    with_entitlement(requesters="[linus, ada]") + "auditors: [grace]\n",
    with_entitlement(requesters="[linus, ada]").replace("name: Grace", "name: Grace Hopper"),
    with_entitlement(requesters="[linus, ada]")
    .replace("kind: service", "kind: service")
    .replace("export/*", "export/i-*"),
]


def test_the_same_meaning_has_the_same_version() -> None:
    assert len({parsed(text).version for text in SAME}) == 1


def test_another_meaning_has_another_version() -> None:
    versions = {parsed(text).version for text in [SAME[0], *OTHER]}
    assert len(versions) == 1 + len(OTHER)


def test_neither_the_number_nor_the_order_of_files_counts() -> None:
    one = f"version: 1\nentitlements:\n{entitlement()}"
    assert parsed(PEOPLE, one).version == parsed(one, PEOPLE).version == parsed(with_entitlement()).version


def test_the_order_of_patterns_does_not_count() -> None:
    catalogue = replace(
        load_catalogue([EXAMPLES / "catalogue"]), patterns=(("aws:b*", "ada"), ("aws:a*", "ada"))
    )
    assert version_of(catalogue) == version_of(replace(catalogue, patterns=catalogue.patterns[::-1]))


def test_every_process_gives_the_same_version() -> None:
    """Python orders sets by a seed that each process draws anew."""
    program = (
        "import sys, pathlib; from liftgate.catalogue.parse import load_catalogue;"
        "print(load_catalogue([pathlib.Path(sys.argv[1])]).version)"
    )
    versions = {
        subprocess.run(
            [sys.executable, "-c", program, str(EXAMPLES / "catalogue-folder")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in "123456"
    }
    assert versions == {load_catalogue([EXAMPLES / "catalogue-folder"]).version}


def test_a_large_group_is_written_once() -> None:
    ids = [f"person-{number}" for number in range(200)]
    people = "".join(f"  {id_}: {{name: P}}\n" for id_ in ids)
    ask = "".join(
        entitlement(name=f"e{number}", requesters="[all]", review="{reviewers: [all]}")
        for number in range(50)
    )
    catalogue = parsed(
        f"version: 1\npeople:\n{people}groups: {{all: [{', '.join(ids)}]}}\nentitlements:\n{ask}"
    )
    assert len(json.loads(to_snapshot(catalogue))["sets"]) == 2  # all, and the nobody of guards and auditors
