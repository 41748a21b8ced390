"""What a window leaves half done is listed by ``liftgate uploads``, as its requester runs it with their everyday profile."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.exceptions import CredentialRetrievalError
from botocore.session import Session
from tests.enforcement.enforcers import EMBEDDED, SEAWEEDFS, Enforcer
from tests.enforcement.live import wait_for
from tests.enforcement.record import tried
from tests.enforcement.served import PROGRAMS, Served, served
from tests.enforcement.stage import ALLOWED, KEY, REFUSED, REPORTS, Stage, attempt
from tests.enforcement.table import table
from tests.enforcement.test_enforcement_window import NO_TIME

from liftgate.clock import system_clock
from liftgate.demo.ran import Ran, run
from liftgate.demo.sample_account import SampleAccount
from liftgate.iam.scope import Window

pytestmark = pytest.mark.slow

TOPIC: Final = "At the window's end"
LEFT: Final = "an upload in flight: its next part refused, the upload listed by `liftgate uploads`"
MUST: Final = "refused, listed"
RENEWAL: Final = "an SDK that renews its credentials by itself"
FINISHED: Final = "an upload that was left, gone on with and completed under a new grant"
LONG_ENOUGH: Final = bytes(5 * 1024 * 1024)  # S3: every part but the last has 5 MiB at least
OTHER_KEY: Final = "2026/q4/a.csv"


@pytest.fixture
def serve(enforcement_database: str, tmp_path: Path) -> Iterator[Callable[[Enforcer], Served]]:
    """Starts a Liftgate that lends on an enforcer."""
    with ExitStack() as stack:
        yield lambda enforcer: stack.enter_context(served(enforcer, enforcement_database, tmp_path))


def everyday(ours: Served, enforcer: Enforcer, keys: Any = None) -> None:
    """Ada's AWS config: one profile, which may read."""
    held = keys or enforcer.reader
    token = {"aws_session_token": held.session_token} if held.session_token else {}
    ours.write_profiles(
        {
            "everyday": {
                "aws_access_key_id": held.access_key_id,
                "aws_secret_access_key": held.secret_access_key,
                **token,
                "region": enforcer.owner.meta.region_name,
                "endpoint_url": enforcer.owner.meta.endpoint_url,
            }
        }
    )


def liftgate(ours: Served, *words: str) -> Ran:
    environment = ours.environment(LIFTGATE_PROFILE="everyday")
    return run([str(PROGRAMS / "liftgate"), *words], environment=environment, folder=ours.folder, shown="")


@pytest.mark.parametrize(("by", "case"), table(TOPIC, {LEFT: MUST}, {SEAWEEDFS: {LEFT: NO_TIME}}))
def test_an_upload_in_flight_at_the_end_is_refused_and_listed(
    stage: Stage,
    case: str,
    serve: Callable[[Enforcer], Served],
    record_property: Callable[[str, object], None],
) -> None:
    assert case == LEFT
    enforcer = stage.enforcer
    ours = serve(enforcer)
    everyday(ours, enforcer)
    now = system_clock().replace(microsecond=0)
    window = Window(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(seconds=4))
    grant = stage.granted(window=window)
    session = stage.session(grant)
    begun = begin(session)
    elsewhere = enforcer.owner.create_multipart_upload(Bucket=REPORTS, Key=OTHER_KEY)["UploadId"]
    wait_for(window.ends_at)
    later = enforcer.owner.create_multipart_upload(Bucket=REPORTS, Key=KEY)["UploadId"]
    part = attempt(lambda: session.upload_part(**begun, PartNumber=2, Body=b"new"))

    told = liftgate(ours, "uploads", grant.id, "--output", "json")
    assert told.exit_code == 0, told.output
    listed = {one["upload_id"]: one for one in json.loads(told.output)["uploads"]}
    abort(enforcer, KEY, later)
    abort(enforcer, OTHER_KEY, elsewhere)
    record_property("happened", f"{part}, {'listed' if begun['UploadId'] in listed else 'not listed'}")
    assert part == REFUSED
    assert begun["UploadId"] in listed
    assert not {elsewhere, later} & set(listed)  # not under the grant's location; not in its window
    assert listed[begun["UploadId"]]["key"] == KEY


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(
            EMBEDDED,
            marks=[
                pytest.mark.xdist_group(EMBEDDED),
                tried(TOPIC, RENEWAL, EMBEDDED, must="allowed before, no session after"),
            ],
        )
    ],
)
def test_after_the_end_an_sdk_that_renews_is_lent_nothing(
    stage: Stage,
    serve: Callable[[Enforcer], Served],
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """On one enforcer, for it is Liftgate that refuses. The end that the SDK is told is the window's: so near that botocore renews
    before each call."""
    ours = serve(stage.enforcer)
    now = system_clock().replace(microsecond=0)
    window = Window(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(seconds=6))
    grant = stage.granted(window=window)
    at = stage.enforcer.owner.meta
    process = f"{PROGRAMS / 'liftgate'} credentials --grant {grant.id}"
    lent = {"credential_process": process, "region": at.region_name, "endpoint_url": at.endpoint_url}
    ours.write_profiles({"lent": lent})
    for name, value in ours.environment().items():
        monkeypatch.setenv(name, value)
    s3: Any = Session(profile="lent").create_client("s3")
    before = attempt(lambda: s3.put_object(Bucket=REPORTS, Key=KEY, Body=b"new"))
    wait_for(window.ends_at)
    with pytest.raises(CredentialRetrievalError) as refused:
        s3.put_object(Bucket=REPORTS, Key=KEY, Body=b"new")
    record_property("happened", f"{before} before, no session after")
    assert before == ALLOWED
    assert f"grant `{grant.id}` ended at" in str(refused.value)


@pytest.mark.parametrize(("by", "case"), table(TOPIC, {FINISHED: "allowed"}, {}))
def test_an_upload_that_was_left_is_finished_under_a_new_grant(
    stage: Stage, case: str, record_property: Callable[[str, object], None]
) -> None:
    assert case == FINISHED
    first, second = (stage.session(stage.granted(*may)) for may in (("write",), ("write", "read")))
    begun = {"Bucket": REPORTS, "Key": KEY}
    begun["UploadId"] = first.create_multipart_upload(**begun)["UploadId"]
    etags = [
        session.upload_part(**begun, PartNumber=number, Body=body)["ETag"]
        for number, (session, body) in enumerate([(first, LONG_ENOUGH), (second, b"rest")], 1)
    ]
    parts = {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]}
    happened = attempt(lambda: second.complete_multipart_upload(**begun, MultipartUpload=parts))
    record_property("happened", happened)
    assert happened == ALLOWED
    whole = second.get_object(Bucket=REPORTS, Key=KEY)["Body"].read()
    assert whole == LONG_ENOUGH + b"rest"


