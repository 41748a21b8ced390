import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.errors import Invalid
from liftgate.iam.errors import BadBucket, BadKey, BadKmsKey, NotALocation
from liftgate.iam.s3.kms_key import parse_kms_key
from liftgate.iam.s3.location import parse_location, readings
from liftgate.iam.scope import Location

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-0123456789ab"


@pytest.mark.parametrize(
    ("text", "bucket", "key", "partition"),
    [
        ("s3://reports", "reports", "*", "aws"),
        ("s3://reports/", "reports", "*", "aws"),
        ("s3://reports/*", "reports", "*", "aws"),
        ("s3://reports/2026/", "reports", "2026/*", "aws"),
        ("s3://reports/2026/*", "reports", "2026/*", "aws"),
        ("s3://reports/2026", "reports", "2026", "aws"),
        ("s3://reports/a b$c.csv", "reports", "a b$c.csv", "aws"),
        ("s3://reports/2026-??/*.csv", "reports", "2026-??/*.csv", "aws"),
        ("s3://reports/a**b***", "reports", "a*b*", "aws"),
        ("s3://reports/日本/", "reports", "日本/*", "aws"),
        ("s3://reports/key:with:colons", "reports", "key:with:colons", "aws"),
        ("arn:aws:s3:::reports", "reports", "*", "aws"),
        ("arn:aws:s3:::reports/", "reports", "*", "aws"),
        ("arn:aws:s3:::reports/2026/*", "reports", "2026/*", "aws"),
        ("arn:aws-cn:s3:::reports/x:y", "reports", "x:y", "aws-cn"),
        ("arn:aws-us-gov:s3:::reports/a", "reports", "a", "aws-us-gov"),
    ],
)
def test_a_location_is_read(text: str, bucket: str, key: str, partition: str) -> None:
    assert parse_location(text) == Location(bucket, key, partition)


@pytest.mark.parametrize(
    ("text", "error", "word", "advice"),
    [
        ("", NotALocation, "missing", "s3://bucket/prefix/"),
        ("   ", NotALocation, "missing", "s3://"),
        ("reports/2026/", NotALocation, "does not begin with `s3://`", "`s3://reports/2026/`"),
        ("S3://reports/x", NotALocation, "`S3://`", "`s3://reports/x`"),
        ("http://reports/x", NotALocation, "`http://`", "s3://bucket"),
        ("https://s3.console.aws.amazon.com/s3/buckets/x", NotALocation, "web address", "S3 URI"),
        ("s3://", NotALocation, "no bucket", "s3://bucket"),
        ("s3:///x", NotALocation, "no bucket", "s3://bucket"),
        ("s3://reports/x\n", NotALocation, "white space", "`s3://reports/x`"),
        ("s3://reports/" + "x" * 4000, NotALocation, "longer", "1,024"),
        ("arn:aws:s3", NotALocation, "whole ARN", "arn:aws:s3:::bucket/key"),
        ("arn:aws:s3:::", NotALocation, "no bucket", "arn:aws:s3:::bucket/key"),
        ("arn:aws:iam::123456789012:role/x", NotALocation, "`iam`", "arn:aws:s3"),
        ("arn:*:s3:::reports/x", NotALocation, "`*` is not a partition", "aws-cn"),
        ("arn:aws-iso:s3:::reports/x", NotALocation, "`aws-iso`", "aws-cn"),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/a", NotALocation, "access point", "behind it"),
        (
            "arn:aws:s3-outposts:eu-west-1:123456789012:outpost/o/bucket/b",
            NotALocation,
            "s3-outposts",
            "behind",
        ),
        ("arn:aws:s3:eu-west-1::reports/x", NotALocation, "region or account", "three colons"),
        ("s3://Reports/x", BadBucket, "`R` at character 1", "`reports`"),
        ("s3://re_ports/x", BadBucket, "`_` at character 3", "3 to 63"),
        ("s3://rep*/x", BadBucket, "wildcard", "each bucket"),
        ("s3://rep?rts/x", BadBucket, "wildcard", "each bucket"),
        ("s3://${aws:username}/x", BadBucket, "`$`", "variables"),
        ("s3://ab/x", BadBucket, "2 characters", "3 to 63"),
        ("s3://" + "a" * 64 + "/x", BadBucket, "64 characters", "3 to 63"),
        ("s3://-reports/x", BadBucket, "begins or ends", "letter or digit"),
        ("s3://re..ports/x", BadBucket, "two dots", "3 to 63"),
        ("s3://10.0.0.1/x", BadBucket, "IP address", "name"),
        ("s3://xn--reports/x", BadBucket, "`xn--`", "3 to 63"),
        ("s3://mine-s3alias/x", BadBucket, "access point", "bucket itself"),
        ("s3://mine--x-s3/x", BadBucket, "S3 Express", "bucket itself"),
        ("s3://repоrts/x", BadBucket, "at character 4", "3 to 63"),  # noqa: RUF001 - a Cyrillic letter
        ("s3://reports/${aws:username}/", BadKey, "`${` at character 1", "`$` alone is fine"),
        ("s3://reports/a/${*}", BadKey, "`${` at character 3", "`$` alone"),
        ("s3://reports/a\nb", BadKey, "control character, `U+000A`, at character 2", "take it out"),
        ("s3://reports/a\x00b", BadKey, "`U+0000`", "take it out"),
        ("s3://reports/\u202etxt.exe", BadKey, "direction-changing", "take it out"),
        ("s3://reports/a\u200bb", BadKey, "`U+200B`", "take it out"),
        ("s3://reports/a\u2800b", BadKey, "draws nothing", "take it out"),
        ("s3://reports/a\ufe0fb", BadKey, "draws nothing", "take it out"),
        ("s3://reports/a\u00a0b", BadKey, "looks like another", "take it out"),
        ("s3://reports/a\ud800b", BadKey, "surrogate", "take it out"),
        ("s3://reports/e\u0301/", BadKey, "composed form (NFC) at character 1", "`é/`"),
        ("s3://reports/../secret/", BadKey, "`..` as segment 1", "folder that is meant"),
        ("s3://reports/a/./b", BadKey, "`.` as segment 2", "folder"),
        ("s3://reports//a", BadKey, "empty segment 1", "`a`"),
        ("s3://reports/a//", BadKey, "empty segment 2", "`a/`"),
        ("s3://reports/" + "é" * 513, BadKey, "1,026 bytes", "1,024"),
        ("s3://reports/" + "*a" * 17, BadKey, "17 wildcards", "16"),
    ],
)
def test_what_is_no_location_is_refused_precisely(
    text: str, error: type[Invalid], word: str, advice: str
) -> None:
    with pytest.raises(error) as caught:
        parse_location(text)
    assert word in caught.value.sentence
    assert advice in caught.value.advice
    assert caught.value.sentence.isprintable()


