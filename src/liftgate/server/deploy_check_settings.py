"""What the settings say of the check of deployed accounts that the worker makes: docs/deploy-check.md."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import NoDecode

from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.options import DeployOptions, NewBaseline
from liftgate.server.setting_texts import read_span


class DeployCheckSettings(BaseModel):
    """How often, as whom, and with which of ``liftgate deploy``'s options."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    every: Annotated[timedelta, NoDecode] = Field(
        default=timedelta(hours=1),
        ge=timedelta(minutes=5),
        le=timedelta(days=7),
        description="How often; also when a server starts.",
        examples=["6h"],
    )
    role: str = Field(
        pattern=r"^[A-Za-z0-9_+=,.@/-]{1,512}$",
        description="Name of a role that may look, assumed in each account: docs/deploy-check.md.",
        examples=["LiftgateAuditor"],
    )
    expect: tuple[str, ...] = Field(
        default=(),
        max_length=200,
        description="Who or what may do more, and is meant: ARNs with `*` and `?`.",
    )
    account: str | None = Field(default=None, description="As `--account` of `liftgate deploy`; so the rest.")
    broker: str | None = None
    baseline: str | None = None
    baseline_users: tuple[str, ...] = ()
    trail_bucket: str | None = None
    trail_key: str | None = None
    queue: str | None = None
    dead_letter_queue: str | None = None
    reads: bool = False
    also_regions: tuple[str, ...] = ()
    organization: str | None = None

    @field_validator("every", mode="before")
    @classmethod
    def _read_span(cls, value: object) -> object:
        return read_span(value)

    def options(self, region: str, external_ids: dict[str, str]) -> DeployOptions:
        """As ``liftgate deploy`` takes them. Raises ``BadDeployOption``."""
        if self.baseline_users and not self.baseline:
            raise BadDeployOption("`baseline_users` are given without `baseline`", advice="name the role")
        return DeployOptions(
            region=region,
            account=self.account,
            broker_arn=self.broker,
            baseline=NewBaseline(name=self.baseline, users=self.baseline_users) if self.baseline else None,
            trail_bucket=self.trail_bucket,
            trail_key_arn=self.trail_key,
            queue_arn=self.queue,
            dead_letter_queue_arn=self.dead_letter_queue,
            reads=self.reads,
            also_regions=self.also_regions,
            organization=self.organization,
            external_ids=external_ids,
        )
