"""What pasted texts name. The messages are those of the AWS CLI, of boto3, of S3's XML and of the console's address bar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.s3.location import parse_location
from liftgate.iam.s3.mention import LONGEST, mentioned

PUT, DELETE, LIST, GET = "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObject"


@pytest.mark.parametrize(
    ("text", "locations", "actions"),
    [
        ("s3://reports/2026/", ["s3://reports/2026/"], set()),
        ("  s3://reports\n", ["s3://reports/"], set()),
        ("arn:aws:s3:::reports/2026/q3.csv", ["s3://reports/2026/q3.csv"], set()),
        ("arn:aws-cn:s3:::reports/2026/*", ["s3://reports/2026/"], set()),
        (
            "https://s3.console.aws.amazon.com/s3/buckets/reports?region=eu-central-1&bucketType=general&prefix=2026/q3/&showversions=false",
            ["s3://reports/2026/q3/"],
            set(),
        ),
        (
            "https://eu-central-1.console.aws.amazon.com/s3/object/reports?region=eu-central-1&prefix=2026/q3%20final.csv",
            ["s3://reports/2026/q3 final.csv"],
            set(),
        ),
        ("https://reports.s3.eu-central-1.amazonaws.com/2026/q3.csv", ["s3://reports/2026/q3.csv"], set()),
        ("https://my.reports.s3.amazonaws.com/2026/", ["s3://my.reports/2026/"], set()),
        ("https://s3.eu-central-1.amazonaws.com/reports/2026/q3.csv?versionId=x", ["s3://reports/2026/q3.csv"], set()),
        (
            ("upload failed: ./q3.csv to s3://reports/2026/q3.csv An error occurred (AccessDenied) when calling the PutObject "
            'operation: User: arn:aws:sts::111122223333:assumed-role/ReadOnly/ada is not authorized to perform: s3:PutObject on '
            'resource: "arn:aws:s3:::reports/2026/q3.csv" because no identity-based policy allows the s3:PutObject action'),
            ["s3://reports/2026/q3.csv"],
            {PUT},
        ),
        (
            ("delete failed: s3://reports/2026/old.csv An error occurred (AccessDenied) when calling the DeleteObject operation: "
            "Access Denied"),
            ["s3://reports/2026/old.csv"],
            {DELETE},
        ),
        (
            ("botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: User: x is "
            "not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::reports."),
            ["s3://reports/"],
            {LIST},
        ),
        (
            ("<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::1:assumed-role/R/ada is not authorized to perform: "
            "s3:GetObject on resource: &quot;x&quot;</Message></Error> https://reports.s3.amazonaws.com/a.csv"),
            ["s3://reports/a.csv"],
            {GET},
        ),
        ("An error occurred (403) when calling the HeadObject operation: Forbidden", [], {GET}),
        ("copy it from s3://inbox/a.csv to s3://outbox/b.csv, please", ["s3://inbox/a.csv", "s3://outbox/b.csv"], set()),
        ("nothing of the kind", [], set()),
        ("", [], set()),
        ("s3:DoesNotExist s3://UPPER_case!/x https://example.com/s3/buckets/reports", [], set()),
        ("https://[::1 s3://", [], set()),
    ],
)  # fmt: skip
def test_what_a_text_names(text: str, locations: list[str], actions: set[str]) -> None:
    found = mentioned(text)
    assert list(found.locations) == locations
    assert found.actions == actions


@given(st.text(alphabet="s3:/arnw.*?-_ \"'<>[]hptconsle\n1aA%\u202e\x00", max_size=120))
def test_whatever_is_pasted_names_only_what_could_be_typed(text: str) -> None:
    found = mentioned(text)
    assert found.actions <= set(ACTIONS)
    for location in found.locations:
        parse_location(location)


def test_a_long_text_is_read_in_part() -> None:
    many = " ".join(f"s3://reports/{number}/" for number in range(5_000))
    assert len(mentioned(many).locations) == 20
    assert mentioned("x" * LONGEST + " s3://reports/").locations == ()
