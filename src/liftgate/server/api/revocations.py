"""Taking back many grants with one call: the red button."""

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from liftgate.access.revoke_many import Everything, OfPerson, UnderEntitlement, Which, revoke_many
from liftgate.server.api.doc import problems
from liftgate.server.api.in_aws import not_yet_refused
from liftgate.server.api.shapes import EXACT, answer, example
from liftgate.server.calls import SignedInOnce
from liftgate.server.settling import settle_soon

router = APIRouter(prefix="/revocations", tags=["Grants"])

_MOST_IDS: Final = 1_000

Name = Annotated[str, Field(min_length=1, max_length=128)]


class ManyBody(BaseModel):
    """Which live grants end, by exactly one of the first three, and why."""

    model_config = example(person="ada", reason="her laptop was stolen")

    person: Name | None = Field(default=None, description="All of this person's.")
    entitlement: Name | None = Field(default=None, description="All under this entitlement.")
    everything: bool = Field(default=False, description="All there are.")
    reason: str = Field(min_length=1, max_length=4_000, examples=["her laptop was stolen"])

    @model_validator(mode="after")
    def _names_one(self) -> "ManyBody":
        if sum((self.person is not None, self.entitlement is not None, self.everything)) != 1:
            raise PydanticCustomError(
                "which", "does not say which grants; give one of person, entitlement and everything"
            )
        return self


class ManyRevokedShape(BaseModel):
    """What was ended. The same call again ends what was granted since, and tells how far AWS is with these no more."""

    model_config = EXACT

    revoked: int = Field(examples=[3], description="Grants that this call ended.")
    pending: int = Field(
        examples=[0], description="Of them: how many AWS was not yet seen to refuse. The worker goes on."
    )
    grant_ids: list[str] = Field(
        examples=[["gr-3xv7m0q4c2h5k8rt"]], description=f"Their ids; the first {_MOST_IDS}."
    )


@router.post(
    "", status_code=201, response_model=ManyRevokedShape, responses=problems(401, 403), name="revoke_many"
)
def revoke(call: SignedInOnce, body: ManyBody) -> Response:
    """End every live grant of a person, under an entitlement, or all. Doing it twice does no harm."""
    parts = call.parts
    ended = revoke_many(
        _which(body),
        call.caller,
        body.reason,
        catalogue=call.catalogue,
        store=parts.store,
        clock=parts.clock,
    )
    settle_soon((record.grant for record in ended), parts)
    return answer(
        ManyRevokedShape(
            revoked=len(ended),
            pending=not_yet_refused(ended, parts),
            grant_ids=[record.grant.id for record in ended[:_MOST_IDS]],
        ),
        201,
    )


def _which(body: ManyBody) -> Which:
    if body.person is not None:
        return OfPerson(body.person)
    return UnderEntitlement(body.entitlement) if body.entitlement is not None else Everything()