@pytest.mark.xdist_group(EMBEDDED)
def test_what_is_listed_can_be_aborted_with_the_lines_that_are_printed(
    embedded_enforcer: Enforcer,
    shared_stage: Callable[[Enforcer], Stage],
    serve: Callable[[Enforcer], Served],
) -> None:
    """The window goes on: the printed command runs as it stands."""
    stage, ours = shared_stage(embedded_enforcer), serve(embedded_enforcer)
    everyday(ours, embedded_enforcer)
    grant = stage.granted("write")
    begun = begin(stage.session(grant))
    told = liftgate(ours, "uploads", grant.id)
    assert told.exit_code == 0, told.output
    assert f"s3://{REPORTS}/{KEY}\n  upload     {begun['UploadId']}\n" in told.output
    assert "by someone within the window: S3 does not say who" in told.output
    assert "1 part, 3 bytes" in told.output
    line = next(line for line in told.output.splitlines() if begun["UploadId"] in line and "to abort" in line)
    command = line.removeprefix("  to abort").strip()
    assert command.startswith(f"liftgate exec --grant {grant.id} -- aws s3api abort-multipart-upload ")
    environment = ours.environment(LIFTGATE_PROFILE="everyday", AWS_PROFILE="everyday")
    done = run(["sh", "-c", command], environment=environment, folder=ours.folder, shown=command)
    assert done.exit_code == 0, done.output
    after = json.loads(liftgate(ours, "uploads", grant.id, "--output", "json").output)
    assert begun["UploadId"] not in {one["upload_id"] for one in after["uploads"]}


@pytest.mark.xdist_group(EMBEDDED)
def test_a_bucket_that_may_not_be_looked_into_is_named_with_what_is_missing(
    embedded_enforcer: Enforcer,
    embedded_account: SampleAccount,
    shared_stage: Callable[[Enforcer], Stage],
    serve: Callable[[Enforcer], Served],
) -> None:
    stage, ours = shared_stage(embedded_enforcer), serve(embedded_enforcer)
    everyday(ours, embedded_enforcer, embedded_account.people["ada"])  # who may do nothing but take up a role
    grant = stage.granted("write")
    told = liftgate(ours, "uploads", grant.id)
    assert told.exit_code == 1
    assert f"S3 does not let you list the uploads in `{REPORTS}`" in told.output
    assert f"s3:ListBucketMultipartUploads on arn:aws:s3:::{REPORTS}" in told.output
    assert "No multipart upload" not in told.output


def begin(session: Any) -> dict[str, str]:
    place = {"Bucket": REPORTS, "Key": KEY}
    begun = {**place, "UploadId": session.create_multipart_upload(**place)["UploadId"]}
    session.upload_part(**begun, PartNumber=1, Body=b"new")
    return begun


def abort(enforcer: Enforcer, key: str, upload_id: str) -> None:
    enforcer.owner.abort_multipart_upload(Bucket=REPORTS, Key=key, UploadId=upload_id)
