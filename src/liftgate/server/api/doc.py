"""What the OpenAPI document says of faults: every route names the problems that it may answer, each with an example."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from liftgate.server.problems import MEDIA_TYPE


class FaultShape(BaseModel):
    """One thing that is wrong."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="Names the kind of problem; the last part is `code`.")
    title: str = Field(description="What all problems of this kind have in common.")
    detail: str = Field(description="What is wrong this time.")
    code: str = Field(description="Stable, for programs.")
    advice: str = Field(description="What to do next.")
    value: str | None = Field(
        default=None, description="What was offered; left out where there is nothing to show."
    )
    where: str | None = Field(default=None, description="Its place: a field of the body or the query.")


class ProblemShape(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="Names the kind of problem; the last part is `code`.")
    title: str = Field(description="What all problems of this kind have in common.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong this time.")
    code: str = Field(description="Stable, for programs.")
    advice: str = Field(description="What to do next.")
    value: str | None = Field(
        default=None, description="What was offered; left out where there is nothing to show."
    )
    where: str | None = Field(default=None, description="Its place: a field of the body or the query.")
    also: list[FaultShape] | None = Field(
        default=None, description="Further faults, so that all can be mended at once."
    )
    request_id: str = Field(description="Under which the server's log knows this call.")


_EXAMPLES: Final[Mapping[int, tuple[str, str, str, str]]] = {
    401: (
        "not_signed_in",
        "The call carries no token in the form that it should have",
        "the call carries no token",
        "sign in first, and send Authorization: Bearer TOKEN",
    ),
    403: (
        "outside_ceiling",
        "More was asked for than the entitlement's ceiling holds",
        "`reports-writer` does not hold delete under s3://reports/2026/",
        "ask for less, or see what it holds: liftgate catalogue show reports-writer",
    ),
    404: (
        "no_such_grant",
        "No grant of that id that this caller may see",
        "there is no grant `gr-0000000000000000` that you may see",
        "list yours: liftgate grants",
    ),
    409: (
        "grant_closed",
        "The grant is over already",
        "`gr-3xv7m0q4c2h5k8rt` is ended already",
        "nothing is left to take back",
    ),
    413: (
        "body_too_large",
        "The body is larger than any call needs",
        "the body is larger than 65,536 bytes",
        "no call needs as much: ask for prefixes instead of single objects, or make several requests",
    ),
    415: (
        "wrong_media_type",
        "The body is not declared as JSON",
        "the body is not declared as JSON",
        "send it with Content-Type: application/json",
    ),
    422: (
        "bad_input",
        "A field of the body, the query or a header is not what it should be",
        "`duration_seconds` is not a whole number",
        "write digits, without quotes or a point",
    ),
    500: (
        "internal",
        "Liftgate failed in a way that nobody foresaw",
        "something went wrong that Liftgate did not foresee",
        "tell those who run the server the request id; their log says more",
    ),
    503: (
        "database_unavailable",
        "The database does not answer, or is too busy",
        "the database is too busy",
        "try again in a moment",
    ),
}
_DESCRIPTIONS: Final[Mapping[int, str]] = {
    401: "Nobody proved who is asking.",
    403: "The caller is known, and the rules say no.",
    404: "No such thing, or none that this caller may know of.",
    409: "The thing is in a state in which this cannot be done.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not declared as JSON.",
    422: "What was sent cannot be read as what it should be.",
    500: "Liftgate failed, or a record is not what was written.",
    503: "Something that Liftgate needs did not answer; the same call may work later.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: these problems, and those that any call may meet."""
    return {status: _documented(status) for status in sorted({*statuses, 413, 415, 422, 500, 503})}


def _documented(status: int) -> dict[str, Any]:
    code, title, detail, advice = _EXAMPLES[status]
    example = {
        "type": f"https://liftgate.dev/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "advice": advice,
        "request_id": "req-3xv7m0q4c2h5k8rt",
    }
    schema = {"$ref": "#/components/schemas/ProblemShape"}
    return {
        "description": _DESCRIPTIONS[status],
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
