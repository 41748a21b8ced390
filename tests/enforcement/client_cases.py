"""What the clients are asked to do, line by line as their users type it: inside a grant, outside it, and over a session's end.

In a shell whose profile is the lent one, in a folder with a small file, a large one, and a folder of three. Nothing is printed
that is looked for: what counts is whether the line succeeds, and for a refusal that it says AccessDenied.
"""

from typing import Final

from liftgate.demo.sample_account import REPORTS

ACTIONS: Final = ("read", "list", "write", "delete")
HERE: Final = f"s3://{REPORTS}/2026/q3"
AWS, BOTO3, CURL, RCLONE, NPM = "aws CLI", "boto3", "curl", "rclone", "npm SDK"
CLIENTS: Final = (AWS, BOTO3, RCLONE, CURL, NPM)

_BOTO3: Final = "python -c 'import boto3; s3 = boto3.client(\"s3\"); {}'"
_PUT: Final = 's3.put_object(Bucket="{}", Key="{}", Body=b"x")'.format
_SIGNED: Final = (
    'eval "$(python keys.py)"; curl --silent --show-error --fail-with-body'
    ' --aws-sigv4 "aws:amz:us-east-1:s3" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    ' --header "x-amz-security-token: $AWS_SESSION_TOKEN" --header "x-amz-content-sha256: UNSIGNED-PAYLOAD" {}'
)
_RCLONE: Final = (
    "AWS_SDK_LOAD_CONFIG=1 rclone --config /dev/null --retries 1 --low-level-retries 1 --s3-no-check-bucket"
    " --s3-provider Other --s3-env-auth --s3-region us-east-1 --s3-endpoint $ENDPOINT {}"
)
_NPM: Final = 'node "$NPM_CLIENT"'
_THERE: Final = f":s3:{REPORTS}/2026"
_PLACE: Final = f'"$ENDPOINT/{REPORTS}/2026/q3/curl.csv"'
DONE: Final[dict[tuple[str, str], str]] = {
    (AWS, "cp up"): f"aws s3 cp small.csv {HERE}/a.csv",
    (
        AWS,
        "cp up and down",
    ): f"aws s3 cp small.csv {HERE}/a.csv && aws s3 cp {HERE}/a.csv back.csv && cmp small.csv back.csv",
    (AWS, "cp of a large file, in parts"): f"aws s3 cp large.bin {HERE}/large.bin",
    (AWS, "ls"): f"aws s3 ls {HERE}/",
    (AWS, "mv"): f"cp small.csv moved.csv && aws s3 mv moved.csv {HERE}/moved.csv && test ! -e moved.csv",
    (
        AWS,
        "mv from one key to another",
    ): f"aws s3 cp small.csv {HERE}/b.csv && aws s3 mv {HERE}/b.csv {HERE}/c.csv",
    (AWS, "rm"): f"aws s3 cp small.csv {HERE}/d.csv && aws s3 rm {HERE}/d.csv",
    (AWS, "rm of a folder"): f"aws s3 cp small.csv {HERE}/e/1.csv && aws s3 rm --recursive {HERE}/e/",
    (AWS, "sync up, with delete"): f"aws s3 sync --delete folder {HERE}/folder",
    (AWS, "sync down"): f"aws s3 sync folder {HERE}/f && aws s3 sync {HERE}/f f && diff -r folder f",
    (
        AWS,
        "presign",
    ): f'aws s3 cp small.csv {HERE}/g.csv && curl --silent --fail "$(aws s3 presign {HERE}/g.csv)"',
    (BOTO3, "put, get, list and delete"): _BOTO3.format(
        f'{_PUT(REPORTS, "2026/q3/h")}; s3.get_object(Bucket="{REPORTS}", Key="2026/q3/h");'
        f' s3.list_objects_v2(Bucket="{REPORTS}", Prefix="2026/q3/");'
        f' s3.delete_object(Bucket="{REPORTS}", Key="2026/q3/h")'
    ),
    (BOTO3, "the transfer manager, in parts, up and down"): _BOTO3.format(
        f's3.upload_file("large.bin", "{REPORTS}", "2026/q3/i");'
        f' s3.download_file("{REPORTS}", "2026/q3/i", "i.bin")'
    )
    + " && cmp large.bin i.bin",
    (BOTO3, "the resource API"): _BOTO3.format(
        f'o = boto3.resource("s3").Object("{REPORTS}", "2026/q3/j"); o.put(Body=b"x"); o.load(); o.delete()'
    ),
    (RCLONE, "copy up, list, and copy down"): _RCLONE.format(f"copy small.csv {_THERE}/q3/l/")
    + " && "
    + _RCLONE.format(f"lsf {_THERE}/q3/l/")
    + " && "
    + _RCLONE.format(f"copy {_THERE}/q3/l/small.csv l/")
    + " && cmp small.csv l/small.csv",
    (RCLONE, "a large file, in parts"): _RCLONE.format(
        f"copy --s3-upload-cutoff 5Mi --s3-chunk-size 5Mi large.bin {_THERE}/q3/m/"
    ),
    (RCLONE, "sync, with delete"): _RCLONE.format(f"copy small.csv {_THERE}/q3/n/")
    + " && "
    + _RCLONE.format(f"sync folder {_THERE}/q3/n/"),
    (CURL, "put"): _SIGNED.format(f"--upload-file small.csv {_PLACE}"),
    (CURL, "put and get"): _SIGNED.format(f"--upload-file small.csv {_PLACE}")
    + " && "
    + _SIGNED.format(f"--output curl.csv {_PLACE}")
    + " && cmp small.csv curl.csv",
    (NPM, "all of an object's life, by a profile"): f"{_NPM} ini life {REPORTS} 2026/q3/o",
    (NPM, "all of an object's life, by the process"): f"{_NPM} process life {REPORTS} 2026/q3/p",
    (
        NPM,
        "upload in parts, with nothing but AWS_PROFILE",
    ): f"{_NPM} found upload large.bin {REPORTS} 2026/q3/q"
    f" && {_NPM} found download {REPORTS} 2026/q3/q q.bin && cmp large.bin q.bin",
    (NPM, "presign"): f"{_NPM} found upload small.csv {REPORTS} 2026/q3/r &&"
    f' curl --silent --fail "$({_NPM} found presign {REPORTS} 2026/q3/r)"',
}
OUTSIDE: Final = f"s3://{REPORTS}/2026/q4/a.csv"
REFUSED: Final[dict[tuple[str, str], str]] = {
    (AWS, "cp up outside"): f"aws s3 cp small.csv {OUTSIDE}",
    (AWS, "cp down from outside"): f"aws s3 cp s3://{REPORTS}/archive/2025.csv x.csv",
    (
        AWS,
        "mv from inside to outside",
    ): f"aws s3 cp small.csv {HERE}/k.csv && aws s3 mv {HERE}/k.csv {OUTSIDE}",
    (AWS, "rm outside"): f"aws s3 rm s3://{REPORTS}/2026/q4/summary.csv",
    (AWS, "cp of a large file outside, in parts"): f"aws s3 cp large.bin {OUTSIDE}",
    (AWS, "sync outside"): f"aws s3 sync folder s3://{REPORTS}/2026/q4/folder",
    (BOTO3, "put outside"): _BOTO3.format(_PUT(REPORTS, "2026/q4/a")),
    (BOTO3, "put into another bucket"): _BOTO3.format(_PUT("lakeside-payroll", "2026/q3/a")),
    (BOTO3, "the transfer manager, outside"): _BOTO3.format(
        f's3.upload_file("large.bin", "{REPORTS}", "2026/q4/i")'
    ),
    (RCLONE, "copy outside"): _RCLONE.format(f"copy small.csv {_THERE}/q4/l/"),
    (CURL, "put outside"): _SIGNED.format(f'--upload-file small.csv "$ENDPOINT/{REPORTS}/2026/q4/curl.csv"'),
    (NPM, "the life of an object outside"): f"{_NPM} ini life {REPORTS} 2026/q4/o",
    (NPM, "upload in parts, outside"): f"{_NPM} found upload large.bin {REPORTS} 2026/q4/q",
    (NPM, "upload into another bucket"): f"{_NPM} found upload small.csv lakeside-payroll 2026/q3/q",
}

# The profile's credentials end so soon that each call of a part needs others. (rclone, npm: one part at a time, because those that
# are signed at the same moment share one answer of the process.)
RENEWED: Final = "a large file in parts, its credentials renewed between them"
RENEWED_LINES: Final[dict[str, str]] = {
    AWS: f"aws s3 cp large.bin {HERE}/renewed.bin",
    BOTO3: _BOTO3.format(f's3.upload_file("large.bin", "{REPORTS}", "2026/q3/renewed.bin")'),
    RCLONE: _RCLONE.format(
        f"copy --s3-upload-concurrency 1 --s3-upload-cutoff 5Mi --s3-chunk-size 5Mi large.bin {_THERE}/q3/renewed/"
    ),
    NPM: f"{_NPM} ini upload large.bin {REPORTS} 2026/q3/renewed.bin 1",
}
RENEWED_KEYS: Final = {RCLONE: "2026/q3/renewed/large.bin"}
NOT_RENEWED: Final[dict[str, str]] = {
    CURL: "signs one call with the keys that its command line holds: there is nothing in it that could ask for others",
}
