"""``liftgate replay s3://…``: log files and digests read from a bucket with the caller's own credentials."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.cli.conftest import Said
from tests.servers.embedded_aws import embedded_account
from tests.watch.digest_examples import ACCOUNT, BUCKET, NOON, REGION, Trail, keys_text
from tests.watch.replay_examples import numbered
from tests.watch.watch_examples import known

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import SampleAccount
from liftgate.watch.known_text import known_text

__all__ = ["embedded_account"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("replay-s3")]

Liftgate = Callable[..., Said]
LOGS = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}"
DIGESTS = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}"


@pytest.fixture(scope="module")
def trail() -> Trail:
    """From noon to two hours after midnight, two log files an hour."""
    made = Trail()
    for _ in range(14):
        made.hour()
    return made


@pytest.fixture(scope="module")
def root(embedded_account: SampleAccount) -> Any:
    return embedded_account.aws.client("s3", embedded_account.aws.root)


@pytest.fixture(scope="module")
def bucket(root: Any, trail: Trail) -> str:
    root.create_bucket(Bucket=BUCKET)
    put(root, trail, BUCKET)
    return BUCKET


def put(root: Any, trail: Trail, bucket: str, under: str = "") -> None:
    for key, data in trail.objects.items():
        signature = trail.signatures.get(key)
        root.put_object(
            Bucket=bucket,
            Key=under + key,
            Body=data,
            Metadata={"signature": signature} if signature else {},
        )


@pytest.fixture
def s3(embedded_account: SampleAccount, liftgate: Liftgate, monkeypatch: pytest.MonkeyPatch) -> Liftgate:
    """The command, whose caller has root's credentials where nothing else is said."""
    use(monkeypatch, embedded_account, embedded_account.aws.root)
    return liftgate


def use(monkeypatch: pytest.MonkeyPatch, account: SampleAccount, keys: Keys) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", account.aws.endpoint_url)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def summary(said: Said) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said.out.splitlines()[-1])
    return answer


def read(said: Said) -> tuple[int, int]:
    told = summary(said)
    return told["files"], told["events"]


@pytest.mark.parametrize(
    ("place", "options", "files"),
    [
        ("", (), 28),
        ("/", (), 28),
        (f"/AWSLogs/{ACCOUNT}", (), 28),
        (f"/{LOGS}/", (), 28),
        (f"/{LOGS}/2026/11", (), 28),
        (f"/{LOGS}/2026/11/02/", (), 24),
        (f"/{LOGS}/2026/11/03", (), 4),
        (f"/{LOGS}/2026/11/02/{ACCOUNT}_CloudTrail_{REGION}_20261102T13", (), 2),
        (f"/{LOGS}/2026/11/02/{ACCOUNT}_CloudTrail_{REGION}_20261102T1200Z_{0:016}.json.gz", (), 1),
        ("", ("--since", "2026-11-02T22:05Z", "--until", "2026-11-03T00:00Z"), 4),
        ("", ("--since", "2026-11-03", "--until", "2026-11-03"), 4),
        ("", ("--until", "2026-11-02"), 24),
        ("", ("--until", "2026-11-02T12:03Z"), 1),
        (f"/{LOGS}/2026/11/02/", ("--since", "2026-11-02T23:00Z"), 2),
    ],
)
def test_a_place_is_read_as_a_folder_is(
    s3: Liftgate, bucket: str, place: str, options: tuple[str, ...], files: int
) -> None:
    said = s3("replay", f"s3://{bucket}{place}", "--output", "json", *options)
    assert (said.code, said.err) == (0, "")
    assert read(said) == (files, files)


