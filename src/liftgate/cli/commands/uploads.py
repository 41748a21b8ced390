"""``liftgate uploads``: what a grant's window left half done in S3."""

import shlex
from typing import Final

import click

from liftgate.cli.answers import GrantAnswer, read_grant
from liftgate.cli.aws_identity import everyday_client
from liftgate.cli.connection import connection
from liftgate.cli.errors import UploadsUnseen
from liftgate.cli.fields import JsonObject
from liftgate.cli.identifiers import grant_id
from liftgate.cli.moments import shown
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.s3_uploads import S3Uploads
from liftgate.cli.terminal import paint, paint_state, say, say_fields, say_json, say_next
from liftgate.cli.uploads import LIST_PARTS, LIST_UPLOADS, Found, Upload, find_uploads, prefix_of
from liftgate.iam.scope import Location
from liftgate.pasted import s3api_arguments
from liftgate.plain_text import plain

_NAMED_IN_ONE_ASK: Final = 3
_ABORT: Final = "s3:AbortMultipartUpload"


@click.command("uploads", epilog=SHARED)
@click.argument("name", metavar="GRANT")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str) -> None:
    """List multipart uploads that a grant left incomplete.

    Looks into S3 with your everyday AWS profile, which needs
    s3:ListBucketMultipartUploads on the bucket. Changes nothing.
    """
    with connection(context) as here:
        grant = read_grant(here.api.get(f"/grants/{grant_id(name)}"))
        found = find_uploads(grant, S3Uploads(everyday_client("s3", here.settings.profile)))
    if wants_json(context):
        say_json(_document(grant, found))
    else:
        _say(grant, found)
    if found.unseen:
        first, *others = [_unseen(location) for location in found.unseen]
        first.also = tuple(others)
        raise first


def _say(grant: GrantAnswer, found: Found) -> None:
    say(f"{paint(grant.id, 'bold')}  {paint_state(grant.state)}")
    if not found.uploads:
        if not found.unseen:
            say("No multipart upload was left incomplete.")
        return
    for upload in found.uploads:
        _say_upload(upload, grant)
    say_next(*_what_next(grant, found.uploads))


def _say_upload(upload: Upload, grant: GrantAnswer) -> None:
    begun = upload.begun
    say()
    say(f"{plain(f's3://{begun.bucket}/{begun.key}')}")
    # On one line whatever the width: these are copied.
    say(f"  {paint('upload'.ljust(11), 'dim')}{plain(begun.upload_id)}")
    say_fields([("started", f"{shown(begun.started_at)}, {_by(upload)}"), ("holds", _holds(upload))])
    say(f"  {paint('to abort'.ljust(11), 'dim')}{plain(_abort(upload, grant))}")


def _by(upload: Upload) -> str:
    if upload.session is None:
        return "by someone within the window: S3 does not say who"
    return f"by session {upload.session}"


def _holds(upload: Upload) -> str:
    if upload.parts is None:
        begun = upload.begun
        return f"not yours to see, without {LIST_PARTS} on arn:aws:s3:::{begun.bucket}/{begun.key}"
    noun = "part" if upload.parts.count == 1 else "parts"
    return f"{upload.parts.count} {noun}, {upload.parts.size:,} bytes"


def _abort(upload: Upload, grant: GrantAnswer) -> str:
    begun = upload.begun
    named = s3api_arguments(bucket=begun.bucket, key=begun.key, upload_id=begun.upload_id)
    under = "" if grant.in_place else "liftgate exec -- "
    if _goes_on(grant) and not grant.in_place:
        under = f"liftgate exec --grant {grant.id} -- "
    return f"{under}aws s3api abort-multipart-upload {named}"


def _goes_on(grant: GrantAnswer) -> bool:
    return grant.state == "active" and _ABORT in grant.scope.actions


def _what_next(grant: GrantAnswer, uploads: tuple[Upload, ...]) -> tuple[str, ...]:
    abort = _abort(uploads[0], grant)
    if _goes_on(grant):
        return (abort,)
    keys = dict.fromkeys(f"s3://{one.begun.bucket}/{one.begun.key}" for one in uploads)
    places = list(keys) if len(keys) <= _NAMED_IN_ONE_ASK else list(grant.scope.locations)
    how = " --in-place" if grant.in_place else ""
    ask = f"liftgate request {' '.join(map(shlex.quote, places))} --write{how} --for 15m --reason …"
    return (ask, abort)


def _unseen(location: Location) -> UploadsUnseen:
    bucket, prefix = location.bucket, prefix_of(location)
    where = {"bucket": bucket, **({"prefix": prefix} if prefix else {})}
    return UploadsUnseen(
        f"S3 does not let you list the uploads in `{bucket}`: there may be some that are not shown",
        advice=f"ask for {LIST_UPLOADS} on {location.bucket_arn} in your everyday role, or have the bucket's owner run:"
        f" aws s3api list-multipart-uploads {s3api_arguments(**where)}",
        value=bucket,
    )


def _document(grant: GrantAnswer, found: Found) -> JsonObject:
    return {
        "grant_id": grant.id,
        "uploads": [_upload(one) for one in found.uploads],
        "unseen": [
            {"bucket": one.bucket, "needs": LIST_UPLOADS, "on": one.bucket_arn} for one in found.unseen
        ],
    }


def _upload(upload: Upload) -> JsonObject:
    return {
        "bucket": upload.begun.bucket,
        "key": upload.begun.key,
        "upload_id": upload.begun.upload_id,
        "started_at": shown(upload.begun.started_at),
        "session": upload.session,
        "parts": upload.parts.count if upload.parts else None,
        "bytes": upload.parts.size if upload.parts else None,
    }
