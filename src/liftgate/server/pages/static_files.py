"""The stylesheet and scripts: read once, compressed once, kept by browsers until they change."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request, Response

from liftgate.server.errors import NoSuchPath

router = APIRouter(include_in_schema=False)

_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_KEPT: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as browsers get it."""

    body: bytes
    compressed: bytes
    kind: str
    version: str  # of its content, in its address


def _read() -> Mapping[str, StaticFile]:
    found = {}
    for file in (files(__package__) / "static").iterdir():
        kind = _KINDS.get(file.name.rpartition(".")[2])
        if kind is not None:
            body = file.read_bytes()
            found[file.name] = StaticFile(
                body=body,
                compressed=gzip.compress(body, mtime=0),
                kind=kind,
                version=hashlib.sha256(body).hexdigest()[:12],
            )
    return MappingProxyType(found)


STATIC: Final = _read()


def static_address(name: str) -> str:
    """Where a page finds a file. Raises KeyError for one that there is not."""
    return f"/static/{name}?v={STATIC[name].version}"


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    """One file."""
    file = STATIC.get(name)
    if file is None:
        raise NoSuchPath("there is no such file", advice="load the page again", value=name[:80])
    headers = {"Cache-Control": _KEPT, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.compressed, media_type=file.kind, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(file.body, media_type=file.kind, headers=headers)
