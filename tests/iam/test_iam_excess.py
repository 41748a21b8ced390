"""The ceiling under attack: every trick must be named as excess, and what is inside must pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.iam_examples import KMS_KEY, scope, scopes

from liftgate.iam.compile import scope_policy
from liftgate.iam.contain import contains, excess
from liftgate.iam.evaluate import allows
from liftgate.iam.explain import explain_excess
from liftgate.iam.request import Request
from liftgate.iam.scope import Location, Scope

CEILING = scope(
    ["read", "write", "delete", "list"],
    "s3://reports/2026/",
    "s3://reports/drafts/*.csv",
    "s3://reports/index.html",
    "s3://data/",
    kms_keys=[KMS_KEY],
)


@pytest.mark.parametrize(
    "inside",
    [
        scope(["write"], "s3://reports/2026/"),
        scope(["write", "delete"], "s3://reports/2026/q1/", "s3://reports/2026/q2/a.csv"),
        scope(["write"], "s3://reports/2026/*.csv", "s3://reports/2026/????"),
        scope(["write"], "s3://reports/drafts/a*.csv", "s3://reports/drafts/a/b/c.csv"),
        scope(["write"], "s3://reports/index.html"),
        scope(["read"], "s3://data/"),
        scope(["list"], "s3://data/any/", "s3://reports/2026/"),
        scope(["write"], "s3://data/", kms_keys=[KMS_KEY]),
    ],
)
def test_what_is_inside_passes(inside: Scope) -> None:
    assert excess(inside, CEILING) == ()


@pytest.mark.parametrize(
    ("action", "place", "witness"),
    [
        ("write", "s3://reports-secret/2026/", None),
        ("write", "s3://report/2026/", None),
        ("write", "s3://reports/", ""),
        ("write", "s3://reports/2026", "2026"),
        ("write", "s3://reports/2026-secret/", "2026-secret/"),
        ("write", "s3://reports/2026*", "2026"),
        ("write", "s3://reports/2026?/x", "2026y/x"),
        ("write", "s3://reports/2?26/*", "2y26/"),
        ("write", "s3://reports/*/2026/", "/2026/"),
        ("write", "s3://reports/*2026/*", "y2026/"),
        ("write", "s3://reports/2026 /a", "2026 /a"),
        ("write", "s3://reports/２０２６/", "２０２６/"),  # noqa: RUF001 - full-width digits
        ("write", "s3://reports/2026\u2215a", "2026\u2215a"),  # a division slash
        ("write", "s3://reports/Drafts/a.csv", "Drafts/a.csv"),
        ("write", "s3://reports/drafts/*.CSV", "drafts/.CSV"),
        ("write", "s3://reports/drafts/*.csv*", "drafts/.csvy"),
        ("write", "s3://reports/drafts/", "drafts/"),
        ("write", "s3://reports/index?html", "indexyhtml"),
        ("write", "s3://reports/index.html/", "index.html/"),
        ("list", "s3://reports/20*", "20"),
        ("PutBucketPolicy", "s3://data/", None),
        ("PutObjectAcl", "s3://reports/2026/", None),
        ("delete-versions", "s3://reports/2026/", None),
        ("s3:PutObject*Tagging", "s3://data/", None),
        ("write", "arn:aws-cn:s3:::reports/2026/", None),
    ],
)
def test_what_reaches_beyond_is_named(action: str, place: str, witness: str | None) -> None:
    asked = scope([action], place)
    beyond = excess(asked, CEILING)
    assert {(one.action, one.location) for one in beyond} == {
        (name, location) for name in asked.actions for location in asked.locations
    }
    assert {one.witness for one in beyond} == {witness}
    assert all(one.because for one in beyond)
    assert explain_excess(beyond)


def test_only_what_is_beyond_is_named() -> None:
    asked = scope(["write", "tag"], "s3://reports/2026/", "s3://reports/2027/")
    named = {(one.action, str(one.location)) for one in excess(asked, CEILING)}
    assert named == {
        ("s3:PutObject", "s3://reports/2027/"),
        ("s3:AbortMultipartUpload", "s3://reports/2027/"),
        ("s3:GetObjectTagging", "s3://reports/2027/"),
        ("s3:PutObjectTagging", "s3://reports/2027/"),
        ("s3:DeleteObjectTagging", "s3://reports/2027/"),
        ("s3:PutObjectTagging", "s3://reports/2026/"),
        ("s3:DeleteObjectTagging", "s3://reports/2026/"),
    }


def test_another_kms_key_is_named() -> None:
    other = KMS_KEY.replace("0a1b", "ffff")
    (one,) = excess(scope(["write"], "s3://data/", kms_keys=[KMS_KEY, other]), CEILING)
    assert (one.kms_key, one.location) == (other, None)
    assert other in explain_excess([one])


def test_several_places_together_may_hold_one() -> None:
    """Neither ceiling place alone holds what is asked; together they do."""
    ceiling = scope(["write"], "s3://reports/a*", "s3://reports/?b*", "s3://reports/?")
    assert excess(scope(["write"], "s3://reports/?b?"), ceiling) == ()
    whole = scope(["write"], "s3://data/?*", "s3://data/*")
    assert excess(scope(["write"], "s3://data/"), whole) == ()


def test_a_pattern_bomb_is_refused_not_answered_late() -> None:
    bomb = Location("data", "*a" * 300 + "b")
    asked = Scope(actions=frozenset({"s3:PutObject"}), locations=frozenset({bomb}))
    ceiling = Scope(
        actions=frozenset({"s3:PutObject"}),
        locations=frozenset(Location("data", f"{'?*a' * 100}{n}*") for n in range(20)),
    )
    assert excess(asked, ceiling)


@given(scopes, scopes)
@settings(max_examples=80)
def test_excess_and_containment_agree(asked: Scope, ceiling: Scope) -> None:
    beyond = excess(asked, ceiling)
    inside = contains(scope_policy(asked), scope_policy(ceiling)) and asked.kms_keys <= ceiling.kms_keys
    assert (not beyond) is bool(inside)
    for one in beyond:
        if one.location is not None and one.witness and "List" not in one.action:
            request = Request(action=one.action, resource=f"{one.location.bucket_arn}/{one.witness}")
            assert allows(scope_policy(asked), request)
            assert not allows(scope_policy(ceiling), request)


@pytest.mark.slow
@given(scopes, st.data())
def test_any_part_of_a_scope_is_inside_it(whole: Scope, data: st.DataObject) -> None:
    part = Scope(
        actions=frozenset(data.draw(st.sets(st.sampled_from(sorted(whole.actions)), min_size=1))),
        locations=frozenset(data.draw(st.sets(st.sampled_from(sorted(whole.locations)), min_size=1))),
    )
    assert excess(part, whole) == ()