def test_what_was_found_says_where(s3: Liftgate, root: Any, tmp_path: Path) -> None:
    place, copied = f"findings-{uuid4()}", tmp_path / "copied"
    copied.mkdir()
    root.create_bucket(Bucket=place)
    outside = {"bucketName": "reports", "key": "x"}
    for number, body in enumerate(
        (json.dumps({"Records": [numbered(1), numbered(2, requestParameters=outside)]}), "{")
    ):
        root.put_object(Bucket=place, Key=f"anywhere/{number}.json", Body=body.encode())
        (copied / f"{number}.json").write_text(body)
    grants = tmp_path / "grants.json"
    grants.write_text(known_text(known()))

    said = s3("replay", f"s3://{place}/anywhere", "--grants", str(grants), "--output", "json")
    local = s3("replay", str(copied), "--grants", str(grants), "--output", "json")

    assert said.code == 1
    assert said.out == local.out.replace(str(copied), f"s3://{place}/anywhere")
    assert f"s3://{place}/anywhere/1.json" in said.out


def test_a_place_and_a_folder_are_read_together(
    s3: Liftgate, bucket: str, trail: Trail, tmp_path: Path
) -> None:
    name = next(key for key in trail.objects if "/CloudTrail/" in key)
    (tmp_path / name.rpartition("/")[2]).write_bytes(trail.objects[name])

    told = summary(s3("replay", str(tmp_path), f"s3://{bucket}", "--output", "json"))

    assert (told["files"], told["events"], told["copies"]) == (29, 28, 1)


@pytest.mark.parametrize(
    ("place", "options", "digests", "files"),
    [
        ("", (), 14, 28),
        (f"/{LOGS}/2026/11/02", (), 12, 24),  # the last of them lies in the next day's folder
        ("", ("--since", "2026-11-02T20:01Z", "--until", "2026-11-02T22:30Z"), 3, 6),
    ],
)
def test_digests_in_the_bucket_prove_all_even_the_newest(
    s3: Liftgate, bucket: str, tmp_path: Path, place: str, options: tuple[str, ...], digests: int, files: int
) -> None:
    (tmp_path / "keys.json").write_bytes(keys_text())
    verify = ("--verify", str(tmp_path / "keys.json"))
    said = s3("replay", f"s3://{bucket}{place}", *verify, *options, "--output", "json")
    assert (said.code, said.err) == (0, "")
    found = summary(said)["verified"]
    assert (found["digests"], found["log_files"], found["unproved"], found["unlisted"]) == (
        digests,
        files,
        [],
        0,
    )


def test_a_log_file_that_was_changed_or_removed_in_the_bucket_is_found(
    s3: Liftgate, root: Any, bucket: str, tmp_path: Path
) -> None:
    """Also where the digests name another bucket, in which all is well: this one is a copy, and it is what is read."""
    assert bucket == BUCKET
    made = Trail()
    for _ in range(3):
        made.hour()
    changed, removed = [key for key in made.objects if "/CloudTrail/" in key][:2]
    place = f"changed-{uuid4()}"
    root.create_bucket(Bucket=place)
    made.objects[changed] = b'{"Records": []}'
    del made.objects[removed]
    put(root, made, place)
    (tmp_path / "keys.json").write_bytes(keys_text())

    said = s3("replay", f"s3://{place}", "--verify", str(tmp_path / "keys.json"), "--output", "json")

    assert said.code == 1
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert {(one["rule"]) for one in lines if one["kind"] == "finding"} == {
        "log-file-changed",
        "log-file-missing",
    }


def test_a_copy_under_a_prefix_of_its_own_is_verified_too(s3: Liftgate, root: Any, tmp_path: Path) -> None:
    made, place = Trail(), f"copied-{uuid4()}"
    for _ in range(3):
        made.hour()
    root.create_bucket(Bucket=place)
    put(root, made, place, "archive/2026/")
    (tmp_path / "keys.json").write_bytes(keys_text())
    said = s3(
        "replay", f"s3://{place}/archive/2026", "--verify", str(tmp_path / "keys.json"), "--output", "json"
    )
    assert {json.loads(line).get("rule") for line in said.out.splitlines()} == {None}
    found = summary(said)["verified"]
    assert (found["digests"], found["log_files"], found["unlisted"]) == (3, 6, 0)


