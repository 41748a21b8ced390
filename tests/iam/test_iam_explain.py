import pytest
from tests.iam.iam_examples import KMS_KEY, scope

from liftgate.iam.contain import excess
from liftgate.iam.explain import explain_excess, explain_scope
from liftgate.iam.scope import Scope


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (scope(["write"], "s3://reports/2026/"), "write under s3://reports/2026/"),
        (scope(["PutObject"], "s3://reports/a.csv"), "write the object s3://reports/a.csv"),
        (
            scope(["delete", "write", "read"], "s3://reports/"),
            "read, write and delete anywhere in s3://reports/",
        ),
        (scope(["write"], "s3://reports/2026*"), "write what begins with s3://reports/2026"),
        (scope(["write"], "s3://reports/*/x.csv"), "write what matches `s3://reports/*/x.csv`"),
        (
            scope(["tag"], "s3://reports/a/", "s3://reports/b/", "s3://data/"),
            "change tags anywhere in s3://data/, under s3://reports/a/ and under s3://reports/b/",
        ),
        (
            scope(["write"], "s3://reports/", kms_keys=[KMS_KEY]),
            "write anywhere in s3://reports/, with 1 KMS key",
        ),
        (
            scope(["write", "PutObjectAcl", "PutObjectRetention"], "s3://reports/a/"),
            "CHANGE WHO MAY DO WHAT (s3:PutObjectAcl), write and s3:PutObjectRetention under s3://reports/a/",
        ),
        (
            scope(["delete-versions", "read-versions"], "s3://reports/a/"),
            "read old versions, list old versions and delete versions for good under s3://reports/a/",
        ),
    ],
)
def test_a_scope_is_said_in_plain_words(asked: Scope, words: str) -> None:
    assert explain_scope(asked) == words


def test_letters_of_two_alphabets_in_one_word_are_pointed_out() -> None:
    words = explain_scope(scope(["write"], "s3://reports/sесret/"))  # noqa: RUF001 - two Cyrillic letters
    assert "look twice" in words
    assert "cyrillic small letter ie, U+0435" in words
    assert "look twice" not in explain_scope(
        scope(["write"], "s3://reports/отчёты/", "s3://reports/münchen/")
    )


def test_excess_is_said_with_its_reason() -> None:
    ceiling = scope(["write"], "s3://reports/2026/")
    asked = scope(["write", "delete"], "s3://reports/2026-secret/", kms_keys=[KMS_KEY])
    assert explain_excess(excess(asked, ceiling)) == (
        f"`kms:Decrypt` with the key `{KMS_KEY}` (this KMS key is not allowed); "
        "`s3:DeleteObject` under s3://reports/2026-secret/ (this action is not allowed at all); "
        "`s3:AbortMultipartUpload` and `s3:PutObject` under s3://reports/2026-secret/ "
        "(this place reaches beyond what is allowed, such as `2026-secret/`)"
    )
