"""What was done about a finding, and what its grant did to objects, as they are answered."""

from typing import Literal

from pydantic import BaseModel, Field

from liftgate.response.damage import Damage
from liftgate.response.model import Response
from liftgate.server.api.shapes import EXACT, Moment


class StepShape(BaseModel):
    """One step that was done about a finding, or in `observe` would have been."""

    model_config = EXACT

    step: Literal["alert", "revoke", "quarantine"]
    mode: Literal["observe", "act"]
    outcome: str = Field(examples=["gr-3xv7m0q4c2h5k8rt was taken back"])
    done_at: Moment


class DamageShape(BaseModel):
    """What one call did to an object. Liftgate never touches objects: a person undoes it, with what `how` says."""

    model_config = EXACT

    event_id: str = Field(examples=["0d1f7e52-7a6c-4d35-9a0e-5c1b2f9d7a11"])
    at: Moment
    harm: Literal["written", "deleted", "destroyed", "keys_untold"]
    bucket: str = Field(examples=["reports"])
    key: str | None = Field(examples=["2026/q3.csv"], description="null: the record does not tell.")
    version_id: str | None = Field(
        examples=["3HL4kqtJlcpXroDTDmJ"], description="Of the version that the call made, or destroyed."
    )
    can_be_undone: bool | None = Field(description="null: the record does not tell.")
    how: str = Field(examples=["it is gone for good"], description="The command, or why there is none.")


def step_shape(response: Response) -> StepShape:
    """One step."""
    return StepShape(
        step=response.step.value,
        mode=response.mode.value,
        outcome=response.outcome,
        done_at=response.done_at,
    )


def damage_shape(damage: Damage) -> DamageShape:
    """What one call did."""
    return DamageShape(
        event_id=damage.event_id,
        at=damage.at,
        harm=damage.harm.value,
        bucket=damage.bucket,
        key=damage.key,
        version_id=damage.version_id,
        can_be_undone=damage.can_be_undone,
        how=damage.how,
    )
