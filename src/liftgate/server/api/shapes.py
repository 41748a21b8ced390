"""The parts that several answers share, and the rules for all bodies: no unknown field, no type that is nearly right."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from liftgate.catalogue.model import Catalogue
from liftgate.clock import rfc3339
from liftgate.iam.explain import explain_scope
from liftgate.iam.scope import Scope

T = TypeVar("T")

EXACT: Final = ConfigDict(extra="forbid", strict=True, frozen=True)
EXAMPLE_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
REQUEST_ID: Final = r"^rq-[0-9a-hjkmnp-tv-z]{16}$"
ABSENCE_ID: Final = r"^aw-[0-9a-hjkmnp-tv-z]{16}$"
GRANT_ID: Final = r"^gr-[0-9a-hjkmnp-tv-z]{16}$"

# RFC 3339, section 5.6; a time without a zone is two times.
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_ZONELESS: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?", re.ASCII)


def read_moment(value: object) -> object:
    """A moment in UTC from RFC 3339 text; raises what pydantic reports for anything else."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        if isinstance(value, str) and _ZONELESS.fullmatch(value):
            raise PydanticCustomError("moment", "names no time zone; write it as 2026-11-24T09:00:00Z")
        raise PydanticCustomError("moment", "is not a moment in time; write it as 2026-11-24T09:00:00Z")
    try:
        return datetime.fromisoformat(_to_microseconds(value.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "moment", "is no day or no hour that exists; write it as 2026-11-24T09:00:00Z"
        ) from None


Moment = Annotated[
    datetime,
    BeforeValidator(read_moment),
    PlainSerializer(rfc3339, when_used="unless-none"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-24T09:00:00Z"]}),
]


class PersonShape(BaseModel):
    """Somebody, as shown."""

    model_config = EXACT

    id: str = Field(examples=["ada"])
    name: str = Field(examples=["Ada Lovelace"])


class ScopeShape(BaseModel):
    """What is asked for or lent."""

    model_config = EXACT

    actions: list[str] = Field(examples=[["s3:AbortMultipartUpload", "s3:PutObject"]])
    locations: list[str] = Field(examples=[["s3://reports/2026/"]])
    kms_keys: list[str] = Field(
        examples=[[]], description="Keys under which the objects there are encrypted."
    )
    in_words: str = Field(examples=["write objects under s3://reports/2026/"])


class PageShape(BaseModel, Generic[T]):
    """A slice of a list, newest first."""

    model_config = EXACT

    items: list[T]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null: that was all.")


class Nothing(BaseModel):
    """A body without fields: what a call that needs none may still send."""

    model_config = EXACT


def answer(shape: BaseModel, status: Literal[200, 201] = 200) -> Response:
    """The HTTP answer that says ``shape``."""
    return Response(
        shape.__pydantic_serializer__.to_json(shape), status_code=status, media_type="application/json"
    )


def person_shape(person_id: str, catalogue: Catalogue) -> PersonShape:
    """A person by id, with the name that the catalogue gives them now."""
    known = catalogue.people.get(person_id)
    return PersonShape(id=person_id, name=known.name if known else person_id)


def people_shapes(people: frozenset[str], catalogue: Catalogue) -> list[PersonShape]:
    """People, sorted by id."""
    return [person_shape(person_id, catalogue) for person_id in sorted(people)]


@lru_cache(maxsize=4_096)  # the same few scopes stand in list after list
def scope_shape(scope: Scope) -> ScopeShape:
    """A scope, sorted, and in plain words."""
    return ScopeShape(
        actions=sorted(scope.actions),
        locations=[str(location) for location in sorted(scope.locations)],
        kms_keys=sorted(scope.kms_keys),
        in_words=explain_scope(scope),
    )


def example(**fields: Any) -> ConfigDict:
    """``EXACT`` with one whole example in the JSON Schema."""
    return ConfigDict(**EXACT, json_schema_extra={"examples": [fields]})


def _to_microseconds(text: str) -> str:
    """Python 3.11 reads fractions of three or six digits only."""
    return re.sub(r"\.(\d+)", lambda fraction: "." + fraction[1][:6].ljust(6, "0"), text)
