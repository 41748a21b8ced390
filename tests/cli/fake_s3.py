"""A small S3 that knows nothing but multipart uploads, for what no enforcer on this machine says: who began one, as AWS words it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.servers.http_thread import answering

from liftgate.clock import rfc3339


@dataclass(frozen=True, kw_only=True)
class FakeUpload:
    """An upload that was begun; ``sizes`` of its parts, or None where nobody may list them."""

    bucket: str = "reports"
    key: str
    upload_id: str
    started_at: datetime
    initiator: str
    sizes: tuple[int, ...] | None = (5, 3)


@dataclass
class FakeS3:
    """What it holds, and the buckets that it refuses to look into."""

    uploads: list[FakeUpload] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    at_once: int = 1000  # uploads in one answer
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str]:
        bucket, _, key = path.strip("/").partition("/")
        if bucket in self.missing:
            return 404, _error("NoSuchBucket")
        if "uploadId" in query:
            return self._parts(key, query["uploadId"][0])
        if bucket in self.refused:
            return 403, _error("AccessDenied")
        return 200, self._listed(bucket, query)

    def _listed(self, bucket: str, query: dict[str, list[str]]) -> str:
        prefix, marker = query.get("prefix", [""])[0], query.get("upload-id-marker", [""])[0]
        self.asked.append(f"{bucket}/{prefix}")
        found = sorted(
            (one for one in self.uploads if one.bucket == bucket and one.key.startswith(prefix)),
            key=lambda one: one.upload_id,
        )
        left = [one for one in found if one.upload_id > marker]
        page, more = left[: self.at_once], len(left) > self.at_once
        next_page = (
            f"<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>{page[-1].upload_id}</NextUploadIdMarker>"
            if more
            else ""
        )
        return (
            f"<ListMultipartUploadsResult><Bucket>{bucket}</Bucket><IsTruncated>{str(more).lower()}</IsTruncated>{next_page}"
            + "".join(map(_upload, page))
            + "</ListMultipartUploadsResult>"
        )

    def _parts(self, key: str, upload_id: str) -> tuple[int, str]:
        found = next((one for one in self.uploads if (one.key, one.upload_id) == (key, upload_id)), None)
        if found is None:
            return 404, _error("NoSuchUpload")
        if found.sizes is None:
            return 403, _error("AccessDenied")
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>e</ETag><Size>{size}</Size></Part>"
            for number, size in enumerate(found.sizes, 1)
        )
        return 200, f"<ListPartsResult><IsTruncated>false</IsTruncated>{parts}</ListPartsResult>"


@contextmanager
def fake_s3() -> Iterator[FakeS3]:
    """Serve on a free port of loopback."""
    memory = FakeS3()
    handler = type("Handler", (_Handler,), {"memory": memory})
    with answering(handler) as port:
        memory.address = f"http://127.0.0.1:{port}"
        yield memory


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    memory: FakeS3

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        status, text = self.memory.answer(unquote(parts.path), parse_qs(parts.query, keep_blank_values=True))
        raw = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        return


def _upload(one: FakeUpload) -> str:
    return (
        f"<Upload><Key>{escape(one.key)}</Key><UploadId>{one.upload_id}</UploadId>"
        f"<Initiator><ID>{one.initiator}</ID></Initiator><Initiated>{rfc3339(one.started_at)}</Initiated></Upload>"
    )


def _error(code: str) -> str:
    return f"<Error><Code>{code}</Code><Message>no</Message></Error>"