@pytest.mark.parametrize(("person", "word"), [("ada", "AccessDenied"), (None, "InvalidAccessKeyId")])
def test_who_may_not_read_is_told_what_to_do(
    embedded_account: SampleAccount,
    s3: Liftgate,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    person: str | None,
    word: str,
) -> None:
    stranger = Keys(access_key_id="AKIAEXAMPLEEXAMPLE99", secret_access_key="x" * 40)
    keys = stranger if person is None else embedded_account.people[person]
    use(monkeypatch, embedded_account, keys)

    said = s3("replay", f"s3://{bucket}/AWSLogs/")

    assert (said.code, said.out) == (2, "")
    assert f"the bucket `{bucket}` cannot be read: {word}" in " ".join(said.err.split())
    assert "s3:ListBucket" in said.err
    assert "AWS_PROFILE=NAME" in said.err


def test_without_credentials_it_is_told(
    s3: Liftgate, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    said = s3("replay", f"s3://{bucket}")

    assert said.code == 2
    assert "cannot be read: NoCredentialsError" in said.err


def test_a_profile_that_is_not_there_is_told(
    s3: Liftgate, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    said = s3("replay", f"s3://{bucket}")
    assert said.code == 2
    assert "nobody" in said.err


def test_one_file_that_may_not_be_read_is_set_aside(
    embedded_account: SampleAccount, s3: Liftgate, bucket: str, root: Any, trail: Trail
) -> None:
    """Others are read; that nothing was found in them says too little."""
    refused = next(key for key in sorted(trail.objects) if "/CloudTrail/" in key)
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/{refused}",
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    iam = embedded_account.aws.client("iam", embedded_account.aws.root)
    name = f"reader-{uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    allow = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}
    iam.put_user_policy(
        UserName=name,
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    made = iam.create_access_key(UserName=name)["AccessKey"]
    root.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    try:
        with pytest.MonkeyPatch.context() as patch:
            use(
                patch,
                embedded_account,
                Keys(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"]),
            )
            said = s3("replay", f"s3://{bucket}")
    finally:
        root.delete_bucket_policy(Bucket=bucket)

    assert said.code == 2
    assert "28 files, 27 events, 1 set aside" in said.out
    assert (
        f"set aside: s3://{bucket}/{refused}: the bucket `{bucket}` cannot be read: AccessDenied"
        in " ".join(said.err.split())
    )


@pytest.mark.parametrize(
    ("place", "options", "words"),
    [
        ("s3://", (), "names no bucket"),
        (
            "s3://no-such-bucket-anywhere",
            (),
            "there is no bucket `no-such-bucket-anywhere` next: compare the name",
        ),
        (f"s3://{BUCKET}/nowhere", (), "there are no log files in"),
        (
            f"s3://{BUCKET}",
            ("--since", "2026-11-05", "--until", "2026-11-06"),
            "leave --since and --until out",
        ),
        (
            f"s3://{BUCKET}",
            ("--since", "2026-11-05", "--until", "2026-11-04"),
            "--since is later than --until",
        ),
        (f"s3://{BUCKET}", ("--since", "yesterday"), "`yesterday` is not a moment in time"),
        (f"s3://{BUCKET}", ("--until", "2026-11-31"), "no day or no hour that exists"),
    ],
)
def test_what_cannot_be_meant_is_told(
    s3: Liftgate, bucket: str, place: str, options: tuple[str, ...], words: str
) -> None:
    del bucket
    said = s3("replay", place, *options)
    assert (said.code, said.out) == (2, "")
    assert words in " ".join(said.err.split())


def test_a_span_is_of_local_files_too(s3: Liftgate, trail: Trail, tmp_path: Path) -> None:
    for key, data in trail.objects.items():
        if "/CloudTrail/" in key:
            (tmp_path / key.rpartition("/")[2]).write_bytes(data)
    since = NOON + timedelta(hours=13)
    said = s3("replay", str(tmp_path), "--since", f"{since:%Y-%m-%dT%H:%MZ}", "--output", "json")
    assert read(said) == (2, 2)


def test_what_is_said_next_has_the_same_places(s3: Liftgate, bucket: str) -> None:
    said = s3("replay", f"s3://{bucket}/{LOGS}/", "--since", "2026-11-02")
    assert f"next: liftgate replay s3://{bucket}/{LOGS}/ --since 2026-11-02T00:00Z --grants FILE" in said.out
