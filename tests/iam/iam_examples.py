"""Scopes as people ask for them, and generated ones."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from liftgate.iam.s3.actions import GROUPS, expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope, Window

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TWENTY_MINUTES = Window(starts_at=NOON, ends_at=NOON + timedelta(minutes=20))
KMS_KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-0123456789ab"
CHINESE_KEY = "arn:aws-cn:kms:cn-north-1:123456789012:key/0a1b2c3d-0000-4000-8000-0123456789ab"


def scope(actions: Iterable[str], *locations: str, kms_keys: Iterable[str] = ()) -> Scope:
    """A scope from what people write."""
    return Scope(
        actions=expand_actions(actions),
        locations=frozenset(map(parse_location, locations)),
        kms_keys=frozenset(kms_keys),
    )


locations = st.builds(
    Location,
    st.sampled_from(["alpha", "beta-logs"]),
    st.sampled_from(["*", "a/*", "a/b/*", "a/b", "a*", "*/x", "a?/*", "a/*/x/*", "ä/*", "q$/*", 'quo"te/*']),
)
actions = st.lists(
    st.sampled_from(
        [
            *GROUPS,
            "PutObject",
            "AbortMultipartUpload",
            "PutObjectAcl",
            "GetBucketTagging",
            "ListBucketVersions",
        ]
    ),
    min_size=1,
    max_size=4,
).map(expand_actions)
scopes = st.builds(
    Scope,
    actions=actions,
    locations=st.frozensets(locations, min_size=1, max_size=4),
    kms_keys=st.frozensets(st.sampled_from([KMS_KEY, KMS_KEY.replace("eu-west-1", "us-east-1")]), max_size=2),
)