def test_a_path_without_a_slash_means_the_object_or_all_under_it() -> None:
    assert readings("s3://reports/2026") == {Location("reports", "2026"), Location("reports", "2026/*")}
    assert readings("s3://reports/2026/") == {Location("reports", "2026/*")}
    assert readings("s3://reports/20*") == {Location("reports", "20*")}
    assert readings("s3://reports") == {Location("reports", "*")}
    assert readings("s3://reports/a", partition="aws-cn") == {
        Location("reports", "a", "aws-cn"),
        Location("reports", "a/*", "aws-cn"),
    }


def read_or_refusal(text: str) -> Location | Invalid:
    try:
        return parse_location(text)
    except Invalid as error:
        return error


@given(st.text(max_size=40))
def test_any_text_after_the_bucket_is_read_or_refused_and_never_reaches_another_bucket(text: str) -> None:
    answer = read_or_refusal(f"s3://reports/{text}")
    if isinstance(answer, Invalid):
        assert answer.sentence.isprintable()
        assert answer.advice
    else:
        assert answer.object_arn.startswith("arn:aws:s3:::reports/")
        assert "${" not in answer.object_arn
        assert parse_location(answer.object_arn) == answer
        assert all(character.isprintable() for character in answer.key)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for attempt in (text, f"arn:{text}", f"s3://{text}"):
        answer = read_or_refusal(attempt)
        assert isinstance(answer, Location) or answer.sentence.isprintable()


@pytest.mark.parametrize("mrk", [KEY, "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-" + "0" * 32])
def test_a_kms_key_is_read(mrk: str) -> None:
    assert parse_kms_key(mrk) == mrk


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("arn:aws:kms:eu-west-1:123456789012:alias/mine", "alias"),
        ("arn:aws:kms:eu-west-1:123456789012:key/*", "wildcard"),
        ("arn:aws:kms:*:123456789012:key/0a1b2c3d-0000-4000-8000-0123456789ab", "wildcard"),
        (KEY + "\n", "not the ARN"),
        ("${aws:username}", "not the ARN"),
        ("", "not the ARN"),
    ],
)
def test_what_is_no_kms_key_is_refused(text: str, word: str) -> None:
    with pytest.raises(BadKmsKey, match=word):
        parse_kms_key(text)
