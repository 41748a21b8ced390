"""``liftgate uploads``: whose an upload is, what cannot be seen, and what to do next."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, scope
from tests.cli.fake_s3 import FakeS3, FakeUpload, fake_s3

from liftgate.cli.exit_code import ExitCode
from liftgate.clock import rfc3339

Run = Callable[..., Said]
GRANT = "gr-0000000000000001"
STARTS = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=20)
ROLE = "arn:aws:sts::111122223333:assumed-role/ReportsWriter"
OWN = f"{ROLE}/{GRANT}-2"
CANONICAL = "aeb221660ff09134bb3a46b295554820f5cdcaae8971d75d9ffa62468c850dca"


@pytest.fixture
def s3(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    """An S3 to which the everyday profile leads."""
    with fake_s3() as memory:
        config = home / "aws-config"
        config.write_text(
            f"[profile everyday]\nregion = us-east-1\nendpoint_url = {memory.address}\n"
            "aws_access_key_id = AKIAEVERYDAY\naws_secret_access_key = s\n"
            "[profile lent]\nregion = us-east-1\ncredential_process = /usr/bin/liftgate credentials\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_PROFILE", "everyday")
        yield memory


@pytest.fixture
def over(fake: FakeLiftgate) -> dict[str, Any]:
    """A grant whose window is over."""
    return fake.add_grant(state="ended", starts_at=rfc3339(STARTS), ends_at=rfc3339(ENDS))


def upload(initiator: str = OWN, *, minute: float = 5, **more: Any) -> FakeUpload:
    at = STARTS + timedelta(minutes=minute)
    return FakeUpload(
        **{"key": "2026/a.csv", "upload_id": "u1", "started_at": at, "initiator": initiator, **more}
    )


def listed(said: Said) -> list[str]:
    return [one["upload_id"] for one in said.json["uploads"]]


def test_an_upload_of_the_grants_own_session_is_told_with_the_way_to_abort_it(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    s3.uploads.append(upload(key="2026/north & south.csv", upload_id="2~" + "x" * 120))
    said = liftgate("uploads", over["id"])
    assert said.code == 0
    named = f"--bucket reports --key '2026/north & south.csv' --upload-id '2~{'x' * 120}'"
    assert said.out == (
        f"{GRANT}  ended\n"
        "\n"
        "s3://reports/2026/north & south.csv\n"
        f"  upload     2~{'x' * 120}\n"
        f"  started    2026-11-24T09:05:00Z, by session {GRANT}-2\n"
        "  holds      2 parts, 8 bytes\n"
        f"  to abort   liftgate exec -- aws s3api abort-multipart-upload {named}\n"
        "\n"
        "next: liftgate request 's3://reports/2026/north & south.csv' --write --for 15m --reason …\n"
        f"      liftgate exec -- aws s3api abort-multipart-upload {named}\n"
    )


def test_a_key_that_the_aws_cli_may_read_otherwise_is_named_as_it_is(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    s3.uploads.append(upload(key="2026/a://b"))
    said = liftgate("uploads", over["id"])
    named = '{"Bucket": "reports", "Key": "2026/a://b", "UploadId": "u1"}'
    assert f"aws s3api abort-multipart-upload --cli-input-json '{named}'" in said.out


def test_a_program_is_told_all_of_it(liftgate: Run, over: dict[str, Any], s3: FakeS3) -> None:
    s3.uploads += [upload(), upload(CANONICAL, upload_id="u2", sizes=None)]
    said = liftgate("uploads", over["id"], "--output", "json")
    started = {"bucket": "reports", "key": "2026/a.csv", "started_at": "2026-11-24T09:05:00Z"}
    assert said.json == {
        "grant_id": GRANT,
        "uploads": [
            {**started, "upload_id": "u1", "session": f"{GRANT}-2", "parts": 2, "bytes": 8},
            {**started, "upload_id": "u2", "session": None, "parts": None, "bytes": None},
        ],
        "unseen": [],
    }


def test_uploads_of_others_are_left_out(liftgate: Run, over: dict[str, Any], s3: FakeS3) -> None:
    others = (
        f"{ROLE}/gr-0000000000000002-1",
        f"{ROLE}/{GRANT}",
        f"{ROLE}/ada",
        "arn:aws:iam::111122223333:user/ada",
        "arn:aws:iam::111122223333:root",
        "arn:aws:sts::111122223333:federated-user/ada",
    )
    s3.uploads += [upload(one, upload_id=f"u{number}") for number, one in enumerate(others)]
    said = liftgate("uploads", over["id"])
    assert said.out == f"{GRANT}  ended\nNo multipart upload was left incomplete.\n"


def test_what_is_no_sessions_arn_says_nothing_of_a_session(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    tellers = ("", ROLE, f"{ROLE}/x/{GRANT}-2", f"x{OWN}", CANONICAL)
    s3.uploads += [upload(one, upload_id=f"u{number}") for number, one in enumerate(tellers)]
    said = liftgate("uploads", over["id"])
    assert said.out.count("by someone within the window: S3 does not say who") == len(tellers)


def test_where_s3_does_not_say_who_the_window_decides(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    minutes = {"before": -0.02, "first": 0, "last": 19.98, "end": 20, "after": 60}
    s3.uploads += [upload(CANONICAL, upload_id=name, minute=minute) for name, minute in minutes.items()]
    assert listed(liftgate("uploads", over["id"], "--output", "json")) == ["first", "last"]


def test_an_own_session_counts_whenever_it_began_one(liftgate: Run, over: dict[str, Any], s3: FakeS3) -> None:
    """Its name is the grant's: the clocks of two services need not agree."""
    s3.uploads.append(upload(OWN, minute=-1))
    assert listed(liftgate("uploads", over["id"], "--output", "json")) == ["u1"]


def test_only_keys_of_the_grants_locations_count(liftgate: Run, fake: FakeLiftgate, s3: FakeS3) -> None:
    places = ["s3://reports/2026/sum.csv", "s3://reports/2026/*/north.csv", "s3://sums/"]
    grant = fake.add_grant(scope={**scope(places[0]), "locations": places})
    keys = ["2026/sum.csv", "2026/sum.csv.old", "2026/q3/north.csv", "2026/q3/south.csv"]
    s3.uploads += [upload(key=key, upload_id=f"u{number}") for number, key in enumerate(keys)]
    s3.uploads.append(upload(bucket="sums", key="x", upload_id="u9"))
    assert sorted(listed(liftgate("uploads", grant["id"], "--output", "json"))) == ["u0", "u2", "u9"]
    assert s3.asked == ["reports/2026/", "reports/2026/sum.csv", "sums/"]


def test_in_place_it_is_the_holders_own_session_within_the_window(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    over |= {"mechanism": "in-place", "in_place": {"session_name": "ada", "state": "closed"}}
    own = "arn:aws:sts::111122223333:assumed-role/ReadOnly/ada"
    s3.uploads += [
        upload(own),
        upload(own, upload_id="u2", minute=30),
        upload(f"{own}-2", upload_id="u3"),
    ]
    said = liftgate("uploads", over["id"])
    assert "upload     u1\n" in said.out
    assert "u2" not in said.out
    assert "u3" not in said.out
    assert "next: liftgate request s3://reports/2026/a.csv --write --in-place --for 15m" in said.out
    assert "to abort   aws s3api abort-multipart-upload" in said.out


def test_parts_that_may_not_be_seen_are_said_to_be_unseen(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    s3.uploads.append(upload(sizes=None))
    said = liftgate("uploads", over["id"])
    assert "not yours to see, without s3:ListMultipartUploadParts on" in said.out
    assert said.code == 0


def test_a_bucket_that_may_not_be_looked_into_is_no_empty_list(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    over["scope"]["locations"] = ["s3://payroll/2026/", "s3://reports/2026/"]
    s3.refused.add("payroll")
    s3.uploads.append(upload())
    said = liftgate("uploads", over["id"])
    assert said.code == ExitCode.REFUSED
    assert "upload     u1\n" in said.out
    assert said.err == (
        "liftgate: S3 does not let you list the uploads in `payroll`: there may be some that are not shown\n"
        "next: ask for s3:ListBucketMultipartUploads on arn:aws:s3:::payroll in your everyday role, or have the bucket's owner"
        " run: aws s3api list-multipart-uploads --bucket payroll --prefix 2026/\n"
    )
    told = liftgate("uploads", over["id"], "--output", "json")
    assert told.json["unseen"] == [
        {"bucket": "payroll", "needs": "s3:ListBucketMultipartUploads", "on": "arn:aws:s3:::payroll"}
    ]
    assert json.loads(told.err)["code"] == "uploads_unseen"


def test_where_nothing_may_be_seen_nothing_is_said_to_be_complete(
    liftgate: Run, over: dict[str, Any], s3: FakeS3
) -> None:
    s3.refused.add("reports")
    assert liftgate("uploads", over["id"]).out == f"{GRANT}  ended\n"


def test_long_lists_are_read_to_their_end(liftgate: Run, over: dict[str, Any], s3: FakeS3) -> None:
    s3.at_once = 2
    s3.uploads += [upload(key=f"2026/{number}", upload_id=f"u{number}") for number in range(5)]
    assert listed(liftgate("uploads", over["id"], "--output", "json")) == ["u0", "u1", "u2", "u3", "u4"]
    told = liftgate("uploads", over["id"])  # too many keys to be asked for one by one
    assert "next: liftgate request s3://reports/2026/ --write --for 15m" in told.out


def test_while_the_grant_goes_on_its_own_session_aborts(
    liftgate: Run, fake: FakeLiftgate, s3: FakeS3
) -> None:
    grant = fake.add_grant()
    grant["scope"]["actions"] = ["s3:AbortMultipartUpload", "s3:PutObject"]
    s3.uploads.append(upload())
    said = liftgate("uploads", grant["id"])
    assert f"next: liftgate exec --grant {GRANT} -- aws s3api abort-multipart-upload" in said.out
    assert "liftgate request" not in said.out


def test_a_bucket_that_is_not_there_is_told(liftgate: Run, over: dict[str, Any], s3: FakeS3) -> None:
    s3.missing.add("reports")
    said = liftgate("uploads", over["id"])
    assert said.code == ExitCode.UNAVAILABLE
    assert "S3 answered `NoSuchBucket`" in said.err


def test_an_s3_that_is_away_is_told(
    liftgate: Run, over: dict[str, Any], s3: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    assert s3.address
    said = liftgate("uploads", over["id"])
    assert said.code == ExitCode.UNAVAILABLE
    assert "S3 did not answer: EndpointConnectionError" in said.err


@pytest.mark.parametrize(
    ("profile", "sentence"),
    [("lent", "is filled by liftgate itself"), ("nobody", "has no profile `nobody`")],
)
def test_it_looks_with_the_everyday_profile_alone(
    liftgate: Run, over: dict[str, Any], s3: FakeS3, profile: str, sentence: str
) -> None:
    said = liftgate("uploads", over["id"], "--profile", profile)
    assert said.code == ExitCode.NOT_SIGNED_IN
    assert sentence in said.err
    assert s3.asked == []


def test_what_is_over_is_shown_with_the_way_to_its_uploads(liftgate: Run, fake: FakeLiftgate) -> None:
    over = fake.add_grant(state="ended")
    assert liftgate("show", over["id"]).out.endswith(f"\nnext: liftgate uploads {GRANT}\n")
    reader = fake.add_grant(state="ended")
    reader["scope"]["actions"] = ["s3:GetObject"]
    assert "next:" not in liftgate("show", reader["id"]).out
